/**
 * The interface of all inflaters of raw deflate streams, and the errors that they share.
 *
 * @module
 */
import { ArchiveError } from "../errors.ts";
import { STREAM } from "../messages/stream.ts";

/** How far back in the content a match may reach, in bytes. */
export const WINDOW_SIZE = 32_768;

/** A position between two deflate blocks. */
export interface Boundary {
  /**
   * Compressed bytes consumed up to there; the next block starts in the last of them, or right
   * after.
   */
  consumed: number;
  /** Content bytes before it. */
  out: number;
}

/** The result of inflating a stream. Sizes are in bytes. */
export interface Inflated {
  /** Compressed bytes that belonged to the stream. */
  consumed: number;
  /** Content bytes produced. */
  produced: number;
  /** Where the last two blocks begin, the very last first; empty if not noted. */
  boundaries: Boundary[];
}

/** Inflates streams, one at a time. */
export interface Inflater {
  /**
   * Begins a stream of at most `limit` content bytes; a chunk is valid only during `write`. With
   * `length`, the stream's compressed size, boundaries are noted only near its end.
   */
  start(limit: number, write: (chunk: Uint8Array) => void, length?: number): void;
  /** Inflates the next compressed bytes; throws ArchiveError `bad_data` or `wrong_size`. */
  push(input: Uint8Array): void;
  /** Ends the stream; throws as `push` does. */
  finish(): Inflated;
}

/** The error for an invalid stream. */
export function damaged(found: string, cause?: unknown): ArchiveError {
  return new ArchiveError("bad_data", STREAM.damaged({ found }), { found, cause });
}

/** The error for a stream that exceeds its limit. */
export function tooLong(limit: number): ArchiveError {
  return new ArchiveError("wrong_size", STREAM.too_long({ limit }), {
    expected: limit,
    found: `more than ${limit}`,
  });
}
