/**
 * What the plan and its execution talk about: entries with their places, what is on the disk, and
 * the steps of getting an entry.
 *
 * @module
 */
import type { Entry, Range } from "../types.ts";
import type { GrownSource, KnownSymbols } from "../zip/extract_messages.ts";

/** What is known of a file on the disk. */
export interface DiskFact {
  size: number;
  mtimeMs: number;
  /** Its CRC-32, when somebody read it: we when we wrote it, or a check just now. */
  crc?: number;
  /** Where the last deflate block of the entry that it came from begins. */
  block?: { bit: number; out: number };
  /** That block's symbols, where this run came to know them. */
  known?: KnownSymbols;
}

/** An entry with the first byte after all that it may occupy in the package. */
export interface Located {
  entry: Entry;
  end: number;
  /** Whether another entry, or the directory, begins right at `end`. */
  tight: boolean;
}

/** One entry to fetch and extract. */
export interface Step {
  entry: Entry;
  end: number;
  /** The bytes of the package that it needs. */
  needs: Range;
  /** Further bytes that it needs, before those; the rest between them isn't. */
  needsBefore?: Range;
  /** Present when the tail is enough, or with `grown` its two ends. */
  tail?: { dataStart: number; bit: number; out: number; grown?: GrownSource };
}

/** All ranges that steps need, in the package's order. */
export function needsOf(steps: readonly Step[]): Range[] {
  return steps.flatMap(({ needs, needsBefore }) => needsBefore ? [needsBefore, needs] : [needs]);
}

/** Sorts the entries by their place; `ends` says by index where each ends at the latest. */
export function locate(entries: readonly Entry[], ends: Float64Array): Located[] {
  const sorted = [...entries].sort((a, b) => a.headerOffset - b.headerOffset);
  return sorted.map((entry) => {
    const next = ends[entry.index] ?? entry.headerOffset;
    const end = Math.min(next, entry.headerOffset + LONGEST_FRAME + entry.compressedSize);
    return { entry, end, tight: end === next };
  });
}

/** A local header with its name and extra field at their longest, and a Zip64 data descriptor. */
const LONGEST_FRAME = 30 + 2 * 65_535 + 24;
