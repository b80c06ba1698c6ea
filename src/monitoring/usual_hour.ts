/**
 * The hour at which a dataset's new data usually comes, learnt from the versions in the history.
 *
 * Guarantees: pure. It says nothing with fewer than {@linkcode LEAST} versions that have a time of day,
 * or where they come at any hour; one that comes late now and then doesn't move it, since it is a
 * median. Times are the hub's own, in its zone: when this machine asked plays no part. That data is
 * late today is said only on a day on which it is due: by `max_age` where that is configured, else on
 * a weekday on which a version has come before.
 *
 * @module
 */
import { parseInstant } from "../version_time.ts";
import type { HistoryRecord } from "./history_record.ts";
import { countsOn, type StalenessInput } from "./staleness.ts";
import { dayOf, dayText, instantOf, isoDay, wallText, weekdayOf } from "./zone.ts";

/** When new data usually comes. */
export interface UsualHour {
  /** Minutes since midnight, in the hub's zone. */
  minutes: number;
  /** Four of five versions came within this many minutes of it. */
  spread: number;
  /** How late today's is, in ms; `null` = it isn't late. */
  lateMs: number | null;
}

/** Fewer versions show no habit. */
const LEAST = 5;
/** The versions to learn from: six weeks of working days, so that a changed habit is learnt. */
const MOST = 30;
/** Versions spread wider than this have no usual hour. */
const WIDEST_MINUTES = 120;
/** Data isn't called late before this. */
const GRACE_MINUTES = 15;
const DAY_MINUTES = 1440;

/** What a dataset's runs show; `undefined` = no usual hour. */
export function usualHour(
  runs: readonly HistoryRecord[],
  about: StalenessInput,
): UsualHour | undefined {
  const { now, timezone, maxAge, instant } = about;
  const versions = versionsIn(runs, timezone).slice(-MOST);
  if (versions.length < LEAST) return undefined;
  const times = versions.map((version) => minutesOf(version, timezone));
  const minutes = circularMedian(times);
  const distances = times.map((time) => distance(time, minutes)).sort((a, b) => a - b);
  const spread = distances[Math.ceil(distances.length * 0.8) - 1]!;
  if (spread > WIDEST_MINUTES) return undefined;
  const today = dayOf(now, timezone);
  const weekday = weekdayOf(today);
  const isDue = maxAge === undefined
    ? versions.some((version) => weekdayOf(dayOf(version, timezone)) === weekday)
    : countsOn(today, maxAge);
  const expected = instantOf(today, minutes / 60, timezone);
  const overdue = now - expected > Math.max(GRACE_MINUTES, spread) * 60_000;
  const isHere = instant !== null && dayText(instant, timezone) >= isoDay(today);
  return { minutes, spread, lateMs: isDue && overdue && !isHere ? now - expected : null };
}

/** `20:17`. */
export function clockText(minutes: number): string {
  const two = (value: number) => String(value).padStart(2, "0");
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** The instants of the versions that have a time of day, each once, oldest first. */
function versionsIn(runs: readonly HistoryRecord[], timezone: string): number[] {
  const texts = new Set(
    runs.flatMap(({ outcome, version }) => outcome === "success" && version ? [version] : []),
  );
  return [...texts].filter((text) => /\d[T\s]\d{1,2}:\d{2}/.test(text)).flatMap((text) => {
    const instant = parseInstant(text, timezone);
    return instant === null ? [] : [instant];
  });
}

function minutesOf(instant: number, timezone: string): number {
  const [hours, minutes] = wallText(instant, timezone).slice(11).split(":");
  return Number(hours) * 60 + Number(minutes);
}

/** Around midnight 23:50 and 00:10 are 20 minutes apart. */
function distance(one: number, other: number): number {
  const apart = Math.abs(one - other);
  return Math.min(apart, DAY_MINUTES - apart);
}

/** The time to which all others together are nearest. */
function circularMedian(times: readonly number[]): number {
  const cost = (time: number) => times.reduce((sum, other) => sum + distance(time, other), 0);
  return times.reduce((best, time) => cost(time) < cost(best) ? time : best);
}
