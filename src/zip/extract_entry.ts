/**
 * Extracts one entry from a package that may still be arriving: local header, content, CRC-32 and
 * size, into one new file.
 *
 * Guarantees: a file is reported as extracted only when its CRC-32 and size are the directory's;
 * otherwise it is removed again. Never more bytes than the directory said are written, and never
 * more than two buffers of memory used. Doesn't flush the file, and doesn't make it live.
 *
 * @module
 */
import { ArchiveError } from "../errors.ts";
import { BLOCK_HEADER_BYTES } from "../deflate/block_header.ts";
import { findBlockStart } from "../deflate/block_start.ts";
import type { ExtractTask, GrownSource, KnownSymbols, TailSource } from "./extract_messages.ts";
import { createInflater } from "../deflate/inflate.ts";
import type { Boundary, Inflater } from "../deflate/inflater.ts";
import { LOOK_AHEAD } from "../deflate/zlib_replay.ts";
import { EntryOutput } from "./entry_output.ts";
import { GrownEntries } from "./grown_entry.ts";
import { parseLocalHeader } from "./local_header.ts";
import { bridgeTo } from "../deflate/tail_bridge.ts";
import { WindowReader } from "./window_reader.ts";

/** One buffer for reading, one for content: 1 MB holds nine of ten files of the `pro` profile. */
const BUFFER_SIZE = 1 << 20;

/** Old content is read in pieces of this size. */
const COPY_SIZE = 512 << 10;

/** A written file, still open so that its owner can flush it. */
export interface Extracted {
  file: Deno.FsFile;
  mtimeMs: number;
  /** The bit at which the last deflate block begins, and the content before it, when known. */
  block?: { bit: number; out: number };
  /** That block's symbols, when they are known. */
  known?: KnownSymbols;
}

/** What was learnt of an entry's last block. */
type Learnt = Pick<Extracted, "block" | "known">;

/** Steps of an extraction: each yield asks for more of the package, and gets how far it is there. */
export type Extraction = Generator<void, Extracted, number>;

/** Extracts entries one after another through the same buffers. */
export class EntryExtractor {
  readonly #reader: WindowReader;
  #inflater: Inflater | undefined;
  #copyBuffer: Uint8Array | undefined;
  #grown: GrownEntries | undefined;

  /** Reads from an open package file (the partial). */
  constructor(file: Deno.FsFile) {
    this.#reader = new WindowReader(file, BUFFER_SIZE);
  }

  /** Begins a new batch: the package has grown since, so nothing remembered of it holds. */
  forget(): void {
    this.#reader.forget();
  }

  /** Extracts an entry that is all there; bytes before `limit` may be read ahead. */
  extract(task: ExtractTask, limit: number): Extracted {
    const steps = this.steps(task, limit);
    const step = steps.next();
    if (step.done) return step.value;
    steps.return(undefined as never);
    throw new ArchiveError("bad_local_header", `entry ${task.path} goes on past its place`, {
      entry: task.path,
      offset: task.headerOffset,
    });
  }

  /** Extracts an entry while it arrives; `limit` is up to where the package is there. */
  *steps(task: ExtractTask, limit: number): Extraction {
    const output = new EntryOutput(task);
    try {
      const { tail } = task;
      const learnt = tail === undefined
        ? yield* this.#whole(task, output, limit)
        : tail.grown === undefined
        ? this.#tail(task, { ...tail, limit }, output)
        : this.#ends(task, { ...tail, grown: tail.grown, limit }, output);
      output.verify();
      return { file: output.file, mtimeMs: output.mtimeMs(), ...learnt };
    } catch (error) {
      throw withEntry(error, task);
    } finally {
      output.leave();
    }
  }

  *#whole(
    task: ExtractTask,
    output: EntryOutput,
    limit: number,
  ): Generator<void, Learnt, number> {
    const reader = this.#reader;
    while (limit < Math.min(task.end, task.headerOffset + LONGEST_HEADER)) limit = yield;
    const fixed = reader.exactly(task.headerOffset, 30, limit);
    const length = 30 + (fixed[26]! | fixed[27]! << 8) + (fixed[28]! | fixed[29]! << 8);
    const header = reader.exactly(task.headerOffset, length, limit);
    const { dataStart } = parseLocalHeader(header, task.headerOffset, task);
    const dataEnd = dataStart + task.compressedSize;
    if (dataEnd > task.end) throw beyond(task, dataEnd);
    const inflater = task.method === 8
      ? this.#startInflater(task.size, output, task.compressedSize)
      : undefined;
    for (let at = dataStart; at < dataEnd;) {
      while (limit <= at) limit = yield;
      const chunk = reader.some(at, dataEnd - at, limit);
      at += chunk.length;
      if (inflater) inflater.push(chunk);
      else output.write(chunk);
    }
    if (inflater === undefined) return {};
    const { consumed, boundaries } = inflater.finish();
    if (consumed !== task.compressedSize) throw leftOver(task, consumed);
    return this.#lastBlock(boundaries, { dataStart, dataEnd, limit, size: task.size });
  }

  /** Old content up to the block, then what the fetched tail decodes to. */
  #tail(
    task: ExtractTask,
    tail: TailSource & { limit: number },
    output: EntryOutput,
  ): Learnt {
    this.#copyBuffer ??= new Uint8Array(COPY_SIZE);
    const window = output.copyFrom(tail.path, tail.out, this.#copyBuffer);
    const { dataStart, bit, limit } = tail;
    const dataEnd = dataStart + task.compressedSize;
    const skipped = Math.floor(bit / 8); // no `>> 3`: 256 MB are 2^31 bits
    const first = dataStart + skipped;
    const firstByte = this.#reader.exactly(first, 1, limit)[0]!;
    const bridge = bridgeTo(window, { bit: bit & 7, firstByte });
    let skip = window.length; // the window comes out again before the tail does
    const inflater = this.#startInflater(window.length + task.size - tail.out, {
      write: (chunk) => {
        const again = Math.min(skip, chunk.length);
        skip -= again;
        output.write(chunk.subarray(again));
      },
    });
    inflater.push(bridge);
    for (let at = first + 1; at < dataEnd;) {
      const chunk = this.#reader.some(at, dataEnd - at, limit);
      at += chunk.length;
      inflater.push(chunk);
    }
    const { consumed, boundaries } = inflater.finish();
    const shift = skipped + 1 - bridge.length;
    if (consumed + shift !== task.compressedSize) throw leftOver(task, consumed + shift);
    const inTail = boundaries
      .filter(({ out }) => out > window.length)
      .map(({ consumed, out }) => ({
        consumed: consumed + shift,
        out: out - window.length + tail.out,
      }));
    const place = { dataStart, dataEnd, limit, size: task.size };
    return this.#lastBlock(inTail, { ...place, earlier: { bit, out: tail.out } });
  }

  /** Old content up to what is new, which is decoded from the stream's end. */
  #ends(
    task: ExtractTask,
    tail: TailSource & { grown: GrownSource; limit: number },
    output: EntryOutput,
  ): Learnt {
    this.#copyBuffer ??= new Uint8Array(COPY_SIZE);
    this.#grown ??= new GrownEntries();
    const { limit } = tail;
    const reader = this.#reader;
    return this.#grown.write(task, tail, { output, reader, limit, copyBuffer: this.#copyBuffer });
  }

  #startInflater(
    limit: number,
    output: { write(chunk: Uint8Array): void },
    length = 0,
  ): Inflater {
    this.#inflater ??= createInflater(BUFFER_SIZE);
    this.#inflater.start(limit, (chunk) => output.write(chunk), length);
    return this.#inflater;
  }

  /**
   * The exact start of the last block, or of the one before where that can't be told, or where a
   * longer stream may have its boundary elsewhere.
   */
  #lastBlock(
    boundaries: Boundary[],
    place: {
      dataStart: number;
      dataEnd: number;
      limit: number;
      size: number;
      earlier?: Extracted["block"];
    },
  ): Learnt {
    for (const [index, { consumed, out }] of boundaries.entries()) {
      if (consumed === 0) return { block: { bit: 0, out } };
      const hasEarlier = index + 1 < boundaries.length || place.earlier !== undefined;
      if (hasEarlier && out > place.size - LOOK_AHEAD) continue;
      const from = place.dataStart + consumed - 1;
      const length = Math.min(BLOCK_HEADER_BYTES, place.dataEnd - from);
      const bytes = this.#reader.exactly(from, length, place.limit);
      const bit = findBlockStart(bytes, { consumed, last: index === 0 });
      if (bit !== undefined) return { block: { bit, out } };
    }
    return place.earlier === undefined ? {} : { block: place.earlier };
  }
}

/** A local header is 30 bytes, a name and an extra field of at most 65,535 bytes each. */
const LONGEST_HEADER = 30 + 2 * 65_535;

function beyond(task: ExtractTask, dataEnd: number): ArchiveError {
  return new ArchiveError("overlap", `entry ${task.path} runs into what follows it`, {
    expected: `an end at byte ${task.end} or before`,
    found: `an end at byte ${dataEnd}`,
  });
}

function leftOver(task: ExtractTask, consumed: number): ArchiveError {
  return new ArchiveError("bad_data", `entry ${task.path} doesn't end where its data does`, {
    expected: `a stream of ${task.compressedSize} bytes`,
    found: `one of ${consumed} bytes`,
  });
}

/** Adds to an archive error which entry it is about. */
function withEntry(error: unknown, task: ExtractTask): unknown {
  if (!(error instanceof ArchiveError) || error.evidence.entry !== undefined) return error;
  const { message, code, evidence } = error;
  const named = message.includes(task.path) ? message : `entry ${task.path}: ${message}`;
  return new ArchiveError(code, named, {
    offset: task.headerOffset,
    ...evidence,
    entry: task.path,
    cause: error,
  });
}
