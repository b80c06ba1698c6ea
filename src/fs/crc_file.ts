/**
 * Reads a file once for its CRC-32 and size.
 *
 * Guarantees: both figures are of the bytes that were read. A file that changes meanwhile gives
 * figures of some mixture, which then match nothing.
 *
 * @module
 */

import { crc32 } from "node:zlib";
import { diskError } from "./disk_error.ts";

/** What a file's content comes to. */
export interface FileCrc {
  /** CRC-32, unsigned. */
  crc: number;
  /** In bytes. */
  size: number;
}

/** Bytes to read at once; a caller with many files allocates one buffer of this size. */
export const CRC_BUFFER_SIZE = 1 << 20;

/** Reads `path` through `buffer`. Synchronous, for workers and short work. Throws StoreError. */
export function crcOfFile(
  path: string,
  buffer: Uint8Array = new Uint8Array(CRC_BUFFER_SIZE),
): FileCrc {
  try {
    using file = Deno.openSync(path, { read: true });
    let crc = 0;
    let size = 0;
    while (true) {
      const count = file.readSync(buffer);
      if (count === null) return { crc, size };
      crc = crc32(buffer.subarray(0, count), crc);
      size += count;
    }
  } catch (error) {
    throw diskError(error, path, "read the file");
  }
}
