/**
 * Ends a dataset's sync after `sync.longest_run`, so that a hub that drips bytes can't hold the
 * dataset's lock for ever.
 *
 * Guarantees: what has arrived is kept for the next run; a publish that has begun is finished. The
 * sync ends in HubError `too_slow`, not as an interruption by the user.
 *
 * @module
 */
import { HubError } from "../errors.ts";
import { durationText } from "../units.ts";
import type { DatasetResult } from "../types.ts";
import { SYNC } from "../messages/sync.ts";

/** The default, in hours: a package of 188 MB over 1 KB/s takes 52. */
export const LONGEST_RUN_HOURS = 72;

/** A running time limit. Disposing of it stops the clock. */
export class RunLimit implements Disposable {
  /** Aborts when the time is up, or when the caller's signal does. */
  readonly signal: AbortSignal;
  readonly #controller = new AbortController();
  readonly #caller: AbortSignal;
  readonly #timer: number;
  readonly #ms: number;

  /** Starts the clock. */
  constructor(hours: number, caller: AbortSignal) {
    this.#ms = hours * 3_600_000;
    this.#caller = caller;
    this.#timer = setTimeout(() => this.#controller.abort(this.#error()), this.#ms);
    this.signal = AbortSignal.any([caller, this.#controller.signal]);
  }

  /** The result, marked as too slow if the limit ended it. */
  judge(result: DatasetResult): DatasetResult {
    const over = this.#controller.signal.aborted && !this.#caller.aborted;
    if (!over || result.status !== "interrupted") return result;
    const { message, hint } = this.#error();
    return { ...result, status: "download_failed", error: message, ...(hint && { hint }) };
  }

  #error(): HubError {
    const time = durationText(this.#ms);
    return new HubError("too_slow", SYNC.not_done_within({ time }), {
      expected: `done within ${time}`,
      hint: SYNC.longest_run(),
    });
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}
