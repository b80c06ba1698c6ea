/**
 * The date of a row, as data files write it. Pure.
 *
 * @module
 */
import { instantOf } from "../../monitoring/zone.ts";

/** A row's date. Instants in ms since the epoch. */
export interface RowDate {
  /** When it begins: the time that is written, or the day's first instant. */
  at: number;
  /** When it ends: the same, or the day's end for a date without a time. */
  end: number;
}

const DATE =
  /^(\d{4})(?:([-/.])(\d{1,2})\2(\d{1,2})|年(\d{1,2})月(\d{1,2})日|(\d{2})(\d{2}))(?:[T\s]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})?)?$/;

/**
 * Reads `2026-11-25`, `2026/1/5`, `20261125` and `2026年11月25日`, with or without a time and an
 * offset from UTC; `undefined` = it is none of these. A date without an offset is in `timezone`.
 */
export function parseDateText(text: string, timezone: string): RowDate | undefined {
  const match = DATE.exec(text);
  if (match === null) return undefined;
  const [, years, , m1, d1, m2, d2, m3, d3, hours, minutes, seconds, offset] = match;
  const day = { year: Number(years), month: Number(m1 ?? m2 ?? m3), day: Number(d1 ?? d2 ?? d3) };
  const date = new Date(Date.UTC(day.year, day.month - 1, day.day));
  if (date.getUTCMonth() !== day.month - 1 || date.getUTCDate() !== day.day) return undefined;
  if (hours === undefined) {
    return { at: instantOf(day, 0, timezone), end: instantOf(day, 24, timezone) };
  }
  const hour = Number(hours) + Number(minutes) / 60 + Number(seconds ?? 0) / 3600;
  if (hour > 24) return undefined;
  const at = offset === undefined
    ? instantOf(day, hour, timezone)
    : date.getTime() + hour * 3_600_000 - offsetMs(offset);
  return { at: Math.round(at), end: Math.round(at) };
}

function offsetMs(offset: string): number {
  if (offset === "Z") return 0;
  const [, sign, hours, minutes] = /^([+-])(\d{2}):?(\d{2})$/.exec(offset)!;
  return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}
