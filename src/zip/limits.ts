/**
 * The caps that a real package never meets and a bomb does.
 *
 * Guarantees: what passes can't unpack to more than `maxTotalSize`, nor claim a ratio that deflate
 * can't reach. It judges what the directory claims; whoever inflates stops at the claimed size.
 *
 * @module
 */

import { ArchiveError } from "../errors.ts";

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
  /** Unpacked bytes below which `maxRatio` isn't looked at: a small bomb hurts nobody. */
  ratioFloor: number;
  /** What to do where a package is beyond them and means it. */
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

/** What deflate can reach at most: 258 bytes out of two bits (zlib's technical notes say 1032:1). */
const DEFLATE_RATIO = 1032;

/** Refuses more entries than the caps allow, before any of them is read. */
export function checkEntryCount(count: number, limits: Limits): void {
  if (count <= limits.maxEntries) return;
  const most = `${limits.maxEntries} are taken`;
  throw new ArchiveError("too_large", `The package claims ${count} entries; ${most}`, {
    expected: `at most ${limits.maxEntries}`,
    found: count,
    ...(limits.hint !== undefined && { hint: limits.hint }),
  });
}

/** Refuses a central directory that is larger than we are willing to hold in memory. */
export function checkDirectorySize(size: number, limits: Limits): void {
  if (size <= limits.maxDirectorySize) return;
  throw new ArchiveError("too_large", `The package claims a directory of ${size} bytes`, {
    expected: `at most ${limits.maxDirectorySize}`,
    found: size,
    ...(limits.hint !== undefined && { hint: limits.hint }),
  });
}

/** What the caps look at in one entry. */
export interface SizedEntry {
  /** Its name; for messages only. */
  name: string;
  /** The ZIP method. */
  method: number;
  /** Bytes in the package. */
  compressedSize: number;
  /** Bytes of content. */
  size: number;
}

/** Refuses one entry whose two sizes can't belong together. */
export function checkEntrySize(entry: SizedEntry): void {
  const { name, method, compressedSize, size } = entry;
  if (method === 0 && size !== compressedSize) {
    throw new ArchiveError("bad_directory", `Stored entry ${name} has two different sizes`, {
      entry: name,
      expected: compressedSize,
      found: size,
    });
  }
  if (method === 8 && size > compressedSize * DEFLATE_RATIO) {
    throw new ArchiveError("too_large", `Entry ${name} claims more than deflate can hold`, {
      entry: name,
      expected: `at most ${compressedSize * DEFLATE_RATIO}`,
      found: size,
    });
  }
}

/** Refuses a package that unpacks to more than the caps allow; sizes are sums over its entries. */
export function checkTotalSize(size: number, compressedSize: number, limits: Limits): void {
  if (size > limits.maxTotalSize) {
    const most = `${limits.maxTotalSize} bytes are taken`;
    throw new ArchiveError("too_large", `The package claims to unpack to ${size} bytes; ${most}`, {
      expected: `at most ${limits.maxTotalSize}`,
      found: size,
      ...(limits.hint !== undefined && { hint: limits.hint }),
    });
  }
  if (size > limits.ratioFloor && size > compressedSize * limits.maxRatio) {
    throw new ArchiveError("too_large", "The package claims the ratio of a bomb", {
      expected: `at most ${limits.maxRatio}:1`,
      found: `${size} bytes out of ${compressedSize}`,
    });
  }
}
