/**
 * What came out wrong so far, and what follows from it: a wrong guess is fetched whole, a damaged
 * entry again, and an entry that stays damaged is the package's fault.
 *
 * @module
 */
import { HubError } from "../errors.ts";
import type { Range } from "../types.ts";
import type { BadEntry } from "./extraction.ts";

/** How often one entry may come damaged before it is the package's fault. */
const MOST_DAMAGED = 2;
/** So many wrong guesses, and more wrong than right, end the guessing. */
const MOST_WRONG_GUESSES = 8;

/** What a round of downloading ended with: done, a better plan is possible, or look again, and why. */
export type Verdict = "done" | "plan_again" | HubError;

/** What is doubted of a package. */
export class Doubts {
  readonly #notGuessed = new Set<string>();
  readonly #damaged = new Map<string, number>();
  #guessing = true;
  #wrong = 0;
  #right = 0;

  /** Whether an entry's tail may be guessed. */
  mayGuess(path: string): boolean {
    return this.#guessing && !this.#notGuessed.has(path);
  }

  /** A guess was right. */
  guessedRight(): void {
    this.#right++;
  }

  /** A guess was wrong; says whether guessing has proved to be of no use here. */
  guessedWrong(): boolean {
    this.#wrong++;
    if (this.#wrong >= MOST_WRONG_GUESSES && this.#wrong > this.#right) this.#guessing = false;
    return !this.#guessing;
  }

  /** Judges a round's bad entries; `forget` drops bytes. Throws the error of an incurable one. */
  judge(bad: readonly BadEntry[], forget: (range: Range) => void): Verdict {
    let damaged: BadEntry | undefined;
    for (const one of bad) {
      const { entry, tail, needs } = one.step;
      if (tail !== undefined) {
        this.#notGuessed.add(entry.path);
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
