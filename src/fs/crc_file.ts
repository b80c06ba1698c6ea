/**
 * Reads a file once for its CRC-32 and size and, if asked, its SHA-256.
 *
 * Guarantees: the figures describe the bytes that were read. If the file changes meanwhile, they
 * describe a mixture and match nothing.
 *
 * @module
 */

import { openPlain } from "../plain_file.ts";
import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { diskError } from "./disk_error.ts";
import { DISK } from "../messages/disk.ts";

/** The checksums of a file's content. */
interface FileCrc {
  /** CRC-32, unsigned. */
  crc: number;
  /** In bytes. */
  size: number;
  /** SHA-256 in base64url, if it was asked for. */
  sha256?: string;
}

/** Bytes per read; a caller with many files allocates one buffer of this size. */
export const CRC_BUFFER_SIZE = 1 << 20;

/**
 * Reads `path`, or its first `length` bytes, through `buffer`. Synchronous, for workers and short
 * work. Throws StoreError.
 */
export function crcOfFile(
  path: string,
  buffer: Uint8Array = new Uint8Array(CRC_BUFFER_SIZE),
  { length = Infinity, digest = false }: { length?: number; digest?: boolean } = {},
): FileCrc {
  try {
    using file = openPlain(path);
    const hash = digest ? createHash("sha256") : undefined;
    let crc = 0;
    let size = 0;
    while (true) {
      const count = size === length ? null : file.readSync(buffer.subarray(0, length - size));
      if (count === null) {
        return { crc, size, ...(hash && { sha256: hash.digest("base64url") }) };
      }
      hash?.update(buffer.subarray(0, count));
      crc = crc32(buffer.subarray(0, count), crc);
      size += count;
    }
  } catch (error) {
    throw diskError(error, path, DISK.read_the_file());
  }
}
