/**
 * Compresses one block of a patch.
 *
 * @module
 */
import { brotliCompressSync, constants } from "node:zlib";

/** A brotli stream of these bytes; the same bytes and quality make the same stream. */
export function compressBlock(bytes: Uint8Array, quality: number): Uint8Array {
  // A window that is larger than the block takes memory (64 MB at 11) and saves nothing.
  const window = Math.min(23, Math.max(16, Math.ceil(Math.log2(bytes.length))));
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: quality,
    [constants.BROTLI_PARAM_LGWIN]: window,
    [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
  };
  return brotliCompressSync(bytes, { params });
}
