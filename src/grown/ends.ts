/**
 * Rebuilds a grown entry from its old content, the head of its old last block and its stream's end.
 * The symbols in between are known, either remembered or replayed from the old content as zlib
 * would choose them, and the head's code lengths say how many bits they take.
 *
 * Guarantees: a wrong assumption is an ArchiveError, here or when the output is verified. Bytes of
 * the package that weren't fetched are never used.
 *
 * @module
 */
import { orElse } from "../or_else.ts";
import { openPlain } from "../plain_file.ts";
import { damaged, WINDOW_SIZE } from "../deflate/inflater.ts";
import { ArchiveError } from "../errors.ts";
import { readFully } from "../fs/whole_io.ts";
import { STREAM } from "../messages/stream.ts";
import { readHead } from "./block_header.ts";
import type { KnownSymbols, LearntBlock } from "./last_block.ts";
import type { RebuildIo, RebuildTask, TailEnds, TailSource } from "./tail.ts";
import { RUN_UP, SYMBOLS_A_BLOCK, ZlibReplay } from "./replay.ts";
import { decodeEnd } from "./stream_end.ts";
import { SymbolCounts } from "./symbol_counts.ts";

/**
 * The most old content to replay per block, in bytes: in 7,000 files no block held more than 81 KB.
 */
export const MOST_BLOCK_CONTENT = 256 << 10;

/** The most new content, in bytes: beyond it, skipping the middle of the tail saves little. */
export const MOST_NEW_CONTENT = 1 << 20;

/** The most to read from an old file, in bytes. */
const MOST_READ = WINDOW_SIZE + RUN_UP + MOST_BLOCK_CONTENT;

/** The part of an old file that is kept, and the symbols of its last block up to there. */
interface Kept {
  /** Bytes kept from the start of the old file. */
  length: number;
  /** The last of them: the window that matches may reach back into. */
  window: Uint8Array;
  counts: SymbolCounts;
}

/** Decodes grown entries from both ends of their tails, one at a time, reusing its memory. */
export class EndsDecoder {
  readonly #replay = new ZlibReplay();
  readonly #buffer = new Uint8Array(MOST_READ);
  /** Reused: one per entry would leave at least 33 KB of garbage each. */
  #memory = new Uint8Array(2 * WINDOW_SIZE);

  /** Writes an entry's content. Throws ArchiveError, StoreError. */
  rebuild(task: RebuildTask, tail: TailSource & { grown: TailEnds }, io: RebuildIo): LearntBlock {
    const { grown, bit, out, dataStart } = tail;
    const first = dataStart + Math.floor(bit / 8);
    const head = readHead(io.exactly(first, grown.headBytes), bit & 7);
    const kept = grown.known === undefined
      ? this.#replayed(tail)
      : this.#remembered(tail.path, grown.known);
    const size = task.size - kept.length;
    if (size < 0) throw damaged(STREAM.shorter_than_known());
    if (size > MOST_NEW_CONTENT) throw damaged(STREAM.much_longer());
    const skipped = kept.counts.sizeInBits(head.codes);
    if (skipped === undefined) throw damaged(STREAM.other_symbols());
    const extent = {
      first: first + Math.floor((head.bit + skipped) / 8),
      restStart: grown.restStart,
    };
    const dataEnd = dataStart + task.compressedSize;
    checkExtent(task, { ...extent, dataEnd });
    const end = decodeEnd({
      ...head,
      bytes: io.exactly(extent.first, dataEnd - extent.first).slice(),
      bit: (head.bit + skipped) % 8,
      window: kept.window,
      size,
      counts: kept.counts,
      memory: this.#room(WINDOW_SIZE + size),
    });
    if (Math.ceil(end.bit / 8) !== dataEnd - extent.first) {
      throw damaged(STREAM.ends_elsewhere());
    }
    io.writeOld(kept.length);
    io.write(end.content);
    const { block, counts, settled } = end;
    return {
      block: block === undefined
        ? { bit, out }
        : { bit: (extent.first - dataStart) * 8 + block.bit, out: kept.length + block.out },
      known: { end: kept.length + settled, counts: counts.toBytes().toBase64() },
    };
  }

  #room(bytes: number): Uint8Array {
    if (bytes > this.#memory.length) this.#memory = new Uint8Array(bytes);
    return this.#memory;
  }

  /** The symbols as an earlier run recorded them. */
  #remembered(path: string, { end, counts }: KnownSymbols): Kept {
    const known = countsOf(counts);
    if (known === undefined) throw damaged(STREAM.memory_no_sense());
    const start = Math.max(0, end - WINDOW_SIZE);
    return { length: end, window: this.#read(path, start, end), counts: known };
  }

  /** The symbols that zlib would choose for the content. */
  #replayed({ path, out, grown }: TailSource & { grown: TailEnds }): Kept {
    const { level } = grown;
    if (level === undefined) throw damaged(STREAM.nothing_known());
    const start = Math.max(0, out - WINDOW_SIZE - RUN_UP);
    const content = this.#read(path, start, grown.size);
    const block = out - start;
    const found = this.#replay.count(content, {
      level,
      begins: start === 0,
      from: Math.max(0, block - RUN_UP),
      block,
    });
    if (found === undefined || found.symbols > SYMBOLS_A_BLOCK) {
      throw damaged(STREAM.not_zlibs());
    }
    const { end, counts } = found;
    const window = content.subarray(Math.max(0, end - WINDOW_SIZE), end);
    return { length: start + end, window, counts };
  }

  /**
   * Reads old content. If that fails, perhaps because the user changed the file, the entry can
   * still be fetched whole; so it is an ArchiveError.
   */
  #read(path: string, start: number, end: number): Uint8Array {
    try {
      using file = openPlain(path);
      const content = readFully(file, start, this.#buffer.subarray(0, end - start));
      const found = start + content.length;
      if (found < end) throw new Error(`it ends after ${found} of ${end} bytes`);
      return content;
    } catch (cause) {
      const message = STREAM.old_unreadable({ path });
      throw new ArchiveError("bad_data", message, { path, cause });
    }
  }
}

/** Decodes counts from base64; `undefined` if invalid. */
function countsOf(text: string): SymbolCounts | undefined {
  return orElse(() => SymbolCounts.fromBytes(Uint8Array.fromBase64(text)), undefined);
}

/** The new data must lie within the fetched bytes. */
function checkExtent(
  task: RebuildTask,
  { first, restStart, dataEnd }: { first: number; restStart: number; dataEnd: number },
): void {
  if (first >= restStart && first < dataEnd) return;
  throw new ArchiveError("bad_data", STREAM.grew_otherwise({ path: task.path }), {
    entry: task.path,
    expected: `its new data between byte ${restStart} and byte ${dataEnd}`,
    found: `new data from byte ${first} on`,
  });
}
