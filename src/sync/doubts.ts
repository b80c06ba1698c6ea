/**
 * What came out wrong so far, and what follows from it: a wrong guess is fetched whole, a damaged
 * entry again, and an entry that stays damaged is the package's fault.
 *
 * @module
 */
import { HubError } from "../errors.ts";
import type { Range } from "../types.ts";
import type { BadEntry } from "./extraction.ts";
import type { Step } from "./step.ts";

/** How much of an entry is fetched in the hope that it suffices; `none` = all of it. */
export type Guess = "ends" | "tail" | "none";

/** How often one entry may come damaged before it is the package's fault. */
const MOST_DAMAGED = 2;
/** So many wrong guesses of one kind, and more wrong than right, end the guessing of that kind. */
const MOST_WRONG_GUESSES = 8;

/** Guesses, from the boldest; what is left after one was wrong is the next. */
const LESS: Readonly<Record<Guess, Guess>> = { ends: "tail", tail: "none", none: "none" };

/** What a round of downloading ended with: done, a better plan is possible, or look again, and why. */
export type Verdict = "done" | "plan_again" | HubError;

/** What is doubted of a package. */
export class Doubts {
  readonly #left = new Map<string, Guess>();
  readonly #damaged = new Map<string, number>();
  readonly #wrong = { ends: 0, tail: 0, none: 0 };
  readonly #right = { ends: 0, tail: 0, none: 0 };
  #most: Guess = "ends";

  /** How far guessing may go with an entry. */
  guessFor(path: string): Guess {
    return lesser(this.#left.get(path) ?? "ends", this.#most);
  }

  /** A guess was right. */
  guessedRight(step: Step): void {
    this.#right[guessOf(step)]++;
  }

  /** A guess was wrong; says whether such guesses have proved to be of no use here. */
  guessedWrong(step: Step): boolean {
    const guess = guessOf(step);
    const wrong = ++this.#wrong[guess];
    const useless = wrong >= MOST_WRONG_GUESSES && wrong > this.#right[guess];
    if (useless) this.#most = lesser(this.#most, LESS[guess]);
    return useless;
  }

  /** Judges a round's bad entries; `forget` drops bytes. Throws the error of an incurable one. */
  judge(bad: readonly BadEntry[], forget: (range: Range) => void): Verdict {
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
    return new HubError("changed", damaged.error.message, { cause: damaged.error });
  }

  /** There is a new package: what was wrong with the old one says nothing about it. */
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
