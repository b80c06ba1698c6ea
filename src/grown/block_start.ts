/**
 * Finds the exact bit at which a deflate block begins.
 *
 * zlib tells at which byte it stopped between two blocks, but Deno hides the bits that it has left
 * of that byte. So there are eight candidates, and the block's own header tells which one is right:
 * of random bits about one in 10⁷ passes as a dynamic block's header. A block with fixed codes or a
 * stored one can't be told from noise, and no answer is given for it.
 *
 * Doesn't guarantee that the answer is right: whoever decodes from it checks the content's CRC.
 *
 * @module
 */
import { BitReader } from "./bit_reader.ts";
import { readCodes } from "./block_header.ts";

/**
 * The bit, counted from the stream's first, at which the block after `consumed` bytes begins, or
 * `undefined` when it can't be told. `bytes` begins at the stream's byte `consumed - 1`; `last`
 * says whether the block is the stream's last one.
 */
export function findBlockStart(
  bytes: Uint8Array,
  options: { consumed: number; last: boolean },
): number | undefined {
  let found: number | undefined;
  for (let bit = 1; bit <= 8; bit++) {
    const bits = new BitReader(bytes, bit);
    // Three bits of each candidate refuse seven of eight, before anything is allocated.
    if (bits.take(3) !== (options.last ? 0b101 : 0b100)) continue;
    if (readCodes(bits) === undefined) continue;
    if (found !== undefined) return undefined;
    found = (options.consumed - 1) * 8 + bit;
  }
  return found;
}
