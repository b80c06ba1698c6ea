/**
 * When cron runs next, and when it ran last, in this machine's time zone.
 *
 * Guarantees: pure. A time that never comes (the 31st of February) has no runs.
 *
 * @module
 */
import type { CronTimes } from "./cron_expression.ts";
import { Cron } from "croner";

/** The first `count` runs after an instant (ms since the epoch). */
export function nextRuns(times: CronTimes, after: number, count = 1): number[] {
  return cronOf(times).nextRuns(count, new Date(after)).map((date) => date.getTime());
}

/** The last run before an instant; `undefined` where there was none. */
export function previousRun(times: CronTimes, before: number): number | undefined {
  return cronOf(times).previousRuns(1, new Date(before))[0]?.getTime();
}

function cronOf(times: CronTimes): Cron {
  const { minutes, hours, days, months, weekdays, eitherDay } = times;
  // A full list isn't a star to the library, and the other way round to cron: `eitherDay` decides.
  const fields = [
    ...[minutes, hours, days, months].map((values) => values.join(",")),
    weekdays.length === 7 ? "*" : weekdays.join(","),
  ];
  return new Cron(eitherDay && weekdays.length === 7 ? everyDay(fields) : fields.join(" "), {
    paused: true,
    domAndDow: !eitherDay,
  });
}

/** Every weekday, or a day: every day. */
function everyDay([minutes, hours, , months]: readonly string[]): string {
  return `${minutes} ${hours} * ${months} *`;
}
