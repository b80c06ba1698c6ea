/**
 * Splits a report's period into days, weeks or months in the hub's time zone.
 *
 * @module
 */
import { addDays, type Day, dayOf, instantOf, weekdayOf } from "../zone.ts";

/** How long one step of a chart is. */
type BucketSpan = "day" | "week" | "month";

/** A report's steps. Instants in ms since the epoch. */
export interface Buckets {
  step: BucketSpan;
  /** The start of each step, and the end of the last. */
  edges: number[];
  /** Each step's first day, as seconds of its midnight in UTC, for the charts' axes. */
  x: number[];
}

/**
 * Up to how many days a step is a day, then a week; beyond that, a month. About 60 to 120 steps
 * fill a chart.
 */
const MOST_DAYS = 100;
const MOST_WEEKS_DAYS = 1000;

/** The steps that cover the last `days` days up to `now`. */
export function bucketsOf(now: number, days: number, timezone: string): Buckets {
  const step = days <= MOST_DAYS ? "day" : days <= MOST_WEEKS_DAYS ? "week" : "month";
  const last = dayOf(now, timezone);
  let day = beginning(addDays(last, 1 - Math.max(1, Math.round(days))), step);
  const edges: number[] = [];
  const x: number[] = [];
  while (true) {
    const instant = instantOf(day, 0, timezone);
    edges.push(instant);
    if (instant > now) return { step, edges, x };
    x.push(Date.UTC(day.year, day.month - 1, day.day) / 1000);
    day = next(day, step);
  }
}

/** The step in which an instant lies; -1 = before the first or after the last. */
export function bucketAt({ edges }: Buckets, instant: number): number {
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((edges[middle] ?? Infinity) <= instant) low = middle + 1;
    else high = middle;
  }
  return low >= edges.length ? -1 : low - 1;
}

function beginning(day: Day, step: BucketSpan): Day {
  if (step === "week") return addDays(day, 1 - weekdayOf(day));
  return step === "month" ? { ...day, day: 1 } : day;
}

function next(day: Day, step: BucketSpan): Day {
  if (step !== "month") return addDays(day, step === "week" ? 7 : 1);
  return day.month === 12
    ? { year: day.year + 1, month: 1, day: 1 }
    : { year: day.year, month: day.month + 1, day: 1 };
}
