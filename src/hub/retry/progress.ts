/**
 * Judges whether a server that gives less than was asked for is worth asking again.
 *
 * Guarantees: pure counting. A server that ends each answer after a byte, or answers with a byte at a
 * time, is asked a bounded number of times; one that brings some KB each time is read to its end.
 *
 * @module
 */
import { HubError } from "../../errors.ts";

/** Enough for failures to be counted from 0 again: this many bytes, or this part of what was missing. */
const LEAST_PROGRESS = { bytes: 64 << 10, part: 1 / 16 } as const;

/** Answers that may bring less than was asked for, whatever they bring. */
const FREE_ANSWERS = 250;
/** What more of them have to bring on average: less costs more in heads of requests and answers. */
const LEAST_BYTES = 4 << 10;

/** The progress of one download over failed attempts. */
export class Progress {
  readonly #least: number;
  #counted: number;

  /** `have` bytes are there, `missing` are to come. */
  constructor({ have, missing }: { have: number; missing: number }) {
    this.#least = Math.min(LEAST_PROGRESS.bytes, missing * LEAST_PROGRESS.part);
    this.#counted = have;
  }

  /**
   * Whether enough has come, when an attempt failed, since this was last so; `have` is what is there.
   * What drips is no progress.
   */
  madeBefore(error: unknown, have: number): boolean {
    const dripped = error instanceof HubError && error.code === "too_slow";
    if (dripped || have - this.#counted < this.#least) return false;
    this.#counted = have;
    return true;
  }
}

/** Answers in order that brought less than was asked for. */
export class ShortAnswers {
  #count = 0;
  #bytes = 0;

  /** Counts an answer and its bytes; returns whether there are now too many for what they brought. */
  tooMany(bytes: number): boolean {
    this.#count++;
    this.#bytes += bytes;
    return this.#count > FREE_ANSWERS && this.#bytes < this.#count * LEAST_BYTES;
  }
}
