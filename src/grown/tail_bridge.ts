/**
 * Lets zlib start in the middle of a deflate stream, at any bit, with earlier content as history.
 *
 * zlib offers `inflatePrime` and `inflateSetDictionary` for this; Deno offers neither for raw
 * streams. But a prefix has the same effect: one stored block with the last 32 KB of the earlier
 * content, then empty blocks that end at the same bit within a byte at which the tail begins.
 * Nothing is shifted, so stored blocks inside the tail stay byte-aligned.
 *
 * @module
 */

/** An empty block with fixed codes: not the last, type 01, and the end-of-block code; 10 bits. */
const EMPTY_FIXED = "0" + "10" + "0000000";

/**
 * An empty block with dynamic codes and an odd number of bits (93), which fixed codes can't give:
 * 257 literal codes and 1 distance code, 18 code lengths: symbol 1 in one bit, 0 and 18 in two.
 */
const EMPTY_DYNAMIC = (() => {
  const number = (value: number, bits: number) =>
    [...Array(bits).keys()].map((bit) => (value >> bit) & 1).join("");
  const order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1];
  const codeLengths = order.map((symbol) =>
    number(symbol === 1 ? 1 : symbol % 18 === 0 ? 2 : 0, 3)
  );
  const [one, zero, zeros] = ["0", "10", "11"]; // canonical codes, the highest bit first
  return "0" + "01" + number(0, 5) + number(0, 5) + number(order.length - 4, 4) +
    codeLengths.join("") +
    zeros + number(138 - 11, 7) + zeros + number(118 - 11, 7) + // literals 0 to 255: unused
    one + // the end-of-block code: one bit
    zero + // the distance code: unused
    "0"; // end of block
})();

/** For each index, empty blocks whose total size in bits, modulo 8, is that index. */
const BRIDGES: readonly string[] = [...Array(8).keys()].map((bit) => {
  let bridge = bit % 2 === 0 ? "" : EMPTY_DYNAMIC;
  while (bridge.length % 8 !== bit) bridge += EMPTY_FIXED;
  return bridge;
});

/**
 * The prefix for a tail: give zlib this, then the tail from its second byte on.
 *
 * `window` is the end of the earlier content (at most 32 KB); `bit` (0 to 7) is where the tail's
 * first block begins within its first byte, `firstByte`. zlib's output includes the window.
 */
export function bridgeTo(window: Uint8Array, tail: { bit: number; firstByte: number }): Uint8Array {
  const bridge = BRIDGES[tail.bit]!;
  const bytes = new Uint8Array(5 + window.length + (bridge.length >> 3) + 1);
  bytes.set([
    0,
    window.length & 255,
    window.length >> 8,
    ~window.length & 255,
    ~window.length >> 8,
  ]);
  bytes.set(window, 5);
  const start = 5 + window.length;
  for (let i = 0; i < bridge.length; i++) {
    if (bridge[i] === "1") bytes[start + (i >> 3)]! |= 1 << (i & 7);
  }
  bytes[bytes.length - 1]! |= tail.firstByte & (0xff << tail.bit);
  return bytes;
}
