/**
 * Finds where an entry's data begins, and checks its local header against the directory.
 *
 * Guarantees: a missing header, or one whose name, method, size or CRC differs from the directory,
 * is refused: two readers of the package would disagree about it. Sizes and CRC may be missing only
 * if a data descriptor follows. It doesn't look at the data, and imports next to nothing, since
 * every worker loads it at startup.
 *
 * @module
 */

import { crc32 } from "node:zlib";
import { ArchiveError } from "../errors.ts";
import { readFully } from "../fs/whole_io.ts";
import { ZIP } from "../messages/zip.ts";
import type { Entry } from "../types.ts";
import { u16, u32, u64 } from "./little_endian.ts";

/** What the directory says about the entry whose header is checked. */
export type DirectoryEntry = Omit<Entry, "index" | "sha256">;

/** The length of a local header without its name and extra fields. */
const LOCAL_HEADER_LENGTH = 30;

/** The ZIP method of Zstandard. */
export const ZSTD = 93;

/** Encryption, strong encryption and masked headers: both headers must agree. */
const ENCRYPTION_FLAGS = 0x2041;
const DESCRIPTOR_FLAG = 0x0008;
const IN_ZIP64 = 0xffffffff;

/**
 * Checks the local header at the start of `bytes`, whose position in the package is `offset`;
 * returns where in the package the entry's data begins. `bytes` must contain the header's name; its
 * extra fields and the data needn't be there.
 */
export function parseLocalHeader(
  bytes: Uint8Array,
  offset: number,
  entry: DirectoryEntry,
): { dataStart: number } {
  if (bytes.length < LOCAL_HEADER_LENGTH) {
    throw bad(entry, ZIP.local_header(), ZIP.bytes({ number: bytes.length }));
  }
  const signature = u32(bytes, 0);
  if (signature !== 0x04034b50) {
    throw bad(entry, ZIP.signature(), signature.toString(16).padStart(8, "0"));
  }
  const flags = u16(bytes, 6);
  if ((flags & ENCRYPTION_FLAGS) !== (entry.flags & ENCRYPTION_FLAGS)) {
    throw bad(entry, ZIP.flags({ flags: hex(entry.flags) }), hex(flags));
  }
  const method = u16(bytes, 8);
  if (method !== entry.method) {
    throw bad(entry, ZIP.method({ number: entry.method }), String(method));
  }
  const descriptor = (flags & DESCRIPTOR_FLAG) !== 0;
  checkValue(entry, ZIP.crc, { found: u32(bytes, 14), expected: entry.crc, descriptor });
  checkSizes(entry, bytes, descriptor);
  const nameEnd = LOCAL_HEADER_LENGTH + u16(bytes, 26);
  checkName(entry, bytes.subarray(LOCAL_HEADER_LENGTH, nameEnd), nameEnd - LOCAL_HEADER_LENGTH);
  return { dataStart: offset + nameEnd + u16(bytes, 28) };
}

/**
 * The packed size comes first in the header, but second in its Zip64 field, which holds both sizes
 * or, from some tools, only the one that is too large. A value missing from the field counts as
 * missing, as 0 does.
 */
function checkSizes(entry: DirectoryEntry, bytes: Uint8Array, descriptor: boolean): void {
  let compressedSize = u32(bytes, 18);
  let size = u32(bytes, 22);
  if (compressedSize === IN_ZIP64 || size === IN_ZIP64) {
    const field = zip64Field(bytes);
    // Not in `bytes`: the directory's values apply, and the data is checked against those anyway.
    if (field === undefined) return;
    const next = (): number => {
      if (field.at + 8 > field.end) return descriptor ? 0 : IN_ZIP64;
      field.at += 8;
      return u64(bytes, field.at - 8);
    };
    const hasBoth = field.end - field.at >= 16;
    if (size === IN_ZIP64) size = next();
    else if (hasBoth) next(); // repeated there: only the header's own counts
    if (compressedSize === IN_ZIP64) compressedSize = next();
  }
  checkValue(entry, ZIP.size, { found: size, expected: entry.size, descriptor });
  checkValue(entry, ZIP.packed_size, {
    found: compressedSize,
    expected: entry.compressedSize,
    descriptor,
  });
}

/** Where the Zip64 field's values are: nowhere when there is none, `undefined` when they aren't in `bytes`. */
function zip64Field(bytes: Uint8Array): { at: number; end: number } | undefined {
  let at = LOCAL_HEADER_LENGTH + u16(bytes, 26);
  const end = at + u16(bytes, 28);
  if (end > bytes.length) return undefined;
  while (at + 4 <= end) {
    const field = at + 4;
    const next = field + u16(bytes, at + 2);
    if (u16(bytes, at) === 0x0001 && next <= end) return { at: field, end: next };
    at = next;
  }
  return { at: end, end };
}

function checkValue(
  entry: DirectoryEntry,
  says: (what: { number: number }) => string,
  values: { found: number; expected: number; descriptor: boolean },
): void {
  const { found, expected, descriptor } = values;
  if (found === expected || (descriptor && found === 0)) return;
  throw bad(entry, says({ number: expected }), String(found));
}

function checkName(entry: DirectoryEntry, name: Uint8Array, length: number): void {
  if (name.length < length) {
    throw bad(entry, ZIP.whole_name(), ZIP.bytes_of({ found: name.length, length }));
  }
  if (crc32(name) === entry.nameCrc) return;
  throw bad(entry, ZIP.name_of_directory(), ZIP.another_name());
}

function bad(entry: DirectoryEntry, expected: string, found: string): ArchiveError {
  return new ArchiveError(
    "bad_local_header",
    ZIP.header_wrong({ path: entry.path, expected, found }),
    { entry: entry.path, offset: entry.headerOffset, expected, found },
  );
}

function hex(value: number): string {
  return `0x${value.toString(16).padStart(4, "0")}`;
}

/**
 * Reads an entry's local header from a complete package; returns where the entry's data begins.
 * `end` is the end of the space that it may occupy. Throws ArchiveError.
 */
export function readDataStart(
  entry: DirectoryEntry & { end: number },
  file: Deno.FsFile,
): number {
  const read = (length: number) => readFully(file, entry.headerOffset, new Uint8Array(length));
  const fixed = read(LOCAL_HEADER_LENGTH);
  const rest = fixed.length < LOCAL_HEADER_LENGTH ? 0 : u16(fixed, 26) + u16(fixed, 28);
  const header = read(LOCAL_HEADER_LENGTH + rest);
  const { dataStart } = parseLocalHeader(header, entry.headerOffset, entry);
  const dataEnd = dataStart + entry.compressedSize;
  if (dataEnd <= entry.end) return dataStart;
  throw new ArchiveError("overlap", ZIP.runs_into({ path: entry.path }), {
    entry: entry.path,
    expected: `an end at byte ${entry.end} or before`,
    found: `an end at byte ${dataEnd}`,
  });
}
