/**
 * Whether a dataset's data is too old: the one answer behind `status`, `--check`, the metrics and
 * the notifications.
 *
 * The rule: only the hours of the configured weekdays count, so that a weekend doesn't make data
 * old; and where an hour is configured, data isn't late before that hour of the first such weekday
 * after the data's own day. All in the hub's zone. Public holidays are known from a calendar; without
 * one, data counts as stale over a long one although nothing was due.
 *
 * @module
 */
import type { MaxAge } from "../config/dataset_config.ts";
import { NOTIFY } from "../messages/notify.ts";
import { durationText } from "../units.ts";
import { addDays, type Day, dayOf, instantOf, isoDay, wallText, weekdayOf } from "./zone.ts";

/** A dataset's data now, and how old it may be. Instants in ms since the epoch. */
export interface StalenessInput {
  /** Without it nothing is ever stale. */
  maxAge?: MaxAge | undefined;
  /** The time of the local data; `null` = unknown, which never counts as stale. */
  instant: number | null;
  now: number;
  /** The hub's IANA zone. */
  timezone: string;
}

/** How old a dataset's data is. */
export interface Staleness {
  stale: boolean;
  /** When it becomes, or became, stale (ms since the epoch); `null` = never, or not known. */
  due: number | null;
  /** Plain age in ms, weekends included; `null` = not known. */
  ageMs: number | null;
  /** One line for a person. */
  text: string;
}

const HOUR = 3_600_000;
/** The search limit, for an absurdly long `max_age`. */
const MOST_DAYS = 4000;

/** Judges the age of a dataset's data. */
export function staleness({ maxAge, instant, now, timezone }: StalenessInput): Staleness {
  if (instant === null || !Number.isFinite(instant)) {
    return { stale: false, due: null, ageMs: null, text: NOTIFY.age_unknown() };
  }
  const ageMs = Math.max(0, now - instant);
  const age = durationText(ageMs);
  if (maxAge === undefined) return { stale: false, due: null, ageMs, text: NOTIFY.old({ age }) };
  const due = dueAfter(instant, maxAge, timezone);
  const when = wallText(due, timezone);
  if (now < due) return { stale: false, due, ageMs, text: NOTIFY.old_due({ age, when }) };
  return {
    stale: true,
    due,
    ageMs,
    text: NOTIFY.stale_text({ age, when, late: durationText(now - due) }),
  };
}

/** The instant from which data of `instant` is stale. */
function dueAfter(instant: number, maxAge: MaxAge, timezone: string): number {
  const spent = hoursAfter(instant, maxAge, timezone);
  if (maxAge.hour === 0) return spent;
  let day = addDays(dayOf(instant, timezone), 1);
  for (let n = 0; n < MOST_DAYS && !countsOn(day, maxAge); n++) day = addDays(day, 1);
  return Math.max(spent, instantOf(day, maxAge.hour, timezone));
}

/** The instant at which the hours have passed since `from`, counted on the days that count only. */
export function hoursAfter(
  from: number,
  rule: Pick<MaxAge, "hours"> & Partial<MaxAge>,
  timezone: string,
): number {
  let left = rule.hours * HOUR;
  let at = from;
  let day = dayOf(from, timezone);
  for (let n = 0; n < MOST_DAYS; n++, day = addDays(day, 1)) {
    const next = instantOf(addDays(day, 1), 0, timezone);
    if (countsOn(day, rule)) {
      if (at + left <= next) return at + left;
      left -= next - at;
    }
    at = next;
  }
  return at + left;
}

/** Whether new data is due on a day: by the calendar as far as it goes, else by the weekday. */
export function countsOn(day: Day, { weekdays = [], calendar }: Partial<MaxAge>): boolean {
  const weekday = weekdayOf(day);
  const inWeek = weekdays.length === 0 || weekdays.includes(weekday);
  if (calendar === undefined) return inWeek;
  const { kind, days, from, until } = calendar;
  const date = isoDay(day);
  const known = from <= date && date <= until;
  if (known && kind === "trading") return inWeek && days.has(date);
  const plain = weekdays.length === 0 ? weekday <= 5 : inWeek;
  return plain && !(known && days.has(date));
}
