/**
 * Notices that a connection stalls (no byte for a while, though it is still open) or drips (fewer
 * bytes than any line carries, so that a download would hold its lock for ever).
 *
 * Guarantees: it never fires before the time has passed without a byte, and at most an eighth of
 * that time too late. A drip is judged over {@linkcode WINDOW_MS} or two timeouts, whichever is
 * longer, so that pauses aren't taken for one; time spent waiting for this program counts for
 * neither. It counts the ticks of one timer instead of reading a clock: no timer per chunk, and
 * neither a jumping clock nor a suspended machine is taken for a stall.
 *
 * @module
 */
import { DataHubSyncError, HubError, InterruptedError } from "../../errors.ts";
import { redactUrl } from "../../redact.ts";
import { HUB } from "../../messages/hub.ts";
import { type Section, settingName } from "../setting_names.ts";

const TICKS = 8;
/** Over a shorter time the speed of a slow line says nothing. */
const WINDOW_MS = 10_000;

/** Options for a watchdog. */
export interface WatchdogOptions {
  /** A stall is this long without a byte, in ms. */
  timeoutMs: number;
  /** Named in the error. */
  url: string | URL;
  /** The least bytes per second of a body; 0 = any. */
  leastSpeed?: number;
  /** Where the timeout stands, for the hint; default `hub`. */
  section?: Section;
  /** The callers' signals to stop. */
  signals: readonly (AbortSignal | undefined)[];
}

/** One request's watchdog. Its signal aborts on a stall, and when the caller's does. */
export class Watchdog {
  readonly #controller = new AbortController();
  readonly #options: WatchdogOptions;
  readonly #timer: number;
  #quietTicks = 0;
  #windowTicks = 0;
  #windowBytes = 0;
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

  /** Something came: an answer's head, or bytes of its body. */
  touch(bytes = 0): void {
    this.#quietTicks = 0;
    this.#windowBytes += bytes;
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
    this.#controller.abort(new InterruptedError(HUB.the_request_is_over()));
  }

  #tick(): void {
    if (this.#pausedBy > 0) return;
    this.#judgeSpeed();
    if (++this.#quietTicks <= TICKS) return;
    clearInterval(this.#timer);
    const { timeoutMs, url, section = "hub" } = this.#options;
    const seconds = timeoutMs / 1000;
    this.#controller.abort(
      new HubError("stalled", HUB.no_byte_for({ url: redactUrl(url), seconds }), {
        url: redactUrl(url),
        expected: HUB.byte_within({ seconds }),
        hint: HUB.timeout_silence({ setting: settingName(section, "timeout") }),
      }),
    );
  }

  /** A window begins with a body's first byte. */
  #judgeSpeed(): void {
    const { timeoutMs, url, leastSpeed = 0 } = this.#options;
    if (leastSpeed === 0 || this.#windowBytes === 0) return;
    const windowMs = Math.max(WINDOW_MS, 2 * timeoutMs);
    if (++this.#windowTicks < windowMs / (timeoutMs / TICKS)) return;
    const seconds = Math.round(windowMs / 1000);
    const bytes = this.#windowBytes;
    this.#windowTicks = this.#windowBytes = 0;
    if (bytes >= leastSpeed * windowMs / 1000) return;
    clearInterval(this.#timer);
    this.#controller.abort(
      new HubError("too_slow", HUB.too_slow({ url: redactUrl(url), bytes, seconds }), {
        url: redactUrl(url),
        expected: HUB.bytes_a_second({ leastSpeed }),
        found: HUB.bytes_in({ bytes, seconds }),
        hint: HUB.least_speed(),
      }),
    );
  }

  readonly #onCallerAbort = (): void => {
    const signal = this.#options.signals.find((candidate) => candidate?.aborted);
    const reason: unknown = signal?.reason;
    this.#controller.abort(
      reason instanceof DataHubSyncError
        ? reason
        : new InterruptedError(HUB.the_request_was_stopped(), { cause: reason }),
    );
  };
}
