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
  /** The section of the timeout that it is a multiple of; without one, no setting changes it. */
  section?: Section;
}

/** Aborts when a whole answer takes too long, however steadily it arrives. */
export class TimeLimit extends Deadline {
  /** Starts the clock, and aborts with `stalled`; `what` is a phrase to be followed by the time. */
  constructor({ ms, section }: Limited, what: string) {
    const hint = section &&
      HUB.timeout_four_times({ setting: settingName(section, "timeout") });
    super(ms, new HubError("stalled", HUB.what_in({ what, seconds: ms / 1000 }), given({ hint })));
  }
}
