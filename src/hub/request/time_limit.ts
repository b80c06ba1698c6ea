/**
 * A limit on a whole operation; the watchdog limits each silence.
 *
 * @module
 */

import { HubError } from "../../errors.ts";
import { HUB } from "../../messages/hub.ts";
import { type Section, settingName } from "../setting_names.ts";

/** How long an operation may take. */
export interface Limited {
  ms: number;
  /** Where the timeout stands of which it is four times; without one no setting changes it. */
  section?: Section;
}

/** Aborts when a whole answer takes too long, however steadily it drips. */
export class TimeLimit implements Disposable {
  readonly #controller = new AbortController();
  readonly #timer: number;

  /** Begins to count; `what` is a phrase that the time in seconds ends. */
  constructor({ ms, section }: Limited, what: string) {
    this.#timer = setTimeout(() => {
      this.#controller.abort(
        new HubError("stalled", HUB.what_in({ what, seconds: ms / 1000 }), {
          ...(section && {
            hint: HUB.timeout_four_times({ setting: settingName(section, "timeout") }),
          }),
        }),
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
