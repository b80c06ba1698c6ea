/**
 * The steps of a plan, one per entry to fetch, and the strategies for requesting the bytes that they
 * need; `choose()` picks the one that suits this hub. Pure.
 *
 * Guarantees: seconds are the user's, bytes the hub's: of all ways that take little longer than the
 * fastest, it chooses the one with the fewest bytes. Durations are estimates.
 *
 * @module
 */
import { type Located, type Part, replayedBytes } from "../../grown/estimate.ts";
import type { Segment } from "../../patch/compose.ts";
import { joinAcross, sizeOf } from "../../ranges.ts";
import type { Entry, Range } from "../../types.ts";
import {
  type HubTraits,
  LARGEST_GAP,
  PART_GAP,
  SMALLEST_GAP,
  WORTH_MANY_RANGES,
} from "../hubs/hub_traits.ts";
import { SYNC } from "../../messages/sync.ts";

/** One entry to fetch and extract: all of it, or with `tail` the part that may suffice. */
export interface Step extends Omit<Part, "tail"> {
  entry: Entry;
  end: number;
  tail?: Part["tail"];
  /** Set if the content is built by a patch or copied: then no bytes of the package are needed. */
  segments?: Segment[];
  /** The path of the old file that it is made from, if it was renamed. */
  source?: string;
}

/** The size of the content that steps make, in bytes. */
export function contentOf(steps: readonly Step[]): number {
  return steps.reduce((sum, { entry }) => sum + entry.size, 0);
}

/** The part of an entry that may suffice; `none` = no guess, fetch all of it. */
export type Guess = "ends" | "tail" | "none";

/** What a strategy's price depends on. */
export interface Circumstances {
  located: readonly Located[];
  /** The parts of ranges that aren't in the partial. */
  missing: (ranges: readonly Range[]) => Range[];
  traits: HubTraits;
  /** Connections at once. */
  connections: number;
}

/** The same entries, fetched in three ways. */
interface Ways {
  whole: Step[];
  /** The tails of grown files, where they may suffice. */
  tails: Step[];
  /** Both ends of those tails, where they may suffice. */
  ends: Step[];
}

/** A way to request the bytes, with its price. */
export interface Strategy {
  /** Entries to fetch, in the package's order. */
  steps: Step[];
  /** The bytes that the partial must hold, sorted and joined. */
  ranges: Range[];
  /** Bytes still to request, and in how many requests. */
  bytes: number;
  requests: number;
  /** Whether that counts on several ranges in one request. */
  countsOnManyRanges: boolean;
  /** How long that takes, at best. */
  ms: number;
  /** In a few words. */
  name: string;
}

/** The factor from one gap to the next that is joined across; the second if there are too many requests. */
const WIDER = 4;
const SLIGHTLY_WIDER = 1.5;

/** If this share is needed, fetch everything in one request: no small gap is worth a pause. */
const NEARLY_ALL = 0.9;

/** With more requests than this, more ranges are joined, however near the hub: requests cost it, too. */
const MOST_REQUESTS = 1000;

/**
 * The price of a replay, in bytes of old content per ms. Two cores do 30,000 to 40,000; but later days
 * use the result too, so one day is charged only half.
 */
const REPLAYED_BYTES_PER_MS = 60_000;

/** A way that spares the hub bytes may take this much longer than the fastest: ms, or this share. */
const UNNOTICED_MS = 500;
const UNNOTICED_PART = 0.1;

/** The bytes around a request and its answer, and around each part of an answer with several. */
const REQUEST_BYTES = 500;
const PART_BYTES = 120;

/** The way with the fewest bytes among those that take little longer than the fastest. */
export function choose(input: Circumstances, { whole, tails, ends }: Ways): Strategy {
  const first = whole[0];
  const last = whole.at(-1);
  if (first === undefined || last === undefined) {
    return {
      steps: [],
      ranges: [],
      requests: 0,
      bytes: 0,
      ms: 0,
      countsOnManyRanges: false,
      name: SYNC.nothing_to_fetch(),
    };
  }
  const { traits, located } = input;
  const spanned: Range[] = [{ start: first.needs.start, end: last.needs.end }];
  const all = sizeOf(located.map(({ entry, end }) => ({ start: entry.headerOffset, end })));
  const needs = whole.map(({ needs }) => needs);
  if (traits.ranges === false) {
    return priceOf(input, whole, { name: SYNC.whole_package(), span: spanned })[0]!;
  }
  const name = SYNC.one_sequential_download();
  const sequential = priceOf(input, whole, { name, span: spanned })[0]!;
  // What a filter leaves out, or a gap in the package, may lie between the first and the last.
  const nearlyAll = sizeOf(needs) >= NEARLY_ALL * Math.max(all, sizeOf(spanned)) &&
    joinAcross(needs, LARGEST_GAP).length === 1;
  const candidates = [sequential];
  if (!nearlyAll) candidates.push(...priceOf(input, whole, { name: SYNC.changed_entries() }));
  const guesses: Strategy[] = [];
  if (tails.some(({ tail }) => tail)) {
    guesses.push(...priceOf(input, tails, { name: SYNC.tails_of_grown_files() }));
  }
  if (ends.some(({ tail }) => tail?.grown)) {
    guesses.push(...priceOf(input, ends, { name: SYNC.ends_of_grown_files() }));
  }
  // Joined to nearly all, guesses save nothing, and a wrong one costs another round.
  candidates.push(...guesses.filter(({ bytes }) => bytes < NEARLY_ALL * sequential.bytes));
  const fastest = Math.min(...candidates.map(({ ms }) => ms));
  const limit = fastest + Math.max(UNNOTICED_MS, fastest * UNNOTICED_PART);
  return candidates.filter(({ ms }) => ms <= limit).reduce((best, one) => {
    const more = wireBytes(one) - wireBytes(best);
    return more < 0 || (more === 0 && one.ms < best.ms) ? one : best;
  });
}

function wireBytes({ bytes, requests, countsOnManyRanges, ranges }: Strategy): number {
  return bytes + requests * REQUEST_BYTES + (countsOnManyRanges ? ranges.length * PART_BYTES : 0);
}

/**
 * The prices of fetching what these steps need, or `span`: joined across small gaps, and across larger
 * ones, which take fewer requests and more bytes. If that still takes too many requests, larger gaps
 * are tried. Joining can't reduce the holes that an earlier run left, so they don't count.
 */
function priceOf(
  { traits, connections, missing }: Circumstances,
  steps: Step[],
  { name, span }: { name: string; span?: Range[] },
): Strategy[] {
  const multi = span === undefined && traits.asksForMany;
  const requestsFor = (ranges: Range[]) =>
    multi && ranges.length >= WORTH_MANY_RANGES
      ? Math.ceil(ranges.length / traits.rangesPerRequest)
      : ranges.length;
  const replayed = steps.reduce((sum, step) => sum + replayedBytes(step.tail), 0);
  const prices: Strategy[] = [];
  let ranges = span ?? needsOf(steps);
  for (let across = multi ? PART_GAP : SMALLEST_GAP;;) {
    ranges = joinAcross(ranges, across);
    const toFetch = missing(ranges);
    const requests = requestsFor(toFetch);
    const few = Math.min(requests, requestsFor(ranges)) <= MOST_REQUESTS;
    if (few) {
      const bytes = sizeOf(toFetch);
      const ms = traits.estimateMs({ requests, bytes, connections }) +
        replayed / REPLAYED_BYTES_PER_MS;
      const countsOnManyRanges = multi && toFetch.length >= WORTH_MANY_RANGES;
      prices.push({ steps, ranges, requests, bytes, ms, countsOnManyRanges, name });
      if (ranges.length <= 1 || across * WIDER > LARGEST_GAP) return prices;
    }
    across *= few ? WIDER : SLIGHTLY_WIDER;
  }
}

/** All ranges that steps need, in the package's order. */
export function needsOf(steps: readonly Step[]): Range[] {
  return steps.flatMap(({ needs, needsBefore }) => needsBefore ? [needsBefore, needs] : [needs]);
}
