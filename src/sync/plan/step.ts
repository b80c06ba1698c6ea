/**
 * The vocabulary shared by the plan and its execution: located entries, facts about the disk, and
 * steps to get an entry.
 *
 * @module
 */
import type { Entry, Range } from "../../types.ts";
import type { Located, Part } from "../../grown/estimate.ts";
import type { OldFile } from "../../grown/memory.ts";
import type { Segment } from "../../patch/compose.ts";

/** What is known about a file on the disk. */
export interface DiskFact extends OldFile {
  size: number;
  mtimeMs: number;
  /** SHA-256 in base64url, where it was computed. */
  sha256?: string;
}

/** Whether a file has an entry's content, by all that is known of both. */
export function hasContent(fact: DiskFact | undefined, entry: Entry): boolean {
  if (fact?.crc !== entry.crc || fact.size !== entry.size) return false;
  return (fact.sha256 ?? entry.sha256) === (entry.sha256 ?? fact.sha256);
}

/** One entry to fetch and extract: all of it, or with `tail` the part that may suffice. */
export interface Step extends Omit<Part, "tail"> {
  entry: Entry;
  end: number;
  tail?: Part["tail"];
  /** Set if a patch says how to build its content: nothing of the package is needed. */
  segments?: Segment[];
  /** The path of the old content that they copy from, where the file was renamed. */
  source?: string;
}

/** All ranges that steps need, in the package's order. */
export function needsOf(steps: readonly Step[]): Range[] {
  return steps.flatMap(({ needs, needsBefore }) => needsBefore ? [needsBefore, needs] : [needs]);
}

/** The size of what steps make, in bytes. */
export function contentOf(steps: readonly Step[]): number {
  return steps.reduce((sum, { entry }) => sum + entry.size, 0);
}

/** Sorts the entries by position; `ends` gives, by index, where each ends at the latest. */
export function locate(entries: readonly Entry[], ends: Float64Array): Located[] {
  const sorted = [...entries].sort((a, b) => a.headerOffset - b.headerOffset);
  return sorted.map((entry) => {
    const next = ends[entry.index] ?? entry.headerOffset;
    const end = Math.min(next, entry.headerOffset + LONGEST_FRAME + entry.compressedSize);
    return { entry, end, tight: end === next };
  });
}

/**
 * The largest local header, with name and extra field at their longest, plus a Zip64 data
 * descriptor.
 */
const LONGEST_FRAME = 30 + 2 * 65_535 + 24;
