/**
 * Holds all connections together to a number of bytes a second.
 *
 * Guarantees: over any longer time the average isn't exceeded; a pause isn't made up for by more
 * than one second's bytes. It counts what was received, so the kernel's buffers run ahead a little.
 *
 * @module
 */

import type { Clock } from "../types.ts";

/** What a throttle needs. */
export interface ThrottleOptions {
  /** Bytes a second over all connections; above 0. */
  bytesPerSecond: number;
  /** The time in ms since the epoch. */
  clock: Clock;
  /** Waits; rejects when the signal stops it. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** A token bucket that may be overdrawn: who takes too much waits until the debt is paid. */
export class Throttle {
  /** Bytes that should be read at once at most, so that the flow stays even. */
  readonly chunkSize: number;
  readonly #options: ThrottleOptions;
  #tokens: number;
  #filledAt: number;

  /** Begins with an eighth of a second's bytes. */
  constructor(options: ThrottleOptions) {
    if (!(options.bytesPerSecond > 0)) throw new RangeError("bytesPerSecond must be above 0");
    this.#options = options;
    this.chunkSize = Math.max(1024, Math.min(1 << 20, Math.floor(options.bytesPerSecond / 8)));
    this.#tokens = options.bytesPerSecond / 8;
    this.#filledAt = options.clock();
  }

  /** Takes the bytes that were just received, and waits if that was too fast. */
  async take(bytes: number, signal?: AbortSignal): Promise<void> {
    const { bytesPerSecond, clock, sleep } = this.#options;
    const now = clock();
    const earned = Math.max(0, now - this.#filledAt) / 1000 * bytesPerSecond;
    this.#filledAt = now;
    this.#tokens = Math.min(bytesPerSecond, this.#tokens + earned) - bytes;
    if (this.#tokens < 0) await sleep(-this.#tokens / bytesPerSecond * 1000, signal);
  }
}
