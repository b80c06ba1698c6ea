/**
 * Reads a deflate stream bit by bit, the lowest of each byte first.
 *
 * Guarantees: past the end it gives zeros and says `exhausted`; it never throws.
 *
 * @module
 */

/** A place in a stream, to the bit. */
export class BitReader {
  readonly #bytes: Uint8Array;
  #bit: number;

  /** Begins at a bit, counted from the first of `bytes`. */
  constructor(bytes: Uint8Array, bit: number) {
    this.#bytes = bytes;
    this.#bit = bit;
  }

  /** The bit that comes next. */
  get bit(): number {
    return this.#bit;
  }

  /** Whether more was read than there is. */
  get exhausted(): boolean {
    return this.#bit > this.#bytes.length * 8;
  }

  /** The next 17 bits and more, without moving on. */
  peek(): number {
    const at = Math.floor(this.#bit / 8);
    const bytes = this.#bytes;
    const word = bytes[at]! | bytes[at + 1]! << 8 | bytes[at + 2]! << 16; // past the end: `| undefined`
    return word >> (this.#bit & 7);
  }

  /** Moves on. */
  skip(count: number): void {
    this.#bit += count;
  }

  /** The next bits as a number, at most 16. */
  take(count: number): number {
    const value = this.peek() & ((1 << count) - 1);
    this.#bit += count;
    return value;
  }

  /** Moves on to where a byte begins. */
  alignToByte(): void {
    this.#bit = Math.ceil(this.#bit / 8) * 8;
  }
}
