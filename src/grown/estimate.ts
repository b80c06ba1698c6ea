/**
 * Estimates the smallest part of an entry that suffices if its file was only appended to. The
 * planner's entry point into this folder. Pure.
 *
 * A **tail** is the stream from the start of its old last block, whose codes have changed. Its
 * **ends** are the tail's first bytes, which hold the new codes, and its last bytes, which hold the
 * new content. If zlib made the package, everything between them follows from the old content.
 *
 * It doesn't guarantee that an estimate is right: extraction checks it by the CRC-32.
 *
 * @module
 */
import type { Entry, Range } from "../types.ts";
import { MOST_BLOCK_CONTENT, MOST_NEW_CONTENT } from "./ends.ts";
import type { LastBlock } from "./last_block.ts";
import type { BlockKnowledge } from "./memory.ts";
import type { Tail } from "./tail.ts";
import { LOOK_AHEAD } from "./replay.ts";

/** An entry, and the end of the space that it may occupy in the package. */
export interface Located {
  entry: Entry;
  end: number;
  /** Whether another entry, or the directory, begins exactly at `end`. */
  tight: boolean;
}

/** A part of an entry that may suffice: the bytes to fetch, and how to rebuild from them. */
export interface Part {
  /** The bytes of the package that it needs. */
  needs: Range;
  /** Further bytes that it needs, before those; the gap between isn't fetched. */
  needsBefore?: Range;
  tail: Tail;
}

/** An estimate must save at least this many bytes, or the entry is fetched whole. */
const LEAST_SAVING = 2048;

/** A block's head takes 30 to 90 bytes for figures, and rarely more than this for Chinese text. */
const HEAD_BYTES = 192;

/** New rows may compress worse than the whole did; fetching too little costs another round. */
const RATIO_MARGIN = 1.4;
/** Room for the end of a block and perhaps another block's head, in bytes. */
const REST_MARGIN = 128;

/**
 * The parts that may suffice for an entry whose old file has `size` bytes and ended in `block`: its
 * tail if that saves enough, and the tail's ends if there is `knowledge` of the block's symbols.
 */
export function estimate(
  located: Located,
  old: { size: number; block?: LastBlock },
  knowledge?: BlockKnowledge,
): { tail?: Part | undefined; ends?: Part | undefined } {
  const tail = tailOf(located, old);
  if (tail === undefined) return {};
  const saves = tail.needs.start - located.entry.headerOffset >= LEAST_SAVING;
  return {
    tail: saves ? tail : undefined,
    ends: knowledge && endsOf(located, tail, { size: old.size, knowledge }),
  };
}

/** The tail, or `undefined` if the file can't have been appended to. */
function tailOf(
  { entry, end, tight }: Located,
  { size, block }: { size: number; block?: LastBlock },
): Part | undefined {
  if (block === undefined || entry.method !== 8) return undefined;
  if (entry.size <= size || block.out > size) return undefined;
  // Without a data descriptor the data ends where the next local header begins.
  const hasDescriptor = (entry.flags & 8) !== 0;
  if (hasDescriptor || !tight) return undefined;
  const dataStart = end - entry.compressedSize;
  const shortestHeader = entry.headerOffset + 30;
  const first = dataStart + Math.floor(block.bit / 8); // no `>> 3`: 256 MB are 2^31 bits
  if (dataStart < shortestHeader || first >= end) return undefined;
  return { needs: { start: first, end }, tail: { dataStart, ...block } };
}

/** The two ends of a tail, or `undefined` if they save too little. */
function endsOf(
  { entry, end }: Located,
  { needs: { start }, tail }: Part,
  { size, knowledge }: { size: number; knowledge: BlockKnowledge },
): Part | undefined {
  if (knowledge.known === undefined && size - tail.out > MOST_BLOCK_CONTENT) return undefined;
  // The very end of the old content may be compressed differently now.
  const unknown = LOOK_AHEAD + entry.size - size;
  if (unknown > MOST_NEW_CONTENT) return undefined;
  const ratio = RATIO_MARGIN * entry.compressedSize / entry.size;
  const restStart = end - Math.ceil(unknown * Math.min(1, ratio)) - REST_MARGIN;
  const headEnd = start + HEAD_BYTES;
  if (restStart - headEnd < LEAST_SAVING) return undefined;
  const grown = { ...knowledge, size, headBytes: HEAD_BYTES, restStart };
  return {
    needsBefore: { start, end: headEnd },
    needs: { start: restStart, end },
    tail: { ...tail, grown },
  };
}

/** Bytes of old content to replay when rebuilding from a tail. */
export function replayedBytes(tail: Tail | undefined): number {
  const { grown, out } = tail ?? {};
  return grown === undefined || grown.known !== undefined ? 0 : grown.size - out!;
}
