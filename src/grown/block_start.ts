/**
 * Finds the exact bit at which a deflate block begins.
 *
 * zlib reports the byte at which it stopped between two blocks, but Deno hides how many bits of
 * that byte are left. That leaves eight candidates, and the block's own header decides: about one
 * in 10⁷ random bit strings passes as a dynamic block's header. A stored block, or one with fixed
 * codes, can't be told from noise, so there is no answer for it.
 *
 * Doesn't guarantee that the answer is right: whoever decodes from it checks the content's CRC.
 *
 * @module
 */
import { BitReader } from "./bit_reader.ts";
import { readCodes } from "./block_header.ts";

/**
 * The bit, counted from the stream's first, at which the block after `consumed` bytes begins, or
 * `undefined` if that can't be determined. `bytes` begins at the stream's byte `consumed - 1`;
 * `last` says whether the block is the stream's last one.
 */
export function findBlockStart(
  bytes: Uint8Array,
  options: { consumed: number; last: boolean },
): number | undefined {
  let found: number | undefined;
  const word = bytes[0]! | bytes[1]! << 8;
  for (let bit = 1; bit <= 8; bit++) {
    // The first three bits reject seven of eight candidates before anything is allocated.
    if ((word >> bit & 7) !== (options.last ? 0b101 : 0b100)) continue;
    if (readCodes(new BitReader(bytes, bit + 3)) === undefined) continue;
    if (found !== undefined) return undefined;
    found = (options.consumed - 1) * 8 + bit;
  }
  return found;
}
