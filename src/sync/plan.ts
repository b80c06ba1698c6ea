/**
 * The plan: which entries of a package are kept, which are fetched by their tail, which whole, and
 * which bytes that takes. Pure: it sees facts, and touches neither disk nor network.
 *
 * Guarantees: an entry is kept only when the facts say that its CRC-32 and size are on the disk. A
 * tail is a guess that extraction proves or refutes; the plan only says where it would pay.
 *
 * @module
 */
import type { Entry, Range } from "../types.ts";
import { type Guess, guessEnds, guessTail, isWorthIt, type Knowledge } from "./guess.ts";
import type { DiskFact, Located, Step } from "./step.ts";
import { cheapest, type Circumstances } from "./strategy.ts";

/** What the plan is made from. */
export interface PlanInput extends Circumstances {
  /** What is on the disk at an entry's path. */
  onDisk: (path: string) => DiskFact | undefined;
  /** Whether an entry is in staging, verified. */
  isStaged: (entry: Entry) => boolean;
  /** How far guessing may go with an entry. */
  guessFor: (path: string) => Guess;
  /** What is known of the last block of an entry that a file holds. */
  knowledge?: ((path: string, fact: DiskFact) => Knowledge | undefined) | undefined;
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
    if (fact !== undefined && fact.crc === entry.crc && fact.size === entry.size) {
      kept.push(entry);
      continue;
    }
    if (input.isStaged(entry)) {
      staged.push(entry);
      continue;
    }
    const step = { entry, end, needs: { start: entry.headerOffset, end } };
    const guess = guessFor(input, located, fact);
    whole.push(step);
    tails.push(guess.tail ?? step);
    ends.push(guess.ends ?? guess.tail ?? step);
  }
  const { steps, ranges, bytes, requests, many, ms, name } = cheapest(input, {
    whole,
    tails,
    ends,
  });
  const countsOnManyRanges = many && requests > 0;
  return { kept, staged, steps, ranges, bytes, requests, countsOnManyRanges, ms, strategy: name };
}

/** How little of an entry might do. */
function guessFor(
  { guessFor, knowledge }: PlanInput,
  located: Located,
  fact: DiskFact | undefined,
): { tail?: Step | undefined; ends?: Step | undefined } {
  const guess = fact === undefined ? "none" : guessFor(located.entry.path);
  if (fact === undefined || guess === "none") return {};
  const tail = guessTail(located, fact);
  if (tail === undefined) return {};
  const known = guess === "ends" ? knowledge?.(located.entry.path, fact) : undefined;
  return {
    tail: isWorthIt(tail) ? tail : undefined,
    ends: known && guessEnds(tail, fact, known),
  };
}
