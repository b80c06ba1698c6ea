/**
 * Reads the times that hubs write, as instants.
 *
 * Guarantees: pure; never this machine's zone or clock. A time without a zone is in the hub's; where
 * the clocks go back the first of the two instants is meant, where they go forward the skipped hour
 * counts on. Microseconds survive as a fraction. What can't be read is `null`, never a guess.
 *
 * @module
 */

import { zoneOffset } from "./zone_offset.ts";

interface Fields {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
}

const ISO =
  /^(\d{4})([-/])(\d{1,2})\2(\d{1,2})(?:[T ]\s*(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)?\s*(Z|[+-]\d{2}(?::?\d{2})?)?)?$/i;
const COMPACT = /^(\d{4})(\d{2})(\d{2})(?:[T_-]?(\d{2})(\d{2})(\d{2}))?$/;
const STAMP = /^\d{8}_\d{6}$/;
const DAY_MS = 86_400_000;
/** Epoch seconds stay below this until the year 5138; epoch milliseconds are above since 1973. */
const FIRST_MILLISECONDS = 1e11;

/**
 * Reads a time (ISO 8601 with or without zone and fraction, a date, epoch seconds or milliseconds)
 * as an instant in ms since the epoch; `null` when it isn't one. `timezone` is an IANA name.
 */
export function parseInstant(text: string | number | null, timezone: string): number | null {
  if (text === null) return null;
  if (typeof text === "number") text = String(text);
  const value = text.trim();
  const iso = ISO.exec(value);
  if (iso !== null) {
    const fields = fieldsOf(iso[1], iso[3], iso[4], iso[5], iso[6], iso[7]);
    return fields && instantOf(fields, iso[8], iso[9], timezone);
  }
  const compact = COMPACT.exec(value);
  if (compact !== null) {
    const [, ...parts] = compact;
    const fields = fieldsOf(...parts);
    return fields && instantOf(fields, undefined, undefined, timezone);
  }
  return /^\d{9,14}(\.\d+)?$/.test(value) ? epoch(Number(value)) : null;
}

/** Reads a package's stamp, `20261122_060238` on the hub's clock, as ms since the epoch. */
export function parseStamp(stamp: string, timezone: string): number | null {
  return STAMP.test(stamp) ? parseInstant(stamp, timezone) : null;
}

/** Writes an instant (ms since the epoch) as the hub would: `2026-11-22T06:02:38`, no zone. */
export function stampText(instant: number, timezone: string): string {
  const wall = Math.floor((instant + zoneOffset(instant, timezone)) / 1000) * 1000;
  return new Date(wall).toISOString().slice(0, 19);
}

function epoch(value: number): number {
  return value < FIRST_MILLISECONDS ? value * 1000 : value;
}

function fieldsOf(...parts: (string | undefined)[]): Fields | null {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.map((part) =>
    Number(part ?? 0)
  );
  const date = new Date(Date.UTC(year, month - 1, day));
  const exists = year >= 1000 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  const inDay = hour < 24 && minute < 60 && second < 60;
  return exists && inDay ? { year, month, day, hour, minute, second } : null;
}

function instantOf(
  fields: Fields,
  fraction: string | undefined,
  zone: string | undefined,
  timezone: string,
): number | null {
  const { year, month, day, hour, minute, second } = fields;
  const wall = Date.UTC(year, month - 1, day, hour, minute, second);
  // Milliseconds and microseconds; a hub's clock shows no more.
  const rest = Number((fraction ?? "").padEnd(6, "0").slice(0, 6)) / 1000;
  if (zone === undefined) return wallToInstant(wall, timezone) + rest;
  const offset = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone);
  if (offset === null) return wall + rest;
  const minutes = Number(offset[2]) * 60 + Number(offset[3] ?? 0);
  return wall - (offset[1] === "-" ? -minutes : minutes) * 60_000 + rest;
}

/** Asks for the zone's offset a day before and after: the two differ only around a change. */
function wallToInstant(wall: number, timezone: string): number {
  const before = zoneOffset(wall - DAY_MS, timezone);
  const after = zoneOffset(wall + DAY_MS, timezone);
  for (const offset of [Math.max(before, after), Math.min(before, after)]) {
    if (zoneOffset(wall - offset, timezone) === offset) return wall - offset;
  }
  return wall - before;
}
