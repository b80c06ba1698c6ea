/**
 * Sets of bytes, as sorted ranges that neither touch nor overlap. Pure.
 *
 * @module
 */
import type { Range } from "./types.ts";

/** A set of bytes that grows. */
export class RangeSet {
  #ranges: Range[] = [];

  /** Begins with these ranges, in any order. */
  constructor(ranges: Iterable<Range> = []) {
    for (const range of ranges) this.add(range);
  }

  /** Its ranges, sorted; not to be changed. */
  get ranges(): readonly Range[] {
    return this.#ranges;
  }

  /** How many bytes it holds. */
  get size(): number {
    return sizeOf(this.#ranges);
  }

  add(range: Range): void {
    if (range.end <= range.start) return;
    const ranges = this.#ranges;
    const first = this.#indexFrom(range.start);
    let last = first;
    let { start, end } = range;
    for (let next = ranges[last]; next !== undefined && next.start <= end; next = ranges[++last]) {
      start = Math.min(start, next.start);
      end = Math.max(end, next.end);
    }
    if (last === first + 1) ranges[first] = { start, end };
    else ranges.splice(first, last - first, { start, end });
  }

  /** Takes a range out. */
  remove(range: Range): void {
    if (range.end <= range.start) return;
    this.#ranges = this.#ranges.flatMap((own) => {
      if (own.end <= range.start || own.start >= range.end) return [own];
      return [
        { start: own.start, end: Math.min(own.end, range.start) },
        { start: Math.max(own.start, range.end), end: own.end },
      ].filter(({ start, end }) => end > start);
    });
  }

  /** Whether it holds all bytes of a range. */
  has(range: Range): boolean {
    if (range.end <= range.start) return true;
    const own = this.#ranges[this.#indexFrom(range.start)];
    return own !== undefined && own.start <= range.start && own.end >= range.end;
  }

  /** The range around the byte at `offset`, when it holds that byte. */
  rangeAt(offset: number): Readonly<Range> | undefined {
    const own = this.#ranges[this.#indexFrom(offset + 1)];
    return own !== undefined && own.start <= offset ? own : undefined;
  }

  /** What of the given ranges (sorted) it doesn't hold. */
  missing(ranges: readonly Range[]): Range[] {
    const missing: Range[] = [];
    for (const { start, end } of ranges) {
      let at = start;
      for (let index = this.#indexFrom(start); at < end; index++) {
        const own = this.#ranges[index];
        if (own === undefined || own.start >= end) break;
        if (own.start > at) missing.push({ start: at, end: own.start });
        at = Math.max(at, own.end);
      }
      if (at < end) missing.push({ start: at, end });
    }
    return missing;
  }

  /** Index of the first range that ends at `offset` or after it. */
  #indexFrom(offset: number): number {
    let low = 0;
    let high = this.#ranges.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#ranges[middle]!.end < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Bytes in ranges that don't overlap. */
export function sizeOf(ranges: readonly Range[]): number {
  return ranges.reduce((sum, { start, end }) => sum + end - start, 0);
}

/** Joins sorted ranges whose gap is at most `gap` bytes. */
export function joinAcross(ranges: readonly Range[], gap: number): Range[] {
  const joined: Range[] = [];
  for (const range of ranges) {
    const last = joined.at(-1);
    if (last !== undefined && range.start - last.end <= gap) {
      last.end = Math.max(last.end, range.end);
    } else {
      joined.push({ ...range });
    }
  }
  return joined;
}
