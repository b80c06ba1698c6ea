/**
 * Where each entry's bytes end: at the next header, or at the directory.
 *
 * Guarantees: {@linkcode checkOverlaps} refuses every pair of entries that must share bytes
 * according to the directory. The length of a local header's extra fields is only in that header:
 * its reader keeps the data within the end given here.
 *
 * @module
 */

import { ArchiveError } from "../../errors.ts";
import { ZIP } from "../../messages/zip.ts";
import type { PackageDirectory, RawEntry } from "./package_directory.ts";

/** A local header without its name and extra fields, in bytes. */
const HEADER_LENGTH = 30;

/**
 * For each entry, by its `index`, the latest end of its bytes: the next entry's header, or the
 * directory. Folders count too, since their headers lie between those of the files.
 */
export function entryEnds(directory: PackageDirectory): Float64Array {
  const { entries, directoryOffset } = directory;
  const ends = new Float64Array(entries.length);
  let next = directoryOffset;
  const sorted = byOffset(entries);
  for (let at = sorted.length - 1; at >= 0; at--) {
    const { index, headerOffset } = sorted[at]!;
    ends[index] = next;
    next = headerOffset;
  }
  return ends;
}

/** Refuses entries that share bytes, or that reach into the directory. */
export function checkOverlaps(directory: PackageDirectory): void {
  const { entries, directoryOffset } = directory;
  let previous: RawEntry | undefined;
  let end = 0;
  for (const entry of byOffset(entries)) {
    if (entry.headerOffset < end) throw overlap(entry, end, previous);
    end = entry.headerOffset + HEADER_LENGTH + entry.nameLength + entry.compressedSize;
    previous = entry;
  }
  if (previous !== undefined && end > directoryOffset) {
    throw new ArchiveError("overlap", ZIP.reaches_into_directory({ name: previous.name }), {
      entry: previous.name,
      offset: previous.headerOffset,
      expected: `an end at byte ${directoryOffset} or before`,
      found: `an end at byte ${end}`,
    });
  }
}

/** The entries in the order of their headers: nearly always the directory's own. */
function byOffset(entries: readonly RawEntry[]): readonly RawEntry[] {
  let last = -1;
  for (const { headerOffset } of entries) {
    if (headerOffset < last) return entries.toSorted((a, b) => a.headerOffset - b.headerOffset);
    last = headerOffset;
  }
  return entries;
}

function overlap(entry: RawEntry, end: number, previous: RawEntry | undefined): ArchiveError {
  const { name } = entry;
  const message = previous === undefined
    ? ZIP.shares_bytes({ name })
    : ZIP.shares_bytes_with({ name, previous: previous.name });
  return new ArchiveError("overlap", message, {
    entry: entry.name,
    offset: entry.headerOffset,
    expected: `a header at byte ${end} or after`,
    found: `a header at byte ${entry.headerOffset}`,
  });
}
