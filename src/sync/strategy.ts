/**
 * The ways to ask for what a plan wants, and which of them is the cheapest with this hub. Pure.
 *
 * @module
 */
import { joinAcross, sizeOf } from "../ranges.ts";
import type { Range } from "../types.ts";
import { type Located, replayedBytes } from "../grown/estimate.ts";
import { type HubPace, LARGEST_GAP } from "./hub_pace.ts";
import { needsOf, type Step } from "./step.ts";

/** What prices depend on. */
export interface Circumstances {
  located: readonly Located[];
  /** Bytes that aren't in the partial. */
  missing: (ranges: readonly Range[]) => Range[];
  pace: HubPace;
  /** Connections at once. */
  connections: number;
}

/** The same entries, fetched in three ways. */
export interface Ways {
  whole: Step[];
  /** Tails of grown files, where they would do. */
  tails: Step[];
  /** Both ends of those tails, where they would do. */
  ends: Step[];
}

/** A way to ask for the bytes, with its price. */
export interface Strategy {
  steps: Step[];
  ranges: Range[];
  requests: number;
  bytes: number;
  ms: number;
  /** Whether it counts on several ranges in one request. */
  many: boolean;
  name: string;
}

/** A request for nearly all is better made one for all: no small gap is worth a pause. */
const NEARLY_ALL = 0.9;

/** Requests beyond which a plan joins more, however near the hub seems: each costs the hub, too. */
const MOST_REQUESTS = 1000;

/**
 * Bytes of old content a ms that a replay is priced at. Two cores do 30,000 to 40,000 of them; but what
 * is found out is remembered, so the days after pay for half of it.
 */
const REPLAYED_BYTES_PER_MS = 60_000;

/** The cheapest way. */
export function cheapest(input: Circumstances, { whole, tails, ends }: Ways): Strategy {
  const first = whole[0];
  const last = whole.at(-1);
  if (first === undefined || last === undefined) {
    return {
      steps: [],
      ranges: [],
      requests: 0,
      bytes: 0,
      ms: 0,
      many: false,
      name: "nothing to fetch",
    };
  }
  const { pace, located } = input;
  const spanned: Range[] = [{ start: first.needs.start, end: last.needs.end }];
  const all = sizeOf(located.map(({ entry, end }) => ({ start: entry.headerOffset, end })));
  const entries = price(input, whole, "changed entries");
  const needs = whole.map(({ needs }) => needs);
  if (pace.ranges === false) {
    return price(input, whole, "the whole package: no ranges here", spanned);
  }
  const sequential = price(input, whole, "one sequential download", spanned);
  // What a filter leaves out, or a gap in the package, may lie between the first and the last.
  const nearlyAll = sizeOf(needs) >= NEARLY_ALL * Math.max(all, sizeOf(spanned)) &&
    joinAcross(needs, LARGEST_GAP).length === 1;
  const candidates = nearlyAll ? [sequential] : [entries, sequential];
  const guesses = [
    ...(tails.some(({ tail }) => tail) ? [price(input, tails, "tails of grown files")] : []),
    ...(ends.some(({ tail }) => tail?.grown) ? [price(input, ends, "ends of grown files")] : []),
  ];
  // Joined to nearly all, guesses save nothing, and a wrong one costs another round.
  candidates.push(...guesses.filter(({ bytes }) => bytes < NEARLY_ALL * sequential.bytes));
  return candidates.reduce((best, one) => one.ms < best.ms ? one : best);
}

function price(input: Circumstances, steps: Step[], name: string, span?: Range[]): Strategy {
  const { pace, connections } = input;
  const needs = span ?? needsOf(steps);
  const multi = span === undefined && (pace.multiRange ?? pace.serial !== true);
  const gap = multi ? pace.partGap : pace.joinGap;
  const { ranges, toFetch, requests } = joinUntilFew(input, { needs, gap, multi });
  const bytes = sizeOf(toFetch);
  const replayed = steps.reduce((sum, step) => sum + replayedBytes(step.tail), 0);
  const ms = pace.estimateMs({ requests, bytes, connections }) + replayed / REPLAYED_BYTES_PER_MS;
  return { steps, ranges, requests, bytes, ms, many: multi && toFetch.length > 1, name };
}

/**
 * Joins across `gap` bytes, and across ever more where that still takes too many requests. The holes
 * in what an earlier run fetched are as many however much is joined, so they make it join nothing.
 */
function joinUntilFew(
  { missing, pace }: Circumstances,
  { needs, gap, multi }: { needs: Range[]; gap: number; multi: boolean },
): { ranges: Range[]; toFetch: Range[]; requests: number } {
  const requestsFor = (ranges: Range[]) =>
    multi ? Math.ceil(ranges.length / pace.rangesPerRequest) : ranges.length;
  for (let across = gap;; across *= 1.5) {
    const ranges = joinAcross(needs, across);
    const toFetch = missing(ranges);
    const requests = requestsFor(toFetch);
    if (Math.min(requests, requestsFor(ranges)) <= MOST_REQUESTS) {
      return { ranges, toFetch, requests };
    }
  }
}
