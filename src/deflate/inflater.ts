/**
 * What inflates raw deflate streams, whichever way, and the errors that all ways share.
 *
 * @module
 */
import { ArchiveError } from "../errors.ts";

/** A place between two deflate blocks. */
export interface Boundary {
  /** Compressed bytes consumed there; the next block starts in the last of them, or right after. */
  consumed: number;
  /** Content bytes before it. */
  out: number;
}

/** What came out of a stream. Sizes are in bytes. */
export interface Inflated {
  /** Compressed bytes that belonged to the stream. */
  consumed: number;
  /** Content bytes produced. */
  produced: number;
  /** Where the last blocks began, the very last first, two at most; empty when not learnt. */
  boundaries: Boundary[];
}

/** What inflates one stream after another. */
export interface Inflater {
  /**
   * Begins a stream of at most `limit` content bytes; a chunk is valid during `write` only. With
   * `length`, the stream's own bytes, boundaries are only looked for near its end.
   */
  start(limit: number, write: (chunk: Uint8Array) => void, length?: number): void;
  /** Takes the next compressed bytes; throws ArchiveError `bad_data` or `wrong_size`. */
  push(input: Uint8Array): void;
  /** Ends the stream; throws as `push` does. */
  finish(): Inflated;
}

/** The error for a stream that makes no sense. */
export function damaged(found: string, cause?: unknown): ArchiveError {
  return new ArchiveError("bad_data", `the deflate stream is damaged: ${found}`, { found, cause });
}

/** The error for a stream that goes on beyond its limit. */
export function tooLong(limit: number): ArchiveError {
  return new ArchiveError("wrong_size", `the content is longer than its ${limit} bytes`, {
    expected: limit,
    found: `more than ${limit}`,
  });
}
