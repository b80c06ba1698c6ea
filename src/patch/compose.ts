/**
 * Joins patches of consecutive days into one set of instructions, so that a file that grew on each
 * of them is written once.
 *
 * Guarantees: the segments of an entry make the content that the patches, applied one after another,
 * would make. Pure.
 *
 * @module
 */
import type { Change } from "./recipe.ts";

/** Bytes to copy, from the old file or from the joined data. All figures are in bytes. */
export interface Segment {
  from: "old" | "data";
  offset: number;
  length: number;
}

/** How entries are made, by name: content that a patch doesn't change isn't listed. */
export type Instructions = Map<string, Segment[]>;

/** One patch of a chain. */
export interface Link {
  changes: readonly Change[];
  /** The name of an entry of the new package, by its index. */
  nameOf: (index: number) => string;
  /** Where this patch's data begins in the joined data. */
  dataOffset: number;
}

/** Joins a chain, the oldest patch first. */
export function compose(chain: readonly Link[]): Instructions {
  let composed: Instructions = new Map();
  for (const { changes, nameOf, dataOffset } of chain) {
    const next: Instructions = new Map(composed);
    let at = dataOffset;
    for (const { index, pieces } of changes) {
      const name = nameOf(index);
      const before = composed.get(name);
      const segments: Segment[] = [];
      for (const { from, length, insert } of pieces) {
        segments.push(...cut(before, from, length));
        if (insert > 0) segments.push({ from: "data", offset: at, length: insert });
        at += insert;
      }
      next.set(name, joined(segments));
    }
    composed = next;
  }
  return composed;
}

/** A part of a content that segments make; without any it is the old file itself. */
function cut(segments: readonly Segment[] | undefined, start: number, length: number): Segment[] {
  if (length === 0) return [];
  if (segments === undefined) return [{ from: "old", offset: start, length }];
  const parts: Segment[] = [];
  let at = 0;
  for (const segment of segments) {
    const skip = Math.max(0, start - at);
    const take = Math.min(segment.length - skip, start + length - at - skip);
    if (take > 0) parts.push({ ...segment, offset: segment.offset + skip, length: take });
    at += segment.length;
  }
  return parts;
}

/** The same segments, with neighbours of one source made one. */
function joined(segments: readonly Segment[]): Segment[] {
  const result: Segment[] = [];
  for (const segment of segments) {
    const last = result.at(-1);
    if (last?.from === segment.from && last.offset + last.length === segment.offset) {
      last.length += segment.length;
    } else result.push({ ...segment });
  }
  return result;
}
