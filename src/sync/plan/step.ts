/**
 * A step gets one entry: by which part of it, and, once that has failed, by which next. After a wrong
 * guess more of the entry is fetched, a damaged entry is fetched again, and one that stays damaged is
 * the package's fault.
 *
 * @module
 */
import { ArchiveError, HubError } from "../../errors.ts";
import type { Part } from "../../grown/estimate.ts";
import type { Segment } from "../../patch/compose.ts";
import type { Entry, Range } from "../../types.ts";

/** One entry to fetch and extract: all of it, or with `tail` the part that may suffice. */
export interface Step extends Omit<Part, "tail"> {
  entry: Entry;
  end: number;
  tail?: Part["tail"];
  /** Set if a patch says how to build its content: nothing of the package is needed. */
  segments?: Segment[];
  /** The path of the old content that they copy from, where the file was renamed. */
  source?: string;
}

/** All ranges that steps need, in the package's order. */
export function needsOf(steps: readonly Step[]): Range[] {
  return steps.flatMap(({ needs, needsBefore }) => needsBefore ? [needsBefore, needs] : [needs]);
}

/** The size of what steps make, in bytes. */
export function contentOf(steps: readonly Step[]): number {
  return steps.reduce((sum, { entry }) => sum + entry.size, 0);
}

/** An entry that failed verification. */
export interface BadEntry {
  step: Step;
  error: Error;
}

/** The part of an entry that may suffice; `none` = no guess, fetch all of it. */
export type Guess = "ends" | "tail" | "none";

/** How often an entry may arrive damaged before the package is to blame. */
const MOST_DAMAGED = 2;
/**
 * After this many wrong guesses of a kind, if more were wrong than right, that kind is no longer
 * used.
 */
const MOST_WRONG_GUESSES = 8;

/** The next guess after a wrong one. */
const LESS: Readonly<Record<Guess, Guess>> = { ends: "tail", tail: "none", none: "none" };

/**
 * The result of a download round: done, a better plan is possible, or look again (with the reason).
 */
export type RoundResult = "done" | "plan_again" | HubError;

/** The failed attempts at a package's entries. */
export class Attempts {
  readonly #left = new Map<string, Guess>();
  readonly #damaged = new Map<string, number>();
  readonly #wrong = { ends: 0, tail: 0, none: 0 };
  readonly #right = { ends: 0, tail: 0, none: 0 };
  #most: Guess = "ends";

  /** The boldest guess still allowed for an entry. */
  guessFor(path: string): Guess {
    return lesser(this.#left.get(path) ?? "ends", this.#most);
  }

  /** Records a right guess. */
  guessedRight(step: Step): void {
    this.#right[guessOf(step)]++;
  }

  /** Records a wrong guess; returns whether guesses of this kind have proved useless here. */
  guessedWrong(step: Step): boolean {
    const guess = guessOf(step);
    const wrong = ++this.#wrong[guess];
    const useless = wrong >= MOST_WRONG_GUESSES && wrong > this.#right[guess];
    if (useless) this.#most = lesser(this.#most, LESS[guess]);
    return useless;
  }

  /**
   * Judges a round's bad entries; `forget` drops bytes. Throws the error of an entry that stays
   * damaged.
   */
  judge(bad: readonly BadEntry[], forget: (range: Range) => void): RoundResult {
    let damaged: BadEntry | undefined;
    for (const one of bad) {
      const { entry, needs } = one.step;
      const guess = guessOf(one.step);
      if (guess !== "none") {
        this.#left.set(entry.path, LESS[guess]);
        continue;
      }
      forget(needs);
      const times = (this.#damaged.get(entry.path) ?? 0) + 1;
      this.#damaged.set(entry.path, times);
      damaged ??= one;
      if (times > MOST_DAMAGED) throw one.error;
    }
    if (damaged === undefined) return bad.length === 0 ? "done" : "plan_again";
    const { error } = damaged;
    const hint = error instanceof ArchiveError ? error.hint : undefined;
    return new HubError("changed", error.message, { cause: error, ...(hint && { hint }) });
  }

  /** Forgets damage: it says nothing about a new package. */
  newPackage(): void {
    this.#damaged.clear();
  }
}

function lesser(one: Guess, other: Guess): Guess {
  const boldness: Guess[] = ["none", "tail", "ends"];
  return boldness.indexOf(one) < boldness.indexOf(other) ? one : other;
}

function guessOf({ tail }: Step): Guess {
  return tail === undefined ? "none" : tail.grown === undefined ? "tail" : "ends";
}
