/**
 * Notices that a connection stalls: no byte for a while, with the connection still open.
 *
 * Guarantees: never fires before the time has passed without a byte, and at most an eighth of it
 * too late. It counts the ticks of one timer instead of reading a clock: no timer a chunk, and
 * neither a clock that jumps nor a machine that slept is taken for a stall.
 *
 * @module
 */

import { DataHubSyncError, HubError, InterruptedError, redactUrl } from "../errors.ts";

const TICKS = 8;

/** What a watchdog watches over. */
export interface WatchdogOptions {
  /** Milliseconds without a byte that are a stall. */
  timeoutMs: number;
  /** Named in the error. */
  url: string | URL;
  /** The callers' own reasons to stop. */
  signals: readonly (AbortSignal | undefined)[];
}

/** One request's watchdog. Its signal aborts on a stall, and when the caller's does. */
export class Watchdog {
  readonly #controller = new AbortController();
  readonly #options: WatchdogOptions;
  readonly #timer: number;
  #quietTicks = 0;
  #pausedBy = 0;

  /** Begins to watch. */
  constructor(options: WatchdogOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#tick(), Math.max(1, options.timeoutMs / TICKS));
    for (const signal of options.signals) {
      signal?.addEventListener("abort", this.#onCallerAbort);
      if (signal?.aborted) this.#onCallerAbort();
    }
  }

  /** Aborts with a `HubError("stalled")` or the caller's reason. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** A byte came. */
  touch(): void {
    this.#quietTicks = 0;
  }

  /** Waits for something of our own making, which is no stall. */
  async pausedFor(wait: Promise<void>): Promise<void> {
    this.#pausedBy++;
    try {
      await wait;
    } finally {
      this.#pausedBy--;
      this.touch();
    }
  }

  /** Ends the request, whatever state it is in, and the watch. */
  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    for (const signal of this.#options.signals) {
      signal?.removeEventListener("abort", this.#onCallerAbort);
    }
    this.#controller.abort(new InterruptedError("the request is over"));
  }

  #tick(): void {
    if (this.#pausedBy > 0 || ++this.#quietTicks <= TICKS) return;
    clearInterval(this.#timer);
    const { timeoutMs, url } = this.#options;
    const seconds = timeoutMs / 1000;
    this.#controller.abort(
      new HubError("stalled", `${redactUrl(url)}: no byte came for ${seconds} s`, {
        url: redactUrl(url),
        expected: `a byte within ${seconds} s`,
        hint: "hub.timeout sets how long a silence may last",
      }),
    );
  }

  readonly #onCallerAbort = (): void => {
    const signal = this.#options.signals.find((candidate) => candidate?.aborted);
    const reason: unknown = signal?.reason;
    this.#controller.abort(
      reason instanceof DataHubSyncError
        ? reason
        : new InterruptedError("the request was stopped", { cause: reason }),
    );
  };
}
