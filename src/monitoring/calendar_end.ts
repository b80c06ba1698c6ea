/**
 * Says when a calendar ends, so that somebody extends it in time.
 *
 * Guarantees: pure; each file is named once.
 *
 * @module
 */
import type { DatasetConfig } from "../config/dataset_config.ts";
import { dayText } from "./zone.ts";
import { NOTIFY } from "../messages/notify.ts";

/** From this long before its end on. */
const BEFORE_MS = 31 * 86_400_000;

/** One sentence for each calendar that ends soon, or has ended. */
export function calendarEnds(
  datasets: readonly DatasetConfig[],
  { now, timezone }: { now: number; timezone: string },
): string[] {
  const calendars = new Map(
    datasets.flatMap(({ maxAge }) =>
      maxAge?.calendar === undefined ? [] : [[maxAge.calendar.path, maxAge.calendar]]
    ),
  );
  const [today, soon] = [dayText(now, timezone), dayText(now + BEFORE_MS, timezone)];
  return [...calendars.values()].filter(({ until }) => until < soon).map(({ path, until }) =>
    (until < today ? NOTIFY.calendar_ended : NOTIFY.calendar_ends)({ path, until })
  );
}
