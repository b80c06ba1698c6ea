/**
 * The content of a package's central directory, whichever engine read it.
 *
 * Guarantees: {@linkcode RawEntry} holds the record's numbers unchanged except that Zip64 and
 * prepended bytes are resolved. It doesn't check anything for safety: `checkEntries` does.
 *
 * @module
 */

import { createHash } from "node:crypto";

/** One record of the central directory. Sizes and offsets are in bytes. */
export interface RawEntry {
  /** Its index in the central directory, from 0. */
  readonly index: number;
  /** The decoded name with `\` turned into `/`; not yet safe. */
  name: string;
  /** The name's bytes, as stored. */
  readonly rawName: Uint8Array;
  /** The length of `rawName`, without creating it. */
  readonly nameLength: number;
  /** The name of a valid Unicode path extra field (0x7075). */
  readonly unicodePath: string | undefined;
  /** The maker: its system in the high byte, its version in the low one. */
  readonly versionMadeBy: number;
  /** The general purpose flags. */
  readonly flags: number;
  /** The ZIP method. */
  readonly method: number;
  /** CRC-32 of the content, unsigned. */
  readonly crc: number;
  /** Bytes in the package. */
  readonly compressedSize: number;
  /** Bytes of content. */
  readonly size: number;
  /** The offset of its local header in the package. */
  readonly headerOffset: number;
  /** Attributes: Unix's mode in the high half, DOS's in the low byte. */
  readonly externalAttributes: number;
}

/** A whole central directory. Offsets are counted from the package's first byte. */
export interface PackageDirectory {
  /** The records, in the directory's order. */
  entries: RawEntry[];
  /** Where the central directory begins. */
  directoryOffset: number;
  /** Length of the package in bytes. */
  total: number;
  /** See {@linkcode fingerprintOf}. */
  fingerprint: string;
  /** A sentence if the names' encoding is uncertain. */
  namesDoubt?: string;
  /** What is odd about the package, in a few words; it is read anyway. */
  oddity?: string;
}

/** A directory, or the offset from which the package's bytes are needed to read it. */
export type DirectoryResult =
  | { kind: "need"; start: number }
  | { kind: "directory"; directory: PackageDirectory };

/**
 * The package's fingerprint: SHA-256, in lower-case hex, over the bytes of its central directory
 * (first record to last, without the end records) followed by the package's total length as eight
 * bytes, least significant first.
 */
export function fingerprintOf(directoryBytes: Uint8Array, total: number): string {
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(total), true);
  return createHash("sha256").update(directoryBytes).update(length).digest("hex");
}

/** Pipe, character device, folder, block device, regular file, link and socket: Unix has no others. */
const UNIX_TYPES: ReadonlySet<number> = new Set(
  [0o010000, 0o020000, 0o040000, 0o060000, 0o100000, 0o120000, 0o140000],
);

/**
 * The Unix file type bits of an entry (`0o100000` = regular), 0 when its maker gave none, or bits that
 * mean nothing: a mode of 0o177777 is Plexus Archiver's for "unknown".
 */
export function unixType(entry: RawEntry): number {
  const type = (entry.externalAttributes >>> 16) & 0o170000;
  return UNIX_TYPES.has(type) ? type : 0;
}

/** Whether the entry is a folder: by its name, its Unix type, or DOS's attribute on an empty entry. */
export function isDirectory(entry: RawEntry): boolean {
  if (entry.name.endsWith("/")) return true;
  const type = unixType(entry);
  if (type !== 0) return type === 0o040000;
  return (entry.externalAttributes & 0x10) !== 0 && entry.size === 0;
}

/** Whether the entry is a symbolic link. */
export function isSymlink(entry: RawEntry): boolean {
  return unixType(entry) === 0o120000;
}
