/**
 * Ends the sync of a dataset that takes longer than `sync.longest_run`, so that a hub that drips
 * doesn't hold the dataset's lock for ever.
 *
 * Guarantees: what has come stays for the next run; a publish that has begun is finished. It ends in
 * HubError `too_slow`, not as an interruption that somebody wanted.
 *
 * @module
 */
import { HubError } from "../errors.ts";
import { durationText } from "../units.ts";
import type { SyncResult } from "../types.ts";

/** The default, in hours: a package of 188 MB over 1 KB/s takes 52. */
export const LONGEST_RUN_HOURS = 72;

/** A limit that runs. Disposing of it stops the clock. */
export class RunLimit implements Disposable {
  /** Aborts when the time is over, and when the caller's does. */
  readonly signal: AbortSignal;
  readonly #controller = new AbortController();
  readonly #caller: AbortSignal;
  readonly #timer: number;
  readonly #ms: number;

  /** Begins now. */
  constructor(hours: number, caller: AbortSignal) {
    this.#ms = hours * 3_600_000;
    this.#caller = caller;
    this.#timer = setTimeout(() => this.#controller.abort(this.#error()), this.#ms);
    this.signal = AbortSignal.any([caller, this.#controller.signal]);
  }

  /** The result with what ended it, where that was the limit. */
  judge(result: SyncResult): SyncResult {
    const over = this.#controller.signal.aborted && !this.#caller.aborted;
    if (!over || result.status !== "interrupted") return result;
    const { message, hint } = this.#error();
    return { ...result, status: "download_failed", error: message, ...(hint && { hint }) };
  }

  #error(): HubError {
    const time = durationText(this.#ms);
    return new HubError("too_slow", `not done within ${time}`, {
      expected: `done within ${time}`,
      hint: "what came is kept, and the next run goes on; sync.longest_run sets the time",
    });
  }

  /** Stops the clock. */
  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}
