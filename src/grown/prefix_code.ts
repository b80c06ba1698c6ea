/**
 * Decodes a prefix code bit by bit: slow but small, for the few hundred bytes of a stream's end.
 *
 * @module
 */
import type { BitReader } from "./bit_reader.ts";

const LONGEST_CODE = 15;

/** A canonical code, built from its code lengths (RFC 1951, 3.2.2). */
export class PrefixCode {
  /** How many symbols have a code of each length. */
  readonly #counts = new Uint16Array(LONGEST_CODE + 1);
  /** The symbols, in the order of their codes. */
  readonly #symbols: Uint16Array;

  constructor(lengths: Uint8Array) {
    for (const length of lengths) this.#counts[length]!++;
    this.#counts[0] = 0;
    const next = new Uint16Array(LONGEST_CODE + 2);
    for (let length = 1; length <= LONGEST_CODE; length++) {
      next[length + 1] = next[length]! + this.#counts[length]!;
    }
    this.#symbols = new Uint16Array(lengths.length);
    for (const [symbol, length] of lengths.entries()) {
      if (length > 0) this.#symbols[next[length]!++] = symbol;
    }
  }

  /** The next symbol, or `undefined` if the bits match no code. */
  read(bits: BitReader): number | undefined {
    let word = bits.peek();
    let code = 0; // the bits so far minus the first code of this length
    let index = 0; // of the first symbol of this length
    for (let length = 1; length <= LONGEST_CODE; length++) {
      code |= word & 1;
      word >>= 1;
      const count = this.#counts[length]!;
      if (code < count) {
        bits.skip(length);
        return this.#symbols[index + code];
      }
      index += count;
      code = (code - count) << 1;
    }
    return undefined;
  }
}
