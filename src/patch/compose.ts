/**
 * Joins patches of consecutive days into one set of instructions, so that a file that grew on each
 * of them is written once.
 *
 * Guarantees: the segments of an entry make the content that the patches, applied one after another,
 * would make. A chain that cuts entries into too many segments is refused: time and memory go with
 * their number. Pure.
 *
 * @module
 */
import { ArchiveError } from "../errors.ts";
import { STREAM } from "../messages/stream.ts";
import type { EntryChange } from "./recipe.ts";

/** Segments that don't count: a row more at the end takes two, one in the middle three. */
const USUAL = 3;
/** Of further ones, 14 patches that each insert a row into the middle of 20,000 files make half of this. */
export const MOST_SEGMENTS = 1_000_000;

/** Bytes to copy, from the old file or from the joined data. All figures are in bytes. */
export interface Segment {
  from: "old" | "data";
  offset: number;
  length: number;
  /** The old file's name in the directory, where it isn't the new one's: the file was renamed. */
  name?: string;
}

/** How entries are made, by name: content that a patch doesn't change isn't listed. */
export type Instructions = Map<string, Segment[]>;

/** One patch of a chain. */
export interface Link {
  changes: readonly EntryChange[];
  /** The name of an entry of the new package, by its index. */
  nameOf: (index: number) => string;
  /** Where this patch's data begins in the joined data. */
  dataOffset: number;
}

/** Joins a chain, the oldest patch first. Throws ArchiveError `bad_patch`. */
export function compose(chain: readonly Link[]): Instructions {
  let composed: Instructions = new Map();
  let count = 0;
  for (const { changes, nameOf, dataOffset } of chain) {
    const next: Instructions = new Map(composed);
    // Many entries may be made of one; each of its parts is looked at once.
    const cuttable = new Map<string, Segments | undefined>();
    let at = dataOffset;
    for (const { index, source, pieces } of changes) {
      const name = nameOf(index);
      const oldName = source ?? name;
      if (!cuttable.has(oldName)) {
        const before = composed.get(oldName);
        cuttable.set(oldName, before && new Segments(before));
      }
      const old = cuttable.get(oldName);
      const segments: Segment[] = [];
      for (const { from, length, insert } of pieces) {
        if (old !== undefined) {
          old.cut(from, length, (part) => add(segments, renamed(part, oldName, name)));
        } else {
          const part: Segment = { from: "old", offset: from, length };
          add(segments, oldName === name ? part : { ...part, name: oldName });
        }
        add(segments, { from: "data", offset: at, length: insert });
        at += insert;
        if (count + segments.length - USUAL > MOST_SEGMENTS) throw tooMany();
      }
      count += beyondUsual(segments) - beyondUsual(composed.get(name));
      next.set(name, segments);
    }
    composed = next;
  }
  return composed;
}

/** A content as segments make it, to cut parts out of. */
class Segments {
  readonly #segments: readonly Segment[];
  /** Where each segment ends in the content. */
  readonly #ends: number[] = [];

  constructor(segments: readonly Segment[]) {
    this.#segments = segments;
    let end = 0;
    for (const { length } of segments) this.#ends.push(end += length);
  }

  /** Gives what makes `length` bytes from `start` on; less where the content ends before. */
  cut(start: number, length: number, give: (part: Segment) => void): void {
    const end = start + length;
    for (let index = this.#firstAt(start); index < this.#segments.length; index++) {
      const segment = this.#segments[index]!;
      const begin = this.#ends[index]! - segment.length;
      if (begin >= end) return;
      const skip = Math.max(0, start - begin);
      const take = Math.min(segment.length, end - begin) - skip;
      give({ ...segment, offset: segment.offset + skip, length: take });
    }
  }

  /** The first segment that goes beyond a byte, found by halves. */
  #firstAt(start: number): number {
    let [low, high] = [0, this.#ends.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#ends[middle]! <= start) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Adds a segment, which it keeps; one that goes on where the last one ended makes that one longer. */
function add(segments: Segment[], segment: Segment): void {
  if (segment.length === 0) return;
  const last = segments.at(-1);
  const goesOn = last?.from === segment.from && last.name === segment.name;
  if (goesOn && last.offset + last.length === segment.offset) {
    last.length += segment.length;
  } else segments.push(segment);
}

/** A part of `oldName`'s content as one of `name`'s. */
function renamed({ name: earlier, ...part }: Segment, oldName: string, name: string): Segment {
  const source = earlier ?? oldName;
  return part.from === "data" || source === name ? part : { ...part, name: source };
}

function beyondUsual(segments: readonly Segment[] = []): number {
  return Math.max(0, segments.length - USUAL);
}

function tooMany(): ArchiveError {
  return new ArchiveError("bad_patch", STREAM.patch_parts(), {
    expected: `at most ${MOST_SEGMENTS} beside ${USUAL} per file`,
    found: "more",
  });
}
