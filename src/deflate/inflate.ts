/**
 * Inflates raw deflate streams at full speed, in bounded memory, and notes where blocks begin.
 *
 * Deno's public one-shot call allocates new output for each entry (260 MB and 286–451 MB/s); the
 * zlib handle underneath `createInflateRaw` writes into one reused buffer (72 MB, 495 MB/s), and
 * stops at block boundaries with `Z_BLOCK`. The handle is internal to the runtime, so it is used
 * only if {@linkcode handleWorks} finds that it behaves; otherwise the public call does the same
 * work, without noting boundaries.
 *
 * Guarantees: never more output than the stream's limit; every failure is an ArchiveError. It
 * doesn't check any CRC: the caller sees every byte and does.
 *
 * @module
 */
import { HandleInflater, handleWorks } from "./handle_inflater.ts";
import type { Inflater } from "./inflater.ts";
import { PublicInflater } from "./public_inflater.ts";

/**
 * Creates an inflater: over the handle if that works, otherwise over the public call. `bufferSize`
 * is the output buffer's size in bytes; content up to it is written in one call.
 */
export function createInflater(bufferSize: number, options: { handle?: boolean } = {}): Inflater {
  const usable = (options.handle ?? true) && handleWorks();
  return usable ? new HandleInflater(bufferSize) : new PublicInflater();
}
