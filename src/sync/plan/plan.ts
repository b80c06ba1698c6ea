/**
 * The plan: which entries of a package are kept, which are fetched by their tail, which whole, and
 * which bytes that takes. Pure: it sees facts, and touches neither disk nor network.
 *
 * Guarantees: an entry is kept only when the facts say that its CRC-32 and size are on the disk. A
 * tail is a guess that extraction proves or refutes; the plan only says where it would pay.
 *
 * @module
 */
import type { Entry, Range } from "../../types.ts";
import { estimate, type Located } from "../../grown/estimate.ts";
import type { BlockKnowledge } from "../../grown/memory.ts";
import type { Guess } from "./attempts.ts";
import { type DiskFact, hasContent, type Step } from "./step.ts";
import { choose, type Circumstances } from "./strategy.ts";

/** What the plan is made from. */
export interface PlanInput extends Circumstances {
  /** What is on the disk at an entry's path. */
  onDisk: (path: string) => DiskFact | undefined;
  /** Whether an entry is in staging, verified. */
  isStaged: (entry: Entry) => boolean;
  /** How far guessing may go with an entry. */
  guessFor: (path: string) => Guess;
  /** What is known of the last block of an entry that a file holds. */
  knowledge?: ((path: string, fact: DiskFact) => BlockKnowledge | undefined) | undefined;
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
  /** How long that takes, at best. */
  ms: number;
  /** How, in a few words. */
  strategy: string;
}

/** Makes the plan. */
export function makePlan(input: PlanInput): Plan {
  const kept: Entry[] = [];
  const staged: Entry[] = [];
  const whole: Step[] = [];
  const tails: Step[] = [];
  const ends: Step[] = [];
  for (const located of input.located) {
    const { entry, end } = located;
    const fact = input.onDisk(entry.path);
    if (hasContent(fact, entry)) {
      kept.push(entry);
      continue;
    }
    if (input.isStaged(entry)) {
      staged.push(entry);
      continue;
    }
    const step = { entry, end, needs: { start: entry.headerOffset, end } };
    const { tail, ends: both } = partsOf(input, located, fact);
    whole.push(step);
    tails.push({ ...step, ...tail });
    ends.push({ ...step, ...(both ?? tail) });
  }
  const { steps, ranges, bytes, requests, many, ms, name } = choose(input, {
    whole,
    tails,
    ends,
  });
  const countsOnManyRanges = many && requests > 0;
  return { kept, staged, steps, ranges, bytes, requests, countsOnManyRanges, ms, strategy: name };
}

/** The parts of an entry that may suffice. */
function partsOf(
  { guessFor, knowledge }: PlanInput,
  located: Located,
  fact: DiskFact | undefined,
): ReturnType<typeof estimate> {
  const { path } = located.entry;
  const guess = fact === undefined ? "none" : guessFor(path);
  if (fact === undefined || guess === "none") return {};
  return estimate(located, fact, guess === "ends" ? knowledge?.(path, fact) : undefined);
}
