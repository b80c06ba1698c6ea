/**
 * Compares the ranges of an answer with those that were asked for.
 *
 * Guarantees: pure; a range passes only when every byte of it was asked for, and none twice.
 *
 * @module
 */

import { RangeSet } from "../ranges.ts";
import type { Range } from "../types.ts";

/** The ranges of one request. */
export class WantedRanges {
  readonly #asked: readonly Range[];
  /** What is still to come. */
  readonly #open: RangeSet;

  /** All of them are still to come. */
  constructor(asked: readonly Range[]) {
    this.#asked = asked;
    this.#open = new RangeSet(asked);
  }

  /**
   * Whether a single range is one of those asked for: its start is, and its end is or was cut to the
   * package's `total` (bytes).
   */
  matches(range: Range, total: number | null): boolean {
    return this.#asked.some(({ start, end }) =>
      start === range.start && (end === range.end || (range.end === total && range.end < end))
    );
  }

  /** Takes a part off what is still to come; `false` when it isn't all in there. */
  take(part: Range): boolean {
    if (!this.#open.has(part)) return false;
    this.#open.remove(part);
    return true;
  }
}
