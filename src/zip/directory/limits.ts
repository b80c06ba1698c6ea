/**
 * Limits that real packages never reach and zip bombs do.
 *
 * Guarantees: a package that passes can't unpack to more than `maxTotalSize`, nor claim a ratio
 * that deflate can't reach. It judges only what the directory claims; inflating stops at the
 * claimed size.
 *
 * @module
 */

import { ArchiveError } from "../../errors.ts";
import { ZIP } from "../../messages/zip.ts";

/** The caps. Sizes are in bytes. */
export interface Limits {
  /** Entries in one package. */
  maxEntries: number;
  /** Bytes of the central directory, which is held in memory. */
  maxDirectorySize: number;
  /** Bytes of all entries, unpacked. */
  maxTotalSize: number;
  /** Unpacked to packed, over the whole package. */
  maxRatio: number;
  /** Unpacked bytes below which `maxRatio` isn't checked: a small bomb does no harm. */
  ratioFloor: number;
  /** What to do if a legitimate package exceeds them. */
  hint?: string;
}

/** The defaults: the largest real package has 10,000 entries, 6 GB unpacked and a ratio under 10. */
export const DEFAULT_LIMITS: Readonly<Limits> = {
  maxEntries: 2_000_000,
  maxDirectorySize: 512 * 1024 * 1024,
  maxTotalSize: 2 * 1024 ** 4,
  maxRatio: 1000,
  ratioFloor: 1024 ** 3,
};

/**
 * The highest ratio that deflate can reach: 258 bytes from two bits (1032:1 in zlib's technical
 * notes).
 */
const DEFLATE_RATIO = 1032;

/** Refuses more entries than the caps allow, before any of them is read. */
export function checkEntryCount(count: number, limits: Limits): void {
  if (count <= limits.maxEntries) return;
  const message = ZIP.many_entries({ count, most: limits.maxEntries });
  throw new ArchiveError("too_large", message, {
    expected: `at most ${limits.maxEntries}`,
    found: count,
    ...(limits.hint !== undefined && { hint: limits.hint }),
  });
}

/** Refuses a central directory that is too large to hold in memory. */
export function checkDirectorySize(size: number, limits: Limits): void {
  if (size <= limits.maxDirectorySize) return;
  throw new ArchiveError("too_large", ZIP.large_directory({ size }), {
    expected: `at most ${limits.maxDirectorySize}`,
    found: size,
    ...(limits.hint !== undefined && { hint: limits.hint }),
  });
}

/** The fields of an entry that the limits check. */
interface SizedEntry {
  /** Its name; for messages only. */
  name: string;
  /** The ZIP method. */
  method: number;
  /** Bytes in the package. */
  compressedSize: number;
  /** Bytes of content. */
  size: number;
}

/** Refuses an entry whose two sizes are inconsistent. */
export function checkEntrySize(entry: SizedEntry): void {
  const { name, method, compressedSize, size } = entry;
  if (method === 0 && size !== compressedSize) {
    throw new ArchiveError("bad_directory", ZIP.two_sizes({ name }), {
      entry: name,
      expected: compressedSize,
      found: size,
    });
  }
  if (method === 8 && size > compressedSize * DEFLATE_RATIO) {
    throw new ArchiveError("too_large", ZIP.claims_too_much({ name }), {
      entry: name,
      expected: `at most ${compressedSize * DEFLATE_RATIO}`,
      found: size,
    });
  }
}

/** Refuses a package whose files unpack to more than the caps allow. */
export function checkTotalSize(files: readonly SizedFile[], limits: Limits): void {
  const size = sum(files, (file) => file.size);
  if (size > limits.maxTotalSize) {
    const message = ZIP.unpacks_to({ size, most: limits.maxTotalSize });
    throw new ArchiveError("too_large", message, {
      expected: `at most ${limits.maxTotalSize}`,
      found: size,
      ...(limits.hint !== undefined && { hint: limits.hint }),
    });
  }
  const compressedSize = sum(files, (file) => file.compressedSize);
  if (size > limits.ratioFloor && size > compressedSize * limits.maxRatio) {
    const excess = (file: SizedFile): number => file.size - file.compressedSize * limits.maxRatio;
    const most = files.reduce((most, file) => excess(file) > excess(most) ? file : most);
    throw new ArchiveError("too_large", ZIP.bomb(), {
      entry: most.path,
      expected: `at most ${limits.maxRatio}:1`,
      found: `${size} bytes out of ${compressedSize}`,
    });
  }
}

/** A file as the directory lists it; sizes in bytes. */
interface SizedFile {
  path: string;
  compressedSize: number;
  size: number;
}

function sum(files: readonly SizedFile[], of: (file: SizedFile) => number): number {
  return files.reduce((total, file) => total + of(file), 0);
}
