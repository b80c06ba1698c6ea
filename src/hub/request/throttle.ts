/**
 * Limits all connections together to a number of bytes per second.
 *
 * Guarantees: over any longer time the average isn't exceeded; after a pause, it catches up by at most
 * one second's bytes. It counts bytes received, so the kernel's buffers run slightly ahead. Limits by the
 * hour follow local time; when the clocks change, an hour is missing or occurs twice.
 *
 * @module
 */
import type { Clock } from "../../types.ts";
import type { SyncConfig } from "../../config/config.ts";

interface ThrottleOptions {
  /** Bytes per second over all connections, above 0; or a function that returns them, 0 = no limit. */
  bytesPerSecond: number | (() => number);
  /** The time in ms since the epoch. */
  clock: Clock;
  /** Waits; rejects when the signal stops it. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** A token bucket that may be overdrawn: taking too much means waiting until the debt is paid. */
export class Throttle {
  /** The most bytes to read at once, so that the flow stays even. */
  readonly chunkSize: number;
  readonly #options: ThrottleOptions;
  readonly #rate: () => number;
  #tokens: number;
  #filledAt: number;

  /** Starts with an eighth of a second's bytes. */
  constructor(options: ThrottleOptions) {
    const { bytesPerSecond } = options;
    if (typeof bytesPerSecond === "number" && !(bytesPerSecond > 0)) {
      throw new RangeError("bytesPerSecond must be above 0");
    }
    this.#options = options;
    this.#rate = typeof bytesPerSecond === "number" ? () => bytesPerSecond : bytesPerSecond;
    const now = this.#rate();
    this.chunkSize = now > 0 ? Math.max(1024, Math.min(1 << 20, Math.floor(now / 8))) : 1 << 16;
    this.#tokens = now / 8;
    this.#filledAt = options.clock();
  }

  /** Takes the bytes that were just received, and waits if that was too fast. */
  async take(bytes: number, signal?: AbortSignal): Promise<void> {
    const { clock, sleep } = this.#options;
    const bytesPerSecond = this.#rate();
    const now = clock();
    const earned = Math.max(0, now - this.#filledAt) / 1000 * bytesPerSecond;
    this.#filledAt = now;
    if (bytesPerSecond <= 0) {
      this.#tokens = 0;
      return;
    }
    this.#tokens = Math.min(bytesPerSecond, this.#tokens + earned) - bytes;
    if (this.#tokens < 0) await sleep(-this.#tokens / bytesPerSecond * 1000, signal);
  }
}

/** Bytes per second at an instant; 0 = no limit. */
export function limitAt(
  { bandwidthLimit, bandwidthHours = [] }: Pick<SyncConfig, "bandwidthLimit" | "bandwidthHours">,
  now: Date,
): number {
  const hour = now.getHours() + now.getMinutes() / 60 + now.getSeconds() / 3600;
  const holds = bandwidthHours.find(({ from, to }) =>
    from < to ? hour >= from && hour < to : hour >= from || hour < to
  );
  return holds?.limit ?? bandwidthLimit;
}
