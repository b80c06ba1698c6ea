/**
 * One range of a package before its directory is known, in as many answers as it takes.
 *
 * Guarantees: bytes that arrived before a connection broke are kept for the next attempt, unless its
 * answer has other validators. Without validators, two packages of the same length can't be told apart
 * here; the checks of the directory and of each entry do that.
 *
 * @module
 */
import type { PackageHead } from "./package_head.ts";
import { RangeSet } from "../../ranges.ts";
import { Progress } from "../retry/progress.ts";
import type { Range } from "../../types.ts";

/** The bytes of one range that have arrived, in several answers. */
export class Pieces {
  /** The range's bytes; zeros where nothing has arrived. */
  readonly bytes: Uint8Array;
  readonly #range: Range;
  #have = new RangeSet();
  #from: PackageHead | undefined;
  readonly #progress: Progress;
  #answers = 0;
  /** Whether an attempt has failed since the last answer began. */
  #broke = false;

  constructor(range: Range) {
    this.#range = range;
    this.bytes = new Uint8Array(range.end - range.start);
    this.#progress = new Progress({ have: 0, missing: this.bytes.length });
  }

  /** The first missing part. */
  get missing(): Range | undefined {
    return this.#have.missing([this.#range])[0];
  }

  /** How many bytes are there. */
  get size(): number {
    return this.#have.size;
  }

  /** How many answers have begun. */
  get answers(): number {
    return this.#answers;
  }

  /**
   * Call when an answer begins. After a failure, other validators drop the bytes so far: the package may
   * have been replaced by another of the same length.
   */
  comeFrom(head: PackageHead): void {
    const from = this.#from;
    this.#from = head;
    this.#answers++;
    if (!this.#broke || from === undefined || this.#have.size === 0) return;
    this.#broke = false;
    if (head.etag === from.etag && head.lastModified === from.lastModified) return;
    this.#have = new RangeSet();
  }

  /** Keeps bytes of an answer. */
  take(offset: number, chunk: Uint8Array): void {
    this.bytes.set(chunk, offset - this.#range.start);
    this.#have.add({ start: offset, end: offset + chunk.length });
  }

  /** Call when an attempt failed; returns whether enough has arrived to reset the count of failures. */
  progressed(error: unknown): boolean {
    this.#broke = true;
    return this.#progress.madeBefore(error, this.#have.size);
  }
}
