/**
 * Judges whether to request more from a server that sends less than was requested.
 *
 * Guarantees: pure counting. A server that ends each answer after a byte gets a bounded number of
 * requests; from one that sends some KB each time, everything is fetched.
 *
 * @module
 */
import { HubError } from "../../errors.ts";

/** Enough progress to reset the count of failures: this many bytes, or this share of what was missing. */
const LEAST_PROGRESS = { bytes: 64 << 10, part: 1 / 16 } as const;

/** This many answers may be short, however little they bring. */
const FREE_ANSWERS = 250;
/** The least average of further ones, in bytes: below it, the headers cost more than the content. */
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

/** Counts consecutive answers that were shorter than requested. */
export class ShortAnswers {
  #count = 0;
  #bytes = 0;

  /** Counts an answer and its bytes; returns whether there were too many answers for those bytes. */
  tooMany(bytes: number): boolean {
    this.#count++;
    this.#bytes += bytes;
    return this.#count > FREE_ANSWERS && this.#bytes < this.#count * LEAST_BYTES;
  }
}
