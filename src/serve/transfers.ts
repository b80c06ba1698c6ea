/**
 * Counts the clients being served, and those that have stopped reading.
 *
 * Guarantees: a stalled client takes no other client's place. Its connection can't be ended alone, so
 * all connections are ended once no other client is being served, or once the number of stalled clients
 * reaches the limit: this bounds memory and file descriptors, and clients that are cut off resume.
 *
 * @module
 */

/** An answer being sent. */
interface Transfer {
  /** Call when all of it has been handed over to the runtime, which has `ms` to send it. */
  handedOver(ms: number): void;
}

type State = "running" | "stalled" | "over";

/** The answers being sent. */
export class Transfers {
  readonly #most: number;
  readonly #endAll: () => void;
  #counts: Record<State, number> = { running: 0, stalled: 0, over: 0 };

  /** `endAll` ends all connections. */
  constructor({ most, endAll }: { most: number; endAll: () => void }) {
    this.#most = most;
    this.#endAll = endAll;
  }

  /** The number of clients being served. */
  get running(): number {
    return this.#counts.running;
  }

  /** Whether the limit is reached. */
  get areFull(): boolean {
    return this.running >= this.#most;
  }

  /** Counts an answer; `completed` settles when it is sent or its connection has ended. */
  begin(completed: Promise<void>): Transfer {
    const counts = this.#counts;
    let state: State = "running";
    let timer: ReturnType<typeof setTimeout> | undefined;
    const become = (next: State): void => {
      clearTimeout(timer);
      counts[state]--;
      counts[state = next]++;
      // All connections were ended meanwhile, and counting began again.
      if (counts !== this.#counts || counts.stalled === 0) return;
      if (counts.running === 0 || counts.stalled >= this.#most) this.endAll();
    };
    counts.running++;
    completed.catch(() => {}).finally(() => become("over"));
    return {
      handedOver(ms) {
        if (state !== "running") return;
        timer = setTimeout(() => become("stalled"), ms);
        Deno.unrefTimer(timer as unknown as number);
      },
    };
  }

  endAll(): void {
    this.#counts = { running: 0, stalled: 0, over: 0 };
    this.#endAll();
  }
}
