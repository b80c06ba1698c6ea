/**
 * Proposes a better time for the schedule, where new data waits for hours until a run fetches it.
 *
 * Guarantees: changes nothing; says nothing of data whose hour isn't known, of a schedule in another
 * zone, and of one that runs within two hours of the data. It isn't a failure: what is fetched
 * late is fetched.
 *
 * @module
 */
import type { HistoryRecord } from "../../../monitoring/history_record.ts";
import { clockText, usualHour } from "../../../monitoring/usual_hour.ts";
import { addDays, dayOf, instantOf } from "../../../monitoring/zone.ts";
import { CHECK } from "../../../messages/check.ts";
import { timesOf } from "../../../schedule/cron_expression.ts";
import { nextRuns } from "../../../schedule/next_runs.ts";
import { durationText } from "../../../units.ts";
import type { CheckContext } from "../check_context.ts";
import { type CheckLine, warning } from "../check_line.ts";
import type { Schedule } from "./schedule_sources.ts";

/** What a run may come after the data: hourly runs, and those that `--wait`, are within it. */
const LONGEST_WAIT_MS = 2 * 3_600_000;
/** A run right at the usual minute would miss half of the days. */
const LEAST_MARGIN_MINUTES = 10;
const FIVE_MINUTES_MS = 300_000;

/** A line with the proposal, where there is one. */
export function betterTime(
  history: readonly HistoryRecord[],
  schedule: Schedule | undefined,
  { config, datasets, clock }: CheckContext,
): CheckLine[] {
  if (schedule?.spec === undefined || schedule.zone !== undefined) return [];
  const now = clock();
  const { timezone } = config.hub;
  const known = datasets.flatMap(({ name, maxAge }) => {
    const runs = history.filter(({ dataset }) => dataset === name);
    const usual = usualHour(runs, { now, timezone, maxAge, instant: null });
    return usual === undefined ? [] : [{ name, ...usual }];
  });
  // One run fetches all datasets, so the last of them decides.
  const last = known.toSorted((a, b) => a.minutes + a.spread - b.minutes - b.spread).at(-1);
  if (last === undefined) return [];
  const margin = Math.max(LEAST_MARGIN_MINUTES, last.spread);
  const tomorrow = addDays(dayOf(now, timezone), 1);
  const there = instantOf(tomorrow, (last.minutes + margin) / 60, timezone);
  const times = timesOf(schedule.spec);
  const run = times && nextRuns(times, there - 1)[0];
  if (run === undefined || run - there <= LONGEST_WAIT_MS) return [];
  const better = new Date(Math.ceil(there / FIVE_MINUTES_MS) * FIVE_MINUTES_MS);
  const spec = `${better.getMinutes()} ${better.getHours()} * * *`;
  return [warning(
    "schedule.time",
    CHECK.data_waits({
      name: last.name,
      time: clockText(last.minutes),
      timezone,
      wait: durationText(run - there),
    }),
    CHECK.write_time({ spec, place: schedule.place }),
  )];
}
