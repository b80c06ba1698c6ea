/**
 * A limit on a whole operation; the watchdog limits each silence.
 *
 * @module
 */
import { Deadline } from "../../deadline.ts";
import { given } from "../../given.ts";
import { HubError } from "../../errors.ts";
import { HUB } from "../../messages/hub.ts";
import { type Section, settingName } from "../../config/setting_names.ts";

/** How long an operation may take. */
interface Limited {
  ms: number;
  /** Where the timeout stands of which it is four times; without one no setting changes it. */
  section?: Section;
}

/** Aborts when a whole answer takes too long, however steadily it drips. */
export class TimeLimit extends Deadline {
  /** Begins to count, and aborts with `stalled`; `what` is a phrase that the time in seconds ends. */
  constructor({ ms, section }: Limited, what: string) {
    const hint = section &&
      HUB.timeout_four_times({ setting: settingName(section, "timeout") });
    super(ms, new HubError("stalled", HUB.what_in({ what, seconds: ms / 1000 }), given({ hint })));
  }
}
