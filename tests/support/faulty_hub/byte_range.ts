/**
 * How hubs read the `Range` header: the deployed hub with its peculiar rules, and a modern server
 * by RFC 9110.
 *
 * Guarantees: pure functions; a range that is returned lies within the package.
 *
 * @module
 */

/** A half-open range of bytes. */
export interface ByteRange {
  start: number;
  end: number;
}

/** What a `Range` header comes to: the whole, parts, or a refusal with its status. */
export type RangeReading = "whole" | ByteRange[] | 400 | 416;

/** The deployed hub: one range, no suffix, nothing clamped. */
export function readDeployedRange(header: string | undefined, size: number): RangeReading {
  if (header === undefined) return "whole";
  const [, first, last] = /^bytes=(\d+)-(\d*)(?:,|$)/.exec(header) ?? [];
  if (first === undefined) return 400;
  const start = Number(first);
  const end = last ? Number(last) + 1 : size;
  return start >= size || end > size || start >= end ? 416 : [{ start, end }];
}

/** A modern server: several ranges, suffixes, ends clamped; more bytes than the whole = the whole. */
export function readModernRange(header: string | undefined, size: number): RangeReading {
  if (header === undefined || !header.startsWith("bytes=")) return "whole";
  const ranges: ByteRange[] = [];
  for (const part of header.slice("bytes=".length).split(",")) {
    const [, first, last] = /^\s*(\d*)-(\d*)\s*$/.exec(part) ?? [];
    if (first === undefined || first + last! === "") return 416;
    const start = first === "" ? Math.max(size - Number(last), 0) : Number(first);
    const end = first === "" || last === "" ? size : Math.min(Number(last) + 1, size);
    if (start < end) ranges.push({ start, end });
    else if (start < size && first !== "") return 416;
  }
  if (ranges.length === 0) return 416;
  const total = ranges.reduce((sum, { start, end }) => sum + end - start, 0);
  return total > size ? "whole" : ranges;
}
