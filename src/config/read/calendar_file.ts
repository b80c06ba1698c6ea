/**
 * Reads a calendar: the days on which new data is due, or on which none is.
 *
 * Guarantees: pure, and never throws. It understands a list of days, one per line, and CSV files such
 * as the data hubs' own (`period_offset.csv`: a remark, a header line, the day in one of the columns;
 * a column `is_open` says 0 for days off), in UTF-8 or GB18030. Whether a list has trading days or days
 * off is said by a line `trading days` or `days off` in it, else by how many weekdays it
 * has; where that isn't clear, it asks for the line. It doesn't know whether the days are right.
 *
 * @module
 */
import { orElse } from "../../or_else.ts";
import { fieldsOf, separatorIn } from "../../csv_fields.ts";
import { CONFIG } from "../../messages/config.ts";
import type { Calendar } from "../dataset_config.ts";

/** Lines among which a CSV file's header may be. */
const HEADER_LINES = 10;
/** Days between the first and the last that show which kind of list it is. */
const SHORTEST_SPAN = 60;
const DAY_MS = 86_400_000;

const TRADING = /^(?:trading days?|交易日)\s*[:：]?$/i;
const OFF = /^(?:days? off|holidays?|休市日|节假日)\s*[:：]?$/i;

/** The calendar in a file's bytes, or what is wrong with it, in a phrase. */
export function parseCalendar(path: string, bytes: Uint8Array): Calendar | string {
  const lines = decode(bytes).split(/\r\n|\r|\n/).map((line) => line.trim());
  const csv = csvDays(lines);
  if (csv !== undefined) return calendarOf(path, "trading", csv);
  let kind: Calendar["kind"] | undefined;
  const days: string[] = [];
  for (const [index, line] of lines.entries()) {
    const word = line.replace(/\s*#.*$/, "");
    if (word === "") continue;
    if (TRADING.test(word)) kind = "trading";
    else if (OFF.test(word)) kind = "off";
    else {
      const day = dayIn(word.split(/[\s,;]/)[0]!);
      if (day === undefined) {
        const found = JSON.stringify(word.slice(0, 40));
        return CONFIG.calendar_day({ line: index + 1, found });
      }
      days.push(day);
    }
  }
  if (days.length === 0) return CONFIG.calendar_empty();
  kind ??= kindOf(days);
  return kind === undefined ? CONFIG.calendar_which() : calendarOf(path, kind, days);
}

function calendarOf(path: string, kind: Calendar["kind"], days: string[]): Calendar {
  const sorted = [...new Set(days)].sort();
  const [first, last] = [sorted[0]!, sorted.at(-1)!];
  return {
    path,
    kind,
    days: new Set(sorted),
    // Days off are announced by the year.
    from: kind === "off" ? `${first.slice(0, 4)}-01-01` : first,
    until: kind === "off" ? `${last.slice(0, 4)}-12-31` : last,
  };
}

/** Trading days are most weekdays, days off are few. */
function kindOf(days: readonly string[]): Calendar["kind"] | undefined {
  const times = days.map((day) => Date.parse(day)).sort((a, b) => a - b);
  const span = (times.at(-1)! - times[0]!) / DAY_MS + 1;
  if (span < SHORTEST_SPAN) return undefined;
  const share = new Set(times).size / (span * 5 / 7);
  return share > 0.6 ? "trading" : share < 0.4 ? "off" : undefined;
}

/** The trading days of a CSV file; `undefined` = it is none. */
function csvDays(lines: readonly string[]): string[] | undefined {
  for (const [index, line] of lines.slice(0, HEADER_LINES).entries()) {
    const separator = separatorIn(line);
    const header = fieldsOf(line, separator).map((name) => name.trim());
    const first = fieldsOf(lines[index + 1] ?? "", separator);
    const column = first.findIndex((field) => dayIn(field.trim()) !== undefined);
    // A list of days has no header, and a header is no day.
    if (
      column < 0 || header.length !== first.length ||
      dayIn(header[column]!.split(/\s/)[0]!) !== undefined
    ) {
      continue;
    }
    if (line === "" || line.startsWith("#") || TRADING.test(line) || OFF.test(line)) continue;
    const open = header.findIndex((name) => /^is_?open$/i.test(name));
    return lines.slice(index + 1).flatMap((row) => {
      const fields = fieldsOf(row, separator);
      const day = dayIn((fields[column] ?? "").trim());
      const isOff = open >= 0 && fields[open]?.trim() === "0";
      return day === undefined || isOff ? [] : [day];
    });
  }
  return undefined;
}

/** `2026-10-01` out of the ways to write it, also with a time behind it. */
function dayIn(text: string): string | undefined {
  const match = /^(\d{4})(?:([-/.])(\d{1,2})\2(\d{1,2})|(\d{2})(\d{2}))(?:[T ]00:00(?::00)?)?$/
    .exec(text);
  if (match === null) return undefined;
  const [, year, , m1, d1, m2, d2] = match;
  const day = `${year}-${(m1 ?? m2)!.padStart(2, "0")}-${(d1 ?? d2)!.padStart(2, "0")}`;
  const time = Date.parse(day);
  // 2026-02-30 would be the 2nd of March.
  return Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== day ? undefined : day;
}

function decode(bytes: Uint8Array): string {
  return orElse(() => new TextDecoder("utf-8", { fatal: true }).decode(bytes), undefined) ??
    new TextDecoder("gb18030").decode(bytes);
}
