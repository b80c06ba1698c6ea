/**
 * Finds the central directory of a package from its last bytes.
 *
 * Guarantees: an end record that ends exactly at the package's last byte comes first; where there is
 * none, one with bytes behind it, or whose comment was cut short, counts only if its directory lies
 * where it says, counted from the package's first byte: a package stored inside another never does.
 * One that spans disks is refused. If several directories fit, all are returned: the caller tries each
 * and refuses the package unless exactly one is valid. Bytes before the package are allowed.
 *
 * @module
 */

import { ArchiveError } from "../../errors.ts";
import { ZIP } from "../../messages/zip.ts";
import { u16, u32, u64 } from "../little_endian.ts";
import { noEndRecord, severalDisks } from "./end_errors.ts";

/** The position of the directory according to an end record. Offsets are in the package. */
export interface DirectorySpan {
  /** The first byte of the directory. */
  start: number;
  /** The first byte after it. */
  end: number;
  /** Records in it. */
  count: number;
  /** Bytes before the package that its own offsets don't count. */
  prepended: number;
  /** Whether `count` is what 16 bits left of the true count. */
  wraps: boolean;
  /** What is odd about it, in a few words; other readers accept it anyway. */
  oddity?: string;
}

/** The package's last bytes. */
export interface PackageEnd {
  /** The bytes, up to the last one. */
  bytes: Uint8Array;
  /** The offset of `bytes[0]` in the package. */
  offset: number;
  /** The package's length; the tail reaches it. */
  total: number;
}

/** What was found: spans to try, or where the tail should have begun. */
type SearchResult =
  | { kind: "need"; start: number }
  | { kind: "spans"; spans: DirectorySpan[]; refused: ArchiveError[] };

const END_LENGTH = 22;
const LOCATOR_LENGTH = 20;
const ZIP64_LENGTH = 56;
/** The longest comment plus all records that can stand between it and the directory. */
const LONGEST_END = 0xffff + END_LENGTH + LOCATOR_LENGTH + ZIP64_LENGTH;
/**
 * A Zip64 record with more than 64 KB in its extensible part is an attempt to make us fetch data.
 */
const LONGEST_ZIP64 = ZIP64_LENGTH + 0x10000;
/** The shortest and the longest record of a directory. */
const SHORTEST_RECORD = 46;
const LONGEST_RECORD = SHORTEST_RECORD + 3 * 0xffff;
/** A directory whose entries are counted modulo 65,536 is no larger than this, in bytes. */
const LARGEST_WRAPPED = 128 << 20;
/** More end records than this in one comment are an attack. */
const MAX_CANDIDATES = 16;

/** Finds every end record that fits, and where each says that the directory is. */
export function findDirectory(tail: PackageEnd): SearchResult {
  const { bytes, offset, total } = tail;
  const exact = endRecords(bytes, (end) => end === bytes.length);
  const earliest = Math.max(0, total - LONGEST_END);
  if (exact.length === 0 && offset > earliest) return { kind: "need", start: earliest };
  const positions = exact.length > 0 ? exact : endRecords(bytes, () => true);
  if (positions.length === 0) throw noEndRecord(tail);
  const spans: DirectorySpan[] = [];
  const refused: ArchiveError[] = [];
  let need = Infinity;
  for (const position of positions) {
    try {
      const found = spanOf(tail, position);
      if (typeof found === "number") need = Math.min(need, found);
      else if (exact.length > 0) spans.push(found);
      else if (found.prepended === 0) spans.push({ ...found, oddity: oddityOf(bytes, position) });
    } catch (error) {
      if (!(error instanceof ArchiveError)) throw error;
      refused.push(error);
    }
  }
  if (need < Infinity) return { kind: "need", start: need };
  // No candidate for the package's own end record: report the most likely cause.
  if (exact.length === 0 && spans.length === 0) throw noEndRecord(tail);
  return { kind: "spans", spans, refused };
}

/** What is odd about an end record that doesn't end where the tail does. */
function oddityOf(bytes: Uint8Array, at: number): string {
  const behind = bytes.length - at - endLength(bytes, at);
  return behind > 0 ? ZIP.bytes_follow({ behind }) : ZIP.comment_cut();
}

/** Length of the end record at `at` with its comment. */
function endLength(bytes: Uint8Array, at: number): number {
  return END_LENGTH + u16(bytes, at + 20);
}

/** Positions of the end records whose comment ends where `fits` says, the last one first. */
function endRecords(bytes: Uint8Array, fits: (end: number) => boolean): number[] {
  const positions: number[] = [];
  const first = Math.max(0, bytes.length - END_LENGTH - 0xffff);
  for (let at = bytes.length - END_LENGTH; at >= first; at--) {
    if (bytes[at] !== 0x50 || u32(bytes, at) !== 0x06054b50) continue;
    if (!fits(at + endLength(bytes, at))) continue;
    positions.push(at);
    if (positions.length > MAX_CANDIDATES) {
      throw new ArchiveError("bad_directory", ZIP.many_end_records(), {
        expected: 1,
        found: `more than ${MAX_CANDIDATES}`,
      });
    }
  }
  return positions;
}

/** Reads the end record at `at` of the tail; a number is where the tail should have begun. */
function spanOf(tail: PackageEnd, at: number): DirectorySpan | number {
  const { bytes, offset } = tail;
  const position = offset + at;
  const locator = at - LOCATOR_LENGTH;
  // Whether a locator stands in front can only be seen when the tail reaches that far.
  if (locator < ZIP64_LENGTH && offset > 0) {
    return Math.max(0, position - LOCATOR_LENGTH - ZIP64_LENGTH - 0x1000);
  }
  const disk = u16(bytes, at + 4);
  const directoryDisk = u16(bytes, at + 6);
  const diskCount = u16(bytes, at + 8);
  const count = u16(bytes, at + 10);
  const size = u32(bytes, at + 12);
  const start = u32(bytes, at + 16);
  const saturated = disk === 0xffff || directoryDisk === 0xffff || diskCount === 0xffff ||
    count === 0xffff || size === 0xffffffff || start === 0xffffffff;
  if (locator >= 0 && u32(bytes, locator) === 0x07064b50) {
    const span = zip64Span(tail, locator);
    if (typeof span === "number") return span;
    if (span !== undefined) {
      const { directory, stated } = span;
      agree(count, 0xffff, directory.count, position);
      agree(diskCount, 0xffff, directory.count, position);
      agree(size, 0xffffffff, directory.end - directory.start, position);
      agree(start, 0xffffffff, stated, position);
      oneDisk(disk === 0xffff ? 0 : disk, directoryDisk === 0xffff ? 0 : directoryDisk, position);
      return directory;
    }
    if (saturated) throw bad(ZIP.zip64_end_record(), ZIP.locator_points_nowhere(), position);
  }
  oneDisk(disk, directoryDisk, position);
  if (diskCount !== count) throw severalDisks(position);
  return span({ end: position, size, stated: start }, count, true);
}

/** Where a directory of `size` bytes that ends at `end` begins; `stated` is what the record says. */
function span(
  { end, size, stated }: { end: number; size: number; stated: number },
  count: number,
  wraps: boolean,
): DirectorySpan {
  const start = end - size;
  if (stated > start || start < 0) {
    throw bad(
      ZIP.directory_of({ size, stated }),
      ZIP.bytes_up_to_end({ left: Math.max(0, end - stated) }),
      end,
    );
  }
  // Refused before a directory of that size is fetched.
  const fits = size >= count * SHORTEST_RECORD && size <= count * LONGEST_RECORD;
  const most = wraps && size >= (count + 0x10000) * SHORTEST_RECORD && size <= LARGEST_WRAPPED;
  if (!fits && !most) {
    throw bad(ZIP.directory_that_fits({ count }), ZIP.directory_of_size({ number: size }), end);
  }
  return { start, end, count, prepended: start - stated, wraps };
}

/** Follows a Zip64 locator; `undefined` if there is no Zip64 record before it after all. */
function zip64Span(
  tail: PackageEnd,
  locator: number,
): { directory: DirectorySpan; stated: number } | number | undefined {
  const { bytes, offset } = tail;
  const stated = u64(bytes, locator + 8);
  // Prepended bytes shift the record, so the position right before the locator is also tried.
  let at = stated - offset;
  if (!isZip64Record(bytes, at, locator)) at = locator - ZIP64_LENGTH;
  if (!isZip64Record(bytes, at, locator)) {
    // A record with an extensible part can begin before the tail; never far before its locator.
    if (stated < offset && offset + locator - stated <= LONGEST_ZIP64) return stated;
    return undefined;
  }
  const position = offset + at;
  const disks = u32(bytes, locator + 16);
  if (disks > 1 || u32(bytes, locator + 4) !== 0) throw severalDisks(position);
  oneDisk(u32(bytes, at + 16), u32(bytes, at + 20), position);
  const count = u64(bytes, at + 32);
  if (u64(bytes, at + 24) !== count) throw severalDisks(position);
  const start = u64(bytes, at + 48);
  const stands = { end: position, size: u64(bytes, at + 40), stated: start };
  return { directory: span(stands, count, false), stated: start };
}

function isZip64Record(bytes: Uint8Array, at: number, locator: number): boolean {
  if (at < 0 || at + ZIP64_LENGTH > locator || u32(bytes, at) !== 0x06064b50) return false;
  return at + 12 + u64(bytes, at + 4) === locator;
}

function agree(short: number, saturated: number, long: number, position: number): void {
  if (short === saturated || short === long) return;
  throw bad(ZIP.as_end_record_says({ short }), ZIP.in_zip64_record({ long }), position);
}

function oneDisk(disk: number, directoryDisk: number, position: number): void {
  if (disk !== 0 || directoryDisk !== 0) throw severalDisks(position);
}

function bad(expected: string, found: string, offset: number): ArchiveError {
  return new ArchiveError("bad_directory", ZIP.end_record_wrong({ found }), {
    expected,
    found,
    offset,
  });
}
