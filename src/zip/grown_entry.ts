/**
 * Makes a grown entry out of its old content, its old last block's header and its stream's end:
 * what lies between them follows from the old content, by the way zlib works.
 *
 * Guarantees: what isn't so is an ArchiveError, here or when the output is verified. Bytes of the
 * package that weren't fetched are never used.
 *
 * @module
 */
import { findKnownPart } from "../deflate/known_part.ts";
import { decodeEnd } from "../deflate/stream_end.ts";
import { WINDOW_SIZE } from "../deflate/symbols.ts";
import { ZlibReplay } from "../deflate/zlib_replay.ts";
import { ArchiveError } from "../errors.ts";
import type { EntryOutput } from "./entry_output.ts";
import type { ExtractTask, GrownSource, TailSource } from "./extract_messages.ts";
import type { WindowReader } from "./window_reader.ts";

/**
 * Matching begins this far before the block: after some symbols it goes the way it went when the
 * content before the block was packed. Of 300 files all did within 2 KB.
 */
const RUN_UP = 2048;

/** A block with more old content than this isn't taken on: nine of ten hold less than 120 KB. */
export const MOST_BLOCK_CONTENT = 256 << 10;

/** Content that is read of an old file at most. */
const MOST_READ = WINDOW_SIZE + RUN_UP + MOST_BLOCK_CONTENT;

/** Makes grown entries, one after another, in the same memory. */
export class GrownEntries {
  readonly #replay = new ZlibReplay();
  readonly #buffer = new Uint8Array(MOST_READ);

  /** Writes an entry's content; gives the last block's start. Throws ArchiveError, StoreError. */
  write(
    task: ExtractTask,
    tail: TailSource & { grown: GrownSource },
    to: { output: EntryOutput; reader: WindowReader; limit: number; copyBuffer: Uint8Array },
  ): { bit: number; out: number } {
    const { output, reader, limit, copyBuffer } = to;
    const { grown, bit, out, dataStart } = tail;
    const start = Math.max(0, out - WINDOW_SIZE - RUN_UP);
    const content = readOld(tail.path, { start, end: grown.size, buffer: this.#buffer });
    const begins = start === 0;
    const block = out - start;
    const from = begins ? Math.max(0, block - RUN_UP) : WINDOW_SIZE;
    const skipped = Math.floor(bit / 8);
    const header = reader.exactly(dataStart + skipped, grown.headerBytes, limit);
    const known = findKnownPart({
      content,
      replay: { level: grown.level, begins, from, block },
      header,
      bit: bit & 7,
    }, this.#replay);
    const unknown = dataStart + skipped + Math.floor(known.bit / 8);
    const dataEnd = dataStart + task.compressedSize;
    if (unknown < grown.restStart || unknown >= dataEnd) {
      throw new ArchiveError("bad_data", `entry ${task.path} grew in another way`, {
        expected: `its new data between byte ${grown.restStart} and byte ${dataEnd}`,
        found: `new data from byte ${unknown} on`,
      });
    }
    const kept = start + known.kept;
    const end = decodeEnd({
      bytes: reader.exactly(unknown, dataEnd - unknown, limit).slice(),
      bit: known.bit & 7,
      codes: known.codes,
      last: known.last,
      window: content.slice(Math.max(0, known.kept - WINDOW_SIZE), known.kept),
      size: task.size - kept,
    });
    if (Math.ceil(end.bit / 8) !== dataEnd - unknown) {
      throw new ArchiveError("bad_data", `entry ${task.path} doesn't end where its data does`);
    }
    output.copyFrom(tail.path, kept, copyBuffer);
    output.write(end.content);
    if (end.block === undefined) return { bit, out };
    return { bit: (unknown - dataStart) * 8 + end.block.bit, out: kept + end.block.out };
  }
}

/** Old content; that it can't be read may be the user's doing, and the entry can be fetched whole. */
function readOld(
  path: string,
  { start, end, buffer }: { start: number; end: number; buffer: Uint8Array },
): Uint8Array {
  try {
    using file = Deno.openSync(path);
    file.seekSync(start, Deno.SeekMode.Start);
    const content = buffer.subarray(0, end - start);
    let filled = 0;
    while (filled < content.length) {
      const count = file.readSync(content.subarray(filled));
      if (count === null) throw new Error(`it ends after ${start + filled} of ${end} bytes`);
      filled += count;
    }
    return content;
  } catch (cause) {
    throw new ArchiveError("bad_data", `the old content of ${path} can't be read`, { path, cause });
  }
}
