/**
 * Reads the records of a central directory, the fast way.
 *
 * Guarantees: the records fill the directory exactly, and their count is the end record's, if need
 * be modulo 65,536 (what tools without Zip64 write for more than 65,535 entries); Zip64 values are
 * resolved and exact (below 2^53). It doesn't decode names (`decodeNames` does) or check what the
 * numbers mean (`checkEntries` does).
 *
 * @module
 */

import { crc32 } from "node:zlib";
import { ArchiveError } from "../../errors.ts";
import { ZIP } from "../../messages/zip.ts";
import type { DirectorySpan } from "./end_record.ts";
import { u16, u32, u64 } from "../little_endian.ts";
import { decodeUtf8 } from "./entry_name.ts";
import type { RawEntry } from "./package_directory.ts";

const RECORD_LENGTH = 46;

/** A record that creates views of its name lazily: 100,000 views cost 30 ms and 20 MB. */
class DirectoryRecord implements RawEntry {
  name = "";
  unicodePath: string | undefined = undefined;
  readonly index: number;
  readonly nameLength: number;
  readonly versionMadeBy: number;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  compressedSize: number;
  size: number;
  headerOffset: number;
  readonly externalAttributes: number;
  readonly #bytes: Uint8Array;
  readonly #at: number;

  constructor(bytes: Uint8Array, at: number, index: number) {
    this.index = index;
    this.nameLength = u16(bytes, at + 28);
    this.versionMadeBy = u16(bytes, at + 4);
    this.flags = u16(bytes, at + 8);
    this.method = u16(bytes, at + 10);
    this.crc = u32(bytes, at + 16);
    this.compressedSize = u32(bytes, at + 20);
    this.size = u32(bytes, at + 24);
    this.externalAttributes = u32(bytes, at + 38);
    this.headerOffset = u32(bytes, at + 42);
    this.#bytes = bytes;
    this.#at = at;
  }

  get rawName(): Uint8Array {
    const start = this.#at + RECORD_LENGTH;
    return this.#bytes.subarray(start, start + this.nameLength);
  }
}

/** Reads all records out of the directory's `bytes`. */
export function parseDirectory(bytes: Uint8Array, span: DirectorySpan): RawEntry[] {
  const entries: RawEntry[] = [];
  let at = 0;
  const { count, wraps } = span;
  for (let index = 0; index < count || (wraps && at < bytes.length); index++) {
    if (at + RECORD_LENGTH > bytes.length || u32(bytes, at) !== 0x02014b50) {
      throw bad(
        ZIP.record_of({ index: index + 1, count: span.count }),
        ZIP.something_else(),
        span.start + at,
      );
    }
    const nameAt = at + RECORD_LENGTH;
    const extraAt = nameAt + u16(bytes, at + 28);
    const commentAt = extraAt + u16(bytes, at + 30);
    const next = commentAt + u16(bytes, at + 32);
    if (next > bytes.length) {
      throw bad(ZIP.record_within(), ZIP.longer_one(), span.start + at);
    }
    const entry = new DirectoryRecord(bytes, at, index);
    const disk = readExtra(entry, {
      bytes,
      start: extraAt,
      end: commentAt,
      disk: u16(bytes, at + 34),
    });
    if (disk !== 0) {
      throw bad(ZIP.on_this_disk(), ZIP.disk_number({ number: disk }), span.start + at);
    }
    entry.headerOffset += span.prepended;
    entries.push(entry);
    at = next;
  }
  if (at !== bytes.length) {
    throw bad(
      ZIP.records({ number: count }),
      ZIP.bytes_more({ number: bytes.length - at }),
      span.start + at,
    );
  }
  if (entries.length % 0x10000 !== count % 0x10000) {
    throw bad(
      ZIP.records({ number: count }),
      ZIP.records({ number: entries.length }),
      span.start + at,
    );
  }
  return entries;
}

interface Extra {
  bytes: Uint8Array;
  start: number;
  end: number;
  disk: number;
}

/** Applies the extra fields to the entry; returns the entry's disk number. */
function readExtra(entry: DirectoryRecord, extra: Extra): number {
  const { bytes, start, end } = extra;
  let { disk } = extra;
  let zip64 = false;
  // Stop at a field that runs past the end, or at stray bytes: several tools pad like that.
  for (let at = start; at + 4 <= end;) {
    const id = u16(bytes, at);
    const field = at + 4;
    at = field + u16(bytes, at + 2);
    if (at > end) break;
    if (id === 0x0001 && !zip64) {
      zip64 = true;
      disk = readZip64(entry, { bytes, start: field, end: at, disk });
    } else if (id === 0x7075 && entry.unicodePath === undefined) {
      entry.unicodePath = unicodePathOf(entry.rawName, bytes.subarray(field, at));
    }
  }
  if (!zip64 && isSaturated(entry)) {
    throw new ArchiveError("bad_directory", ZIP.no_zip64({ record: entry.index + 1 }), {
      expected: "a Zip64 extra field",
      found: "none",
    });
  }
  return disk;
}

function isSaturated(entry: DirectoryRecord): boolean {
  // The largest 32-bit size is legal as it is; an offset that large isn't.
  return entry.headerOffset === 0xffffffff;
}

/** Replaces the values marked as too large; the field has only those, in this order. */
function readZip64(entry: DirectoryRecord, field: Extra): number {
  const { bytes, end } = field;
  let at = field.start;
  const next = (length: number): number => {
    if (at + length > end) throw bad(ZIP.whole_zip64_field(), ZIP.short_field(), at, entry);
    const value = length === 8 ? u64(bytes, at) : u32(bytes, at);
    if (!Number.isSafeInteger(value)) throw bad(ZIP.size_below(), String(value), at, entry);
    at += length;
    return value;
  };
  if (entry.size === 0xffffffff) entry.size = next(8);
  if (entry.compressedSize === 0xffffffff) entry.compressedSize = next(8);
  if (entry.headerOffset === 0xffffffff) entry.headerOffset = next(8);
  return field.disk === 0xffff ? next(4) : field.disk;
}

/** The name in a Unicode path field (version, CRC of the stored name, UTF-8), when it is valid. */
export function unicodePathOf(rawName: Uint8Array, field: Uint8Array): string | undefined {
  if (field.length < 6 || field[0] !== 1 || u32(field, 1) !== crc32(rawName)) return undefined;
  return decodeUtf8(field.subarray(5));
}

function bad(expected: string, found: string, offset: number, entry?: RawEntry): ArchiveError {
  return new ArchiveError(
    "bad_directory",
    entry === undefined
      ? ZIP.broken_at({ offset, expected, found })
      : ZIP.broken_in({ record: entry.index + 1, expected, found }),
    entry === undefined ? { expected, found, offset } : { expected, found },
  );
}
