/**
 * The symbols of a deflate stream: 286 for literals, end of block and match lengths, and 30 for
 * distances, some followed by extra bits (RFC 1951, 3.2.5).
 *
 * @module
 */

/** The symbol that ends a block. */
export const END_OF_BLOCK = 256;
/** The symbol of the shortest length. */
export const FIRST_LENGTH = 257;
/** Symbols for literals, the end of a block and lengths. */
export const LITERALS = 286;
/** Symbols for distances. */
export const DISTANCES = 30;
/** The shortest and the longest match, in bytes. */
export const SHORTEST_MATCH = 3;
export const LONGEST_MATCH = 258;

/** Extra bits of each length symbol, from {@linkcode FIRST_LENGTH}. */
export const LENGTH_EXTRA = Uint8Array.from(
  { length: 29 },
  (_, index) => index < 8 || index === 28 ? 0 : (index - 4) >> 2,
);
/** The base length of each symbol. */
export const LENGTH_BASE = basesOf(LENGTH_EXTRA, SHORTEST_MATCH);
LENGTH_BASE[28] = LONGEST_MATCH; // the symbol before could express it too, with five extra bits

/** Extra bits of each distance symbol. */
export const DISTANCE_EXTRA = Uint8Array.from(
  { length: DISTANCES },
  (_, index) => index < 4 ? 0 : (index - 2) >> 1,
);
/** The base distance of each symbol. */
export const DISTANCE_BASE = basesOf(DISTANCE_EXTRA, 1);

function basesOf(extra: Uint8Array, first: number): Uint16Array {
  const bases = new Uint16Array(extra.length);
  let base = first;
  for (const [index, bits] of extra.entries()) {
    bases[index] = base;
    base += 1 << bits;
  }
  return bases;
}
