/**
 * Guesses how little of an entry is enough when its file was only appended to. Pure.
 *
 * A **tail** is the stream from where its last block began: that block's codes are others now. Its
 * **ends** are the first bytes of the tail, which hold those codes, and its last ones, which hold
 * what is new: all between follows from the old content where zlib made the package.
 *
 * Doesn't guarantee that a guess is right: extraction proves or refutes it by the CRC-32.
 *
 * @module
 */
import { LOOK_AHEAD } from "../deflate/zlib_replay.ts";
import type { GrownSource } from "../zip/extract_messages.ts";
import { MOST_BLOCK_CONTENT, MOST_NEW_CONTENT } from "../zip/grown_entry.ts";
import type { DiskFact, Located, Step } from "./step.ts";

/** How far guessing goes with an entry. */
export type Guess = "ends" | "tail" | "none";

/** A guess must save at least this many bytes, or the entry is fetched whole. */
const LEAST_SAVING = 2048;

/** A block's head takes 30 to 90 bytes for figures, and seldom more than this for Chinese texts. */
const HEAD_BYTES = 192;

/** New rows may pack worse than the whole did; too little fetched means another round. */
const RATIO_MARGIN = 1.4;
/** The end of a block, and perhaps another one's head. */
const REST_MARGIN = 128;

/** The tail that would be fetched if the file was appended to, or `undefined` if it can't have been. */
export function guessTail({ entry, end, tight }: Located, fact: DiskFact): Step | undefined {
  const { block } = fact;
  if (block === undefined || entry.method !== 8) return undefined;
  if (entry.size <= fact.size || block.out > fact.size) return undefined;
  // Without a data descriptor the data ends where the next local header begins.
  const hasDescriptor = (entry.flags & 8) !== 0;
  if (hasDescriptor || !tight) return undefined;
  const dataStart = end - entry.compressedSize;
  const shortestHeader = entry.headerOffset + 30;
  const first = dataStart + Math.floor(block.bit / 8); // no `>> 3`: 256 MB are 2^31 bits
  if (dataStart < shortestHeader || first >= end) return undefined;
  return { entry, end, needs: { start: first, end }, tail: { dataStart, ...block } };
}

/** Whether a tail saves enough of its entry. */
export function isWorthIt({ entry, needs }: Step): boolean {
  return needs.start - entry.headerOffset >= LEAST_SAVING;
}

/** How a block's symbols come to be known: they are remembered, or zlib's level is known. */
export type Knowledge = Pick<GrownSource, "known" | "level">;

/** The two ends of a tail, or `undefined` when all of it is as good. */
export function guessEnds(tail: Step, fact: DiskFact, knowledge: Knowledge): Step | undefined {
  const { entry, end, needs: { start } } = tail;
  const { size } = fact;
  if (knowledge.known === undefined && size - tail.tail!.out > MOST_BLOCK_CONTENT) return undefined;
  // The old content's very end may be packed another way now.
  const unknown = LOOK_AHEAD + entry.size - size;
  if (unknown > MOST_NEW_CONTENT) return undefined;
  const ratio = RATIO_MARGIN * entry.compressedSize / entry.size;
  const restStart = end - Math.ceil(unknown * Math.min(1, ratio)) - REST_MARGIN;
  const headEnd = start + HEAD_BYTES;
  if (restStart - headEnd < LEAST_SAVING) return undefined;
  const grown = { ...knowledge, size, headBytes: HEAD_BYTES, restStart };
  return {
    entry,
    end,
    needsBefore: { start, end: headEnd },
    needs: { start: restStart, end },
    tail: { ...tail.tail!, grown },
  };
}

/** Bytes of old content that a guess of two ends has to go through. */
export function replayedBy({ tail }: Step): number {
  const { grown, out } = tail ?? {};
  return grown === undefined || grown.known !== undefined ? 0 : grown.size - out!;
}
