/**
 * Bytes that are appended to, in a buffer that grows.
 *
 * @module
 */

/** The buffer may be another one after each call that adds to it. */
export class Appendable {
  buffer: Uint8Array<ArrayBuffer>;
  /** How much of the buffer is taken, in bytes. */
  length = 0;

  /** Takes a buffer that isn't needed elsewhere. */
  constructor(buffer: ArrayBuffer) {
    this.buffer = new Uint8Array(buffer);
  }

  /** Makes room for this many more bytes. */
  reserve(bytes: number): void {
    if (this.buffer.length - this.length >= bytes) return;
    const larger = new Uint8Array(Math.max(this.buffer.length * 2, this.length + bytes));
    larger.set(this.buffer.subarray(0, this.length));
    this.buffer = larger;
  }

  /** Adds bytes. */
  append(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.buffer.set(bytes, this.length);
    this.length += bytes.length;
  }
}
