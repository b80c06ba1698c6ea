/**
 * Notices that a connection stalls (no byte for a while, though it is still open) or drips (fewer
 * bytes than any line carries, so that a download would hold its lock for ever).
 *
 * An answer may take long to begin: a hub that serves one request at a time makes the others wait.
 * Once bytes arrive, a minute without one means a broken connection, and requesting the rest on another
 * costs only one request.
 *
 * Guarantees: it never fires before the time has passed without a byte, and at most an eighth of that
 * time too late. A drip is judged over {@linkcode WINDOW_MS} or two such silences, whichever is longer,
 * so that a pause isn't mistaken for one; time spent waiting for this program doesn't count. It counts
 * the ticks of one timer rather than reading a clock: no timer per chunk, and neither a jumping clock
 * nor a suspended machine looks like a stall.
 *
 * @module
 */
import { DataHubSyncError, HubError, InterruptedError } from "../../errors.ts";
import { redactUrl } from "../../redact.ts";
import { HUB } from "../../messages/hub.ts";
import { type Section, settingName } from "../../config/setting_names.ts";

const TICKS = 8;
/** Over a shorter time, a slow line's speed means nothing. */
const WINDOW_MS = 10_000;

/** Once bytes arrive, a stall is this long without one, in ms, or this share of the timeout. */
const BODY_STALL_MS = 60_000;
const BODY_STALL_SHARE = 0.2;

interface WatchdogOptions {
  /** Before the first byte of a body, a stall is this long without anything, in ms. */
  timeoutMs: number;
  /** Named in the error. */
  url: string | URL;
  /** The least bytes per second of a body; 0 = any. */
  leastSpeed?: number;
  /** The section of the timeout's setting, for the hint; default `hub`. */
  section?: Section;
  /** The callers' signals to stop. */
  signals: readonly (AbortSignal | undefined)[];
}

/** One request's watchdog. Its signal aborts on a stall, and when the caller's does. */
export class Watchdog {
  readonly #controller = new AbortController();
  readonly #options: WatchdogOptions;
  /** A stall is this long without a byte, in ms. */
  #stallMs: number;
  #timer: number;
  #begun = false;
  #quietTicks = 0;
  #windowTicks = 0;
  #windowBytes = 0;
  #pausedBy = 0;

  /** Starts watching. */
  constructor(options: WatchdogOptions) {
    this.#options = options;
    this.#stallMs = options.timeoutMs;
    this.#timer = this.#start();
    for (const signal of options.signals) {
      signal?.addEventListener("abort", this.#onCallerAbort);
      if (signal?.aborted) this.#onCallerAbort();
    }
  }

  /** Aborts with a `HubError("stalled")` or the caller's reason. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Call when something arrives: an answer's head, or bytes of its body. */
  touch(bytes = 0): void {
    this.#quietTicks = 0;
    this.#windowBytes += bytes;
    if (bytes === 0 || this.#begun) return;
    this.#begun = true;
    const { timeoutMs } = this.#options;
    this.#stallMs = Math.min(timeoutMs, Math.max(BODY_STALL_MS, timeoutMs * BODY_STALL_SHARE));
    if (this.#stallMs === timeoutMs || this.#controller.signal.aborted) return;
    clearInterval(this.#timer);
    this.#timer = this.#start();
  }

  /** Waits for this program's own work, which is no stall. */
  async pausedFor(wait: Promise<void>): Promise<void> {
    this.#pausedBy++;
    try {
      await wait;
    } finally {
      this.#pausedBy--;
      this.touch();
    }
  }

  /** Ends the request and the watch. */
  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    for (const signal of this.#options.signals) {
      signal?.removeEventListener("abort", this.#onCallerAbort);
    }
    this.#controller.abort(new InterruptedError(HUB.the_request_is_over()));
  }

  #start(): number {
    return setInterval(() => this.#tick(), Math.max(1, this.#stallMs / TICKS));
  }

  #tick(): void {
    if (this.#pausedBy > 0) return;
    this.#judgeSpeed();
    if (++this.#quietTicks <= TICKS) return;
    clearInterval(this.#timer);
    const { url, section = "hub" } = this.#options;
    const seconds = this.#stallMs / 1000;
    const setting = settingName(section, "timeout");
    this.#controller.abort(
      new HubError("stalled", HUB.no_byte_for({ url: redactUrl(url), seconds }), {
        url: redactUrl(url),
        expected: HUB.byte_within({ seconds }),
        hint: this.#begun ? HUB.body_silence({ setting }) : HUB.timeout_silence({ setting }),
      }),
    );
  }

  /** A window begins with a body's first byte. */
  #judgeSpeed(): void {
    const { url, leastSpeed = 0 } = this.#options;
    if (leastSpeed === 0 || this.#windowBytes === 0) return;
    const windowMs = Math.max(WINDOW_MS, 2 * this.#stallMs);
    if (++this.#windowTicks < windowMs / (this.#stallMs / TICKS)) return;
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
