/**
 * The errors of content that isn't what the directory or the list of digests says.
 *
 * @module
 */
import { ArchiveError } from "../../errors.ts";
import { ZIP } from "../../messages/zip.ts";

/** Content with another CRC-32. */
export function wrongCrc(path: string, expected: number, found: number): ArchiveError {
  return new ArchiveError("wrong_crc", ZIP.wrong_content({ path }), {
    entry: path,
    expected: `CRC-32 ${hex(expected)}`,
    found: `CRC-32 ${hex(found)}`,
  });
}

/** Content that has the directory's CRC-32 and size, but not the SHA-256 that was vouched for. */
export function wrongDigest(
  path: string,
  expected: string | undefined,
  found: string | undefined,
): ArchiveError {
  return new ArchiveError("wrong_digest", ZIP.wrong_digest({ path }), {
    entry: path,
    expected: `SHA-256 ${expected}`,
    found: `SHA-256 ${found}`,
  });
}

/** Content of another size; `found` in words. */
export function wrongSize(
  { path, size }: { path: string; size: number },
  found: string,
): ArchiveError {
  return new ArchiveError("wrong_size", ZIP.wrong_length({ path }), {
    entry: path,
    expected: `${size} bytes`,
    found,
  });
}

function hex(crc: number): string {
  return crc.toString(16).padStart(8, "0");
}
