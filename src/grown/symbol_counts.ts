/**
 * How often each symbol occurs in part of a deflate block. With the block's codes, that gives the
 * size of that part in bits.
 *
 * @module
 */
import type { CodeLengths } from "./block_header.ts";
import { DISTANCE_EXTRA, DISTANCES, FIRST_LENGTH, LENGTH_EXTRA, LITERALS } from "./symbols.ts";

/** All symbols: literals, the end of the block and lengths, then distances. */
const SYMBOLS = LITERALS + DISTANCES;

/** Counts of symbols. */
export class SymbolCounts {
  readonly #counts: Uint32Array;

  /**
   * Wraps `counts` without copying: literals and lengths first, then distances. By default all are
   * 0.
   */
  constructor(counts: Uint32Array = new Uint32Array(SYMBOLS)) {
    this.#counts = counts;
  }

  /** Counts a literal, or the symbol of a length. */
  addLiteral(symbol: number): void {
    this.#counts[symbol]!++;
  }

  /** Counts the symbol of a distance. */
  addDistance(symbol: number): void {
    this.#counts[LITERALS + symbol]!++;
  }

  /** Resets all counts, for another block. */
  clear(): void {
    this.#counts.fill(0);
  }

  /** The size of the symbols in bits with these codes; `undefined` if one of them has no code. */
  sizeInBits({ literals, distances }: CodeLengths): number | undefined {
    let bits = 0;
    for (const [symbol, count] of this.#counts.entries()) {
      if (count === 0) continue;
      const far = symbol - LITERALS;
      const length = far < 0 ? literals[symbol] : distances[far];
      if (!length) return undefined;
      const extra = far < 0 ? LENGTH_EXTRA[symbol - FIRST_LENGTH] ?? 0 : DISTANCE_EXTRA[far]!;
      bits += count * (length + extra);
    }
    return bits;
  }

  /**
   * A compact encoding: alternately the number of zeros and the next non-zero count, as varints.
   */
  toBytes(): Uint8Array {
    const bytes: number[] = [];
    const put = (value: number) => {
      for (; value > 127; value >>>= 7) bytes.push(value & 127 | 128);
      bytes.push(value);
    };
    let zeros = 0;
    for (const count of this.#counts) {
      if (count === 0) zeros++;
      else {
        put(zeros);
        put(count);
        zeros = 0;
      }
    }
    return Uint8Array.from(bytes);
  }

  /** Decodes {@linkcode toBytes}; `undefined` if invalid. */
  static fromBytes(bytes: Uint8Array): SymbolCounts | undefined {
    const counts = new Uint32Array(SYMBOLS);
    let at = 0;
    const take = (): number => {
      let value = 0;
      for (let shift = 0; shift < 28; shift += 7) {
        const byte = bytes[at++] ?? 0;
        value |= (byte & 127) << shift;
        if (byte < 128) break;
      }
      return value;
    };
    for (let symbol = 0; at < bytes.length; symbol++) {
      symbol += take();
      if (symbol >= SYMBOLS || at >= bytes.length) return undefined;
      counts[symbol] = take();
    }
    return new SymbolCounts(counts);
  }
}
