/**
 * One range of a package before its directory is known, in as many answers as it takes.
 *
 * Guarantees: what arrived before a connection broke is kept for the next attempt, unless the answer
 * then has other validators. Without validators two packages of one length can't be told apart
 * here; the checks of the directory and of each entry do that.
 *
 * @module
 */
import { HubError } from "../../errors.ts";
import type { PackageHead } from "./package_head.ts";
import { RangeSet } from "../../ranges.ts";
import type { Range } from "../../types.ts";

/** What arrived of one range, in several answers. */
export class Pieces {
  /** The range's bytes; zeros where nothing has arrived. */
  readonly bytes: Uint8Array;
  readonly #range: Range;
  #have = new RangeSet();
  #from: PackageHead | undefined;
  /** Bytes there when an attempt last failed. */
  #failedAt = 0;
  /** Whether an attempt has failed since the last answer began. */
  #broke = false;

  constructor(range: Range) {
    this.#range = range;
    this.bytes = new Uint8Array(range.end - range.start);
  }

  /** The first part that isn't there yet. */
  get missing(): Range | undefined {
    return this.#have.missing([this.#range])[0];
  }

  /** Bytes there. */
  get size(): number {
    return this.#have.size;
  }

  /**
   * An answer begins. After a failure its validators have to be the earlier ones: the package may
   * have been replaced meanwhile by another of the same length. What was there goes then.
   */
  comeFrom(head: PackageHead): void {
    const from = this.#from;
    this.#from = head;
    if (!this.#broke || from === undefined || this.#have.size === 0) return;
    this.#broke = false;
    if (head.etag === from.etag && head.lastModified === from.lastModified) return;
    this.#have = new RangeSet();
  }

  /** Keeps what an answer brought. */
  take(offset: number, chunk: Uint8Array): void {
    this.bytes.set(chunk, offset - this.#range.start);
    this.#have.add({ start: offset, end: offset + chunk.length });
  }

  /** Whether an attempt that failed brought something; what drips doesn't count. */
  progressed(error: unknown): boolean {
    const dripped = error instanceof HubError && error.code === "too_slow";
    const progressed = this.#have.size > this.#failedAt && !dripped;
    this.#failedAt = this.#have.size;
    this.#broke = true;
    return progressed;
  }
}
