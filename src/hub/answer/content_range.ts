/**
 * Reads and writes the headers about ranges and lengths.
 *
 * Guarantees: a returned range is non-empty and half-open, of safe integers inside its total; anything
 * else is `null`. Answers aren't compared with requests.
 *
 * @module
 */
import type { Range } from "../../types.ts";

/** What a `Content-Range` says: a range of a total, or (416) only the total. Bytes. */
interface ContentRange {
  /** `null` in `bytes *\/N`: the requested range isn't there. */
  range: Range | null;
  /** Size of the whole; `null` when the server doesn't say. */
  total: number | null;
}

const PATTERN = /^\s*bytes\s+(?:(\d+)\s*-\s*(\d+)|\*)\s*\/\s*(\d+|\*)\s*$/i;

/** Parses a `Content-Range`; `null` if it is missing or invalid. */
export function parseContentRange(text: string | null): ContentRange | null {
  const match = PATTERN.exec(text ?? "");
  if (match === null) return null;
  const total = match[3] === "*" ? null : Number(match[3]);
  if (total !== null && !Number.isSafeInteger(total)) return null;
  if (match[1] === undefined) return { range: null, total };
  const range = { start: Number(match[1]), end: Number(match[2]) + 1 };
  if (!Number.isSafeInteger(range.end) || range.start >= range.end) return null;
  if (total !== null && range.end > total) return null;
  return { range, total };
}

/** The `Content-Length` in bytes; `null` if it is missing or invalid. */
export function lengthOf(headers: Headers): number | null {
  const text = headers.get("content-length")?.trim() ?? "";
  return /^\d{1,15}$/.test(text) ? Number(text) : null;
}

/** Writes a `Range` header: explicit ends only, since some hubs answer a suffix with 400. */
export function formatRange(ranges: readonly Range[]): string {
  if (ranges.length === 0) throw new RangeError("no range to ask for");
  const parts = ranges.map(({ start, end }) => {
    if (!Number.isSafeInteger(start) || !Number.isSafeInteger(end) || start < 0 || start >= end) {
      throw new RangeError(`not a range of bytes: ${start} to ${end}`);
    }
    return `${start}-${end - 1}`;
  });
  return `bytes=${parts.join(",")}`;
}
