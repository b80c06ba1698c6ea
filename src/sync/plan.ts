/**
 * The plan: which entries of a package are kept, which are fetched by their tail, which whole, and
 * which bytes that takes. Pure: it sees facts, and touches neither disk nor network.
 *
 * Guarantees: an entry is kept only when the facts say that its CRC-32 and size are on the disk. A
 * tail is a guess that extraction proves or refutes; the plan only says where it would pay.
 *
 * @module
 */
import { joinAcross, sizeOf } from "../ranges.ts";
import type { Entry, Range } from "../types.ts";
import { type HubPace, LARGEST_GAP } from "./hub_pace.ts";

/** What is known of a file on the disk. */
export interface DiskFact {
  size: number;
  mtimeMs: number;
  /** Its CRC-32, when somebody read it: we when we wrote it, or a check just now. */
  crc?: number;
  /** Where the last deflate block of the entry that it came from begins. */
  block?: { bit: number; out: number };
}

/** An entry with the first byte after all that it may occupy in the package. */
export interface Located {
  entry: Entry;
  end: number;
  /** Whether another entry, or the directory, begins right at `end`. */
  tight: boolean;
}

/** One entry to fetch and extract. */
export interface Step {
  entry: Entry;
  end: number;
  /** The bytes of the package that it needs. */
  needs: Range;
  /** Present when the tail is enough. */
  tail?: { dataStart: number; bit: number; out: number };
}

/** What the plan is made from. */
export interface PlanInput {
  located: readonly Located[];
  /** What is on the disk at an entry's path. */
  onDisk: (path: string) => DiskFact | undefined;
  /** Whether an entry is in staging, verified. */
  isStaged: (entry: Entry) => boolean;
  /** Whether an entry's tail may be guessed. */
  mayGuess: (path: string) => boolean;
  /** Bytes that are in the partial. */
  missing: (ranges: readonly Range[]) => Range[];
  pace: HubPace;
  /** Connections at once, for the cost. */
  connections: number;
}

/** A way to ask for the bytes, with its price. */
interface Strategy {
  steps: Step[];
  ranges: Range[];
  requests: number;
  bytes: number;
  ms: number;
  many: boolean;
  name: string;
}

/** What to do to a dataset. */
export interface Plan {
  /** Entries that are right on the disk. */
  kept: Entry[];
  /** Entries that are verified in staging. */
  staged: Entry[];
  /** Entries to fetch, in the package's order. */
  steps: Step[];
  /** The bytes that the partial must hold, sorted and joined. */
  ranges: Range[];
  /** Bytes still to ask for, and in how many requests. */
  bytes: number;
  requests: number;
  /** Whether that counts on several ranges in one request. */
  countsOnManyRanges: boolean;
  /** How, in a few words. */
  strategy: string;
}

/** A request for nearly all is better made one for all: no small gap is worth a pause. */
const NEARLY_ALL = 0.9;

/** Requests beyond which a plan joins more, however near the hub seems: each costs the hub, too. */
const MOST_REQUESTS = 1000;

/** A tail must save at least this many bytes, or the whole entry is fetched. */
const LEAST_SAVING = 2048;

/** Makes the plan. */
export function makePlan(input: PlanInput): Plan {
  const kept: Entry[] = [];
  const staged: Entry[] = [];
  const whole: Step[] = [];
  const guessed: Step[] = [];
  for (const located of input.located) {
    const { entry, end } = located;
    const fact = input.onDisk(entry.path);
    if (fact !== undefined && fact.crc === entry.crc && fact.size === entry.size) {
      kept.push(entry);
      continue;
    }
    if (input.isStaged(entry)) {
      staged.push(entry);
      continue;
    }
    const step = { entry, end, needs: { start: entry.headerOffset, end } };
    whole.push(step);
    const tail = input.mayGuess(entry.path) ? guessTail(located, fact) : undefined;
    guessed.push(tail === undefined ? step : { entry, end, ...tail });
  }
  const { steps, ranges, bytes, requests, many, name } = cheapest(input, whole, guessed);
  const countsOnManyRanges = many && requests > 0;
  return { kept, staged, steps, ranges, bytes, requests, countsOnManyRanges, strategy: name };
}

/** What would be fetched if the file was appended to, or `undefined` when that can't be. */
function guessTail(
  { entry, end, tight }: Located,
  fact: DiskFact | undefined,
): Required<Pick<Step, "needs" | "tail">> | undefined {
  const block = fact?.block;
  if (fact === undefined || block === undefined || entry.method !== 8) return undefined;
  if (entry.size <= fact.size || block.out > fact.size) return undefined;
  // Without a data descriptor the data ends where the next local header begins.
  const hasDescriptor = (entry.flags & 8) !== 0;
  if (hasDescriptor || !tight) return undefined;
  const dataStart = end - entry.compressedSize;
  const shortestHeader = entry.headerOffset + 30;
  const first = dataStart + Math.floor(block.bit / 8); // no `>> 3`: 256 MB are 2^31 bits
  if (dataStart < shortestHeader || first >= end) return undefined;
  if (first - entry.headerOffset < LEAST_SAVING) return undefined;
  return { needs: { start: first, end }, tail: { dataStart, ...block } };
}

function cheapest(input: PlanInput, whole: Step[], guessed: Step[]): Strategy {
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
  if (guessed.some(({ tail }) => tail !== undefined)) {
    const tails = price(input, guessed, "tails of grown files");
    // Joined to nearly all, guesses save nothing, and a wrong one costs another round.
    if (tails.bytes < NEARLY_ALL * sequential.bytes) candidates.push(tails);
  }
  return candidates.reduce((best, one) => one.ms < best.ms ? one : best);
}

function price(input: PlanInput, steps: Step[], name: string, span?: Range[]): Strategy {
  const { pace, connections } = input;
  const needs = span ?? steps.map(({ needs }) => needs);
  const multi = span === undefined && (pace.multiRange ?? pace.serial !== true);
  const gap = multi ? pace.partGap : pace.joinGap;
  const { ranges, toFetch, requests } = joinUntilFew(input, { needs, gap, multi });
  const bytes = sizeOf(toFetch);
  const ms = pace.estimateMs({ requests, bytes, connections });
  return { steps, ranges, requests, bytes, ms, many: multi && toFetch.length > 1, name };
}

/**
 * Joins across `gap` bytes, and across ever more where that still takes too many requests. The holes
 * in what an earlier run fetched are as many however much is joined, so they make it join nothing.
 */
function joinUntilFew(
  { missing, pace }: PlanInput,
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

/** Sorts the entries by their place; `ends` says by index where each ends at the latest. */
export function locate(entries: readonly Entry[], ends: Float64Array): Located[] {
  const sorted = [...entries].sort((a, b) => a.headerOffset - b.headerOffset);
  return sorted.map((entry) => {
    const next = ends[entry.index] ?? entry.headerOffset;
    const end = Math.min(next, entry.headerOffset + LONGEST_FRAME + entry.compressedSize);
    return { entry, end, tight: end === next };
  });
}

/** A local header with its name and extra field at their longest, and a Zip64 data descriptor. */
const LONGEST_FRAME = 30 + 2 * 65_535 + 24;
