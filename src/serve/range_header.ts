/**
 * The `Range` header of RFC 9110.
 *
 * Guarantees: the ranges returned lie within the file, in the order requested. For a header that can't
 * be parsed or that asks for too many ranges or for more than the file holds, the answer is the whole
 * file, as the RFC allows. Pure.
 *
 * @module
 */
import { sizeOf } from "../ranges.ts";
import type { Range } from "../types.ts";

/** The most ranges per request; this program's own client sends at most 200. */
const MOST_RANGES = 256;

/** The whole file, parts of it, or no byte of it. */
type RequestedRanges = "whole" | "unsatisfiable" | Range[];

/** The part of a file of `size` bytes that a header asks for. */
export function readRange(header: string | null, size: number): RequestedRanges {
  const list = /^bytes=(.+)$/i.exec(header?.trim() ?? "")?.[1];
  if (list === undefined) return "whole";
  const parts = list.split(",").map((part) => part.trim()).filter((part) => part !== "");
  if (parts.length > MOST_RANGES) return "whole";
  const ranges: Range[] = [];
  for (const part of parts) {
    const [, first, last] = /^(\d{0,16})-(\d{0,16})$/.exec(part) ?? [];
    if (first === undefined || last === undefined || first + last === "") return "whole";
    if (first !== "" && last !== "" && Number(last) < Number(first)) return "whole";
    const start = first === "" ? Math.max(0, size - Number(last)) : Number(first);
    const end = first === "" || last === "" ? size : Math.min(Number(last) + 1, size);
    if (start < end) ranges.push({ start, end });
  }
  if (ranges.length === 0) return "unsatisfiable";
  return sizeOf(ranges) > size ? "whole" : ranges;
}
