/**
 * Rebuilds a grown entry from its old content and what was fetched: its stream's tail, or the
 * tail's two ends. The worker's entry point into this folder.
 *
 * Guarantees: a mismatch is an ArchiveError, here or when the output is verified. Bytes of the
 * package that weren't fetched are never used.
 *
 * @module
 */
import { damaged } from "../deflate/inflater.ts";
import { STREAM } from "../messages/stream.ts";
import { EndsDecoder } from "./ends.ts";
import { findLastBlock, type LearntBlock } from "./last_block.ts";
import type { RebuildIo, RebuildTask, TailSource } from "./tail.ts";
import { bridgeTo } from "./tail_bridge.ts";

export { findLastBlock, type LearntBlock } from "./last_block.ts";
export type { TailSource } from "./tail.ts";

/** Rebuilds entries, one at a time, reusing its memory. */
export class Rebuilder {
  #ends: EndsDecoder | undefined;

  /** Writes an entry's content. Throws ArchiveError, StoreError. */
  rebuild(task: RebuildTask, tail: TailSource, io: RebuildIo): LearntBlock {
    if (tail.grown === undefined) return fromTail(task, tail, io);
    this.#ends ??= new EndsDecoder();
    return this.#ends.rebuild(task, { ...tail, grown: tail.grown }, io);
  }
}

/** Old content up to the block, then what the fetched tail decodes to. */
function fromTail(task: RebuildTask, tail: TailSource, io: RebuildIo): LearntBlock {
  const window = io.writeOld(tail.out);
  const { dataStart, bit } = tail;
  const dataEnd = dataStart + task.compressedSize;
  const skipped = Math.floor(bit / 8); // no `>> 3`: 256 MB are 2^31 bits
  const first = dataStart + skipped;
  const bridge = bridgeTo(window, { bit: bit & 7, firstByte: io.exactly(first, 1)[0]! });
  let skip = window.length; // the window comes out again before the tail does
  const inflater = io.inflate(window.length + task.size - tail.out, (chunk) => {
    const again = Math.min(skip, chunk.length);
    skip -= again;
    io.write(chunk.subarray(again));
  });
  inflater.push(bridge);
  for (let at = first + 1; at < dataEnd;) {
    const chunk = io.some(at, dataEnd - at);
    at += chunk.length;
    inflater.push(chunk);
  }
  const { consumed, boundaries } = inflater.finish();
  const shift = skipped + 1 - bridge.length;
  if (consumed + shift !== task.compressedSize) throw damaged(STREAM.ends_elsewhere());
  const inTail = boundaries
    .filter(({ out }) => out > window.length)
    .map(({ consumed, out }) => ({
      consumed: consumed + shift,
      out: out - window.length + tail.out,
    }));
  return findLastBlock(inTail, {
    compressedSize: task.compressedSize,
    size: task.size,
    earlier: { bit, out: tail.out },
    read: (offset, length) => io.exactly(dataStart + offset, length),
  });
}
