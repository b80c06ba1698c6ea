/**
 * Reads a deflate stream bit by bit, least significant bit first.
 *
 * Guarantees: past the end it returns zeros and sets `exhausted`; it never throws.
 *
 * @module
 */

/** A bit position in a stream. */
export class BitReader {
  readonly bytes: Uint8Array;
  #bit: number;

  /** Starts at a bit offset into `bytes`. */
  constructor(bytes: Uint8Array, bit: number) {
    this.bytes = bytes;
    this.#bit = bit;
  }

  /** The offset of the next bit. */
  get bit(): number {
    return this.#bit;
  }

  /** Whether reads went past the end. */
  get exhausted(): boolean {
    return this.#bit > this.bytes.length * 8;
  }

  /** The next 17 or more bits, without advancing. */
  peek(): number {
    const at = Math.floor(this.#bit / 8);
    const { bytes } = this;
    const word = bytes[at]! | bytes[at + 1]! << 8 | bytes[at + 2]! << 16; // past the end: `| undefined`
    return word >> (this.#bit & 7);
  }

  skip(count: number): void {
    this.#bit += count;
  }

  /** The next bits as a number, at most 16. */
  take(count: number): number {
    const value = this.peek() & ((1 << count) - 1);
    this.#bit += count;
    return value;
  }

  /** Skips to the next byte boundary. */
  alignToByte(): void {
    this.#bit = Math.ceil(this.#bit / 8) * 8;
  }
}
