/**
 * Compares the ranges of an answer with those requested.
 *
 * Guarantees: pure; {@linkcode WantedRanges.take} returns only what was requested, and no byte
 * twice. An answer may hold more than that (blocks around it, neighbours joined) or less.
 *
 * @module
 */
import { RangeSet, sizeOf } from "../../ranges.ts";
import type { Range } from "../../types.ts";

/** An answer may hold this many unrequested bytes, or as many as were requested. */
const MOST_WASTE = 1 << 20;

/** The ranges of one request. */
export class WantedRanges {
  /** Bytes requested. */
  readonly size: number;
  /** What is still missing. */
  readonly #open: RangeSet;

  /** All of them are still to come. */
  constructor(asked: readonly Range[]) {
    this.#open = new RangeSet(asked);
    this.size = sizeOf(asked);
  }

  /**
   * Takes the missing ranges that begin inside a range that an answer claims to hold, sorted: a cut
   * answer is cut at its end. None if it holds too many other bytes to be worth receiving.
   */
  take(claimed: Range): Range[] {
    const { start, end } = claimed;
    const taken = this.#open.ranges
      .filter((open) => open.start >= start && open.start < end)
      .map((open) => ({ start: open.start, end: Math.min(open.end, end) }));
    const waste = end - start - sizeOf(taken);
    if (waste > Math.max(MOST_WASTE, this.size)) return [];
    for (const range of taken) this.#open.remove(range);
    return taken;
  }
}

/** Hands on those bytes of a chunk that lie in the given ranges (sorted). */
export function handOn(
  chunk: Uint8Array,
  at: { offset: number; taken: readonly Range[] },
  sink: (offset: number, bytes: Uint8Array) => void,
): void {
  const { offset, taken } = at;
  for (const range of taken) {
    const start = Math.max(range.start, offset);
    const end = Math.min(range.end, offset + chunk.length);
    if (start < end) sink(start, chunk.subarray(start - offset, end - offset));
  }
}
