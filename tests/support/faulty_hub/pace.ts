/**
 * How fast a hub is: latency before each answer, bytes a second over all its connections.
 *
 * Guarantees: every wait ends at once when the hub is closed, so that no timer outlives it.
 *
 * @module
 */

/** A hub's pace, shared by its connections. */
export class Pace {
  /** Milliseconds before each answer. */
  latencyMs: number;
  /** Bytes a second; 0 = as fast as it goes. */
  bytesPerSecond: number;
  readonly #closed: AbortSignal;
  #free = 0;

  constructor(options: { latencyMs?: number; bytesPerSecond?: number }, closed: AbortSignal) {
    this.latencyMs = options.latencyMs ?? 0;
    this.bytesPerSecond = options.bytesPerSecond ?? 0;
    this.#closed = closed;
  }

  /** Bytes to write at once: about 20 ms' worth when limited. */
  get chunkSize(): number {
    if (this.bytesPerSecond === 0) return 1 << 18;
    return Math.max(1, Math.min(1 << 18, Math.floor(this.bytesPerSecond / 50)));
  }

  /** Waits until these bytes may go. */
  async take(bytes: number): Promise<void> {
    if (this.bytesPerSecond === 0) return;
    const now = performance.now();
    const start = Math.max(now, this.#free);
    this.#free = start + bytes / this.bytesPerSecond * 1000;
    await this.wait(start - now);
  }

  /** Waits, but not beyond the hub's life. */
  async wait(ms: number): Promise<void> {
    if (ms <= 0 || this.#closed.aborted) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#closed.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.#closed.addEventListener("abort", done);
    });
  }
}
