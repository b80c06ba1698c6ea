/**
 * Inflates raw deflate streams at full speed, in bounded memory, and notes where blocks began.
 *
 * Deno's public one-shot call allocates its output anew for each entry (260 MB and 286–451 MB/s);
 * the zlib handle underneath `createInflateRaw` writes into one buffer that is used again and again
 * (72 MB, 495 MB/s), and stops at block boundaries when asked with `Z_BLOCK`. The handle is an
 * internal of the runtime, so it is used only where {@linkcode handleWorks} finds that it behaves;
 * elsewhere the public call does the same work, and no boundary is learnt.
 *
 * Guarantees: never more output than the stream's limit; every failure is an ArchiveError. Doesn't
 * check any CRC: its caller sees every byte and does.
 *
 * @module
 */
import { HandleInflater, handleWorks } from "./handle_inflater.ts";
import type { Inflater } from "./inflater.ts";
import { PublicInflater } from "./public_inflater.ts";

/**
 * The inflater to use: over the handle where that works, else over the public call.
 * `bufferSize` is the output buffer's size in bytes; content up to it is written in one call.
 */
export function createInflater(bufferSize: number, options: { handle?: boolean } = {}): Inflater {
  const usable = (options.handle ?? true) && handleWorks();
  return usable ? new HandleInflater(bufferSize) : new PublicInflater();
}
