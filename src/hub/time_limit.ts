/**
 * A limit on a whole operation; the watchdog limits each silence.
 *
 * @module
 */

import { HubError } from "../errors.ts";
import { HUB } from "../messages/hub.ts";

/** Aborts when a whole answer takes too long, however steadily it drips. */
export class TimeLimit implements Disposable {
  readonly #controller = new AbortController();
  readonly #timer: number;

  /** Begins to count; `what` is a phrase that the time in seconds ends. */
  constructor(ms: number, what: string) {
    this.#timer = setTimeout(() => {
      const hint = HUB.timeout_four_times({ setting: "hub.timeout" });
      this.#controller.abort(
        new HubError("stalled", HUB.what_in({ what, seconds: ms / 1000 }), { hint }),
      );
    }, ms);
  }

  /** Aborts with `HubError("stalled")`. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Ends the counting. */
  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}
