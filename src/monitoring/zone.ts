/**
 * Days and hours of a time zone, for instants in ms since the epoch.
 *
 * Guarantees: follows the zone's own changes of its clock; an hour that such a change skips is the
 * instant right after it. An unknown zone is a RangeError, as `Intl` throws it.
 *
 * @module
 */
import { zoneOffset } from "../zone_offset.ts";

/** A day of a calendar. */
export interface Day {
  year: number;
  /** 1 to 12. */
  month: number;
  /** 1 to 31. */
  day: number;
}

/** The day that it is in the zone. */
export function dayOf(instant: number, timezone: string): Day {
  const wall = new Date(instant + zoneOffset(instant, timezone));
  return { year: wall.getUTCFullYear(), month: wall.getUTCMonth() + 1, day: wall.getUTCDate() };
}

/** The day `count` days later. */
export function addDays({ year, month, day }: Day, count: number): Day {
  const date = new Date(Date.UTC(year, month - 1, day + count));
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}

/** ISO weekday: 1 = Monday to 7 = Sunday. */
export function weekdayOf({ year, month, day }: Day): number {
  return (new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 6) % 7 + 1;
}

/** The instant at which it is `hour` o'clock (0 to 24, may be fractional) on that day. */
export function instantOf({ year, month, day }: Day, hour: number, timezone: string): number {
  const wall = Date.UTC(year, month - 1, day) + hour * 3_600_000;
  // The offset is asked at a guess, then at the result: enough unless two changes lie within a day.
  const guess = wall - zoneOffset(wall, timezone);
  return wall - zoneOffset(guess, timezone);
}

/** `2026-11-23`. */
export function isoDay({ year, month, day }: Day): string {
  const two = (value: number) => String(value).padStart(2, "0");
  return `${year}-${two(month)}-${two(day)}`;
}

/** `2026-11-23`, the day that it is in the zone. */
export function dayText(instant: number, timezone: string): string {
  return wallText(instant, timezone).slice(0, 10);
}

/** `2026-11-23 20:00`, as the zone's clocks show it. */
export function wallText(instant: number, timezone: string): string {
  return new Date(instant + zoneOffset(instant, timezone)).toISOString().slice(0, 16)
    .replace("T", " ");
}
