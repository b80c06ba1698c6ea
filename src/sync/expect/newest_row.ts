/**
 * Finds the date of the newest row in CSV files, from the beginning and the end of a sample of them.
 *
 * Guarantees: reads at most {@linkcode MOST_FILES} files and {@linkcode WINDOW} bytes at each of a
 * file's ends. The header is the first of a file's first lines that has the column, since some files
 * begin with a remark. A row counts if it has as many fields as the header and a date in the column;
 * one that is more than a day in the future doesn't. Encodings of one or two bytes per letter (UTF-8
 * too) are understood, UTF-16 isn't, and neither is a row with a line break between quotes.
 *
 * @module
 */
import type { Expectations } from "../../config/dataset_config.ts";
import { openOwn } from "../../fs/own_file.ts";
import { readFully } from "../../fs/whole_io.ts";
import { diskError } from "../../fs/disk_error.ts";
import { fieldsOf, separatorIn } from "../../csv_fields.ts";
import { SYNC } from "../../messages/sync.ts";
import { instantOf } from "../../monitoring/zone.ts";

/** What to look for, and where. */
export interface RowSearch extends NonNullable<Expectations["newestRow"]> {
  /** Paths of the files, with their sizes. */
  files: readonly { path: string; size: number }[];
  now: number;
  /** IANA zone of the dates. */
  timezone: string;
}

/** The most files to look at: with 32 of the day's changed files, some have the day's rows. */
const MOST_FILES = 32;
/** Bytes read at each end: hundreds of rows. */
const WINDOW = 64 << 10;
/** Lines among which the header may be. */
const HEADER_LINES = 10;
const DAY = 86_400_000;

/** The newest row's date, or why none was found. Throws StoreError. */
export async function newestRowOf(
  search: RowSearch,
): Promise<RowDate | "no_files" | "no_column" | "no_date"> {
  const files = sampleOf(search.files.filter(({ size }) => size > 0));
  if (files.length === 0) return "no_files";
  let newest: RowDate | undefined;
  let hasColumn = false;
  for (const file of files) {
    const rows = await rowsAtEnds(file, search);
    hasColumn ||= rows !== undefined;
    for (const text of rows ?? []) {
      const date = parseDateText(text, search.timezone);
      if (date === undefined || date.at > search.now + DAY) continue;
      if (newest === undefined || date.at > newest.at) newest = date;
    }
  }
  return newest ?? (hasColumn ? "no_date" : "no_column");
}

/** Evenly spread over all, so that one folder of a package doesn't stand for the others. */
function sampleOf<T>(all: readonly T[]): T[] {
  const step = Math.max(1, all.length / MOST_FILES);
  return Array.from(
    { length: Math.min(all.length, MOST_FILES) },
    (_, index) => all[Math.floor(index * step)]!,
  );
}

/** The column's texts at both ends of a file; `undefined` = it has no such column. */
async function rowsAtEnds(
  { path, size }: { path: string; size: number },
  { column, encoding }: RowSearch,
): Promise<string[] | undefined> {
  const head = await read(path, 0, Math.min(size, WINDOW));
  const decoder = decoderFor(encoding, head);
  const first = wholeLines(head, { fromStart: true, toEnd: size <= WINDOW }).map(decoder);
  const at = first.slice(0, HEADER_LINES).findIndex((line) => columnIn(line, column) >= 0);
  if (at < 0) return undefined;
  const header = first[at]!;
  const separator = separatorIn(header);
  const index = columnIn(header, column);
  const width = fieldsOf(header, separator).length;
  const rows = first.slice(at + 1);
  if (size > WINDOW) {
    const start = Math.max(WINDOW, size - WINDOW);
    const tail = await read(path, start, size - start);
    rows.push(...wholeLines(tail, { fromStart: false, toEnd: true }).map(decoder));
  }
  return rows.flatMap((line) => {
    const fields = fieldsOf(line, separator);
    return fields.length === width ? [fields[index]!.trim()] : [];
  });
}

function columnIn(line: string, column: string): number {
  return fieldsOf(line, separatorIn(line)).findIndex((field) => field.trim() === column);
}

/** The whole lines of a window; neither end of it need be a line's. */
function wholeLines(
  bytes: Uint8Array,
  { fromStart, toEnd }: { fromStart: boolean; toEnd: boolean },
): Uint8Array[] {
  const lines: Uint8Array[] = [];
  const newline = 10;
  // No second byte of a letter is a line feed in any of the encodings.
  let start = fromStart ? 0 : bytes.indexOf(newline) + 1;
  for (;;) {
    const end = bytes.indexOf(newline, start);
    if (end < 0) break;
    lines.push(bytes.subarray(start, end));
    start = end + 1;
  }
  if (toEnd && start < bytes.length) lines.push(bytes.subarray(start));
  return lines;
}

function decoderFor(encoding: RowSearch["encoding"], head: Uint8Array): (b: Uint8Array) => string {
  const label = encoding !== "auto" ? encoding : isUtf8(head) ? "utf-8" : "gb18030";
  const decoder = new TextDecoder(label);
  return (bytes) => decoder.decode(bytes).replace(/\r$/, "");
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    // `stream` lets the last letter be cut off.
    new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}

// deno-lint-ignore require-await -- the caller needn't know that reading blocks
async function read(path: string, start: number, length: number): Promise<Uint8Array> {
  try {
    using file = openOwn(path, { access: "read" });
    return readFully(file, start, new Uint8Array(length));
  } catch (error) {
    throw diskError(error, path, SYNC.look_for_its_newest_row());
  }
}

/** A row's date. Instants in ms since the epoch. */
interface RowDate {
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
