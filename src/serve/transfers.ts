/**
 * Counts the clients that are being served, and those that stopped taking what they were sent.
 *
 * Guarantees: a stalled client takes nobody's place. Its connection can't be ended alone, so all are
 * ended when nobody else is being served, or when as many have stalled as may be served: what they keep
 * of memory and file descriptors is bounded, and who is cut off comes again and resumes.
 *
 * @module
 */

/** One answer on its way. */
export interface Transfer {
  /** All of it has been handed over to the runtime, which gets `ms` to send it. */
  handedOver(ms: number): void;
}

type State = "running" | "stalled" | "over";

/** The answers that are on their way. */
export class Transfers {
  readonly #most: number;
  readonly #endAll: () => void;
  #counts: Record<State, number> = { running: 0, stalled: 0, over: 0 };

  /** `endAll` ends all connections. */
  constructor({ most, endAll }: { most: number; endAll: () => void }) {
    this.#most = most;
    this.#endAll = endAll;
  }

  /** How many clients are being served. */
  get running(): number {
    return this.#counts.running;
  }

  /** Whether no more may be. */
  get areFull(): boolean {
    return this.running >= this.#most;
  }

  /** Counts one; `completed` settles when its answer was sent, or its connection has ended. */
  begin(completed: Promise<void>): Transfer {
    const counts = this.#counts;
    let state: State = "running";
    let timer: ReturnType<typeof setTimeout> | undefined;
    const become = (next: State): void => {
      clearTimeout(timer);
      counts[state]--;
      counts[state = next]++;
      // Others count since all were ended.
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
