/**
 * Extracts one entry from a package that may still be arriving: local header, content, CRC-32 and
 * size, into one new file.
 *
 * Guarantees: a file is reported as extracted only if its CRC-32 and size match the directory;
 * otherwise it is removed. It never writes more bytes than the directory states, and never uses
 * more than two buffers of memory. It doesn't flush the file or make it live.
 *
 * @module
 */
import { createInflater } from "../../deflate/inflate.ts";
import type { Inflater } from "../../deflate/inflater.ts";
import { ArchiveError } from "../../errors.ts";
import {
  findLastBlock,
  type LearntBlock,
  Rebuilder,
  type TailSource,
} from "../../grown/rebuild.ts";
import { ZIP } from "../../messages/zip.ts";
import { DataWindows } from "./data_windows.ts";
import { EntryOutput } from "./entry_output.ts";
import type { ExtractTask, PatchSource } from "./extract_messages.ts";
import { parseLocalHeader } from "../local_header.ts";
import { WindowReader } from "./window_reader.ts";

/** One buffer for reading, one for content: 1 MB holds nine of ten files of the `pro` profile. */
const BUFFER_SIZE = 1 << 20;

/** Bytes of old content per read, and the most that is put together in memory. */
const COPY_SIZE = 1 << 20;

/** A written file. */
export interface Extracted extends LearntBlock {
  /** Its handle, for its owner to flush and close; `undefined` where it is closed. */
  file: Deno.FsFile | undefined;
  mtimeMs: number;
  /** In base64url, if it was asked for. */
  sha256?: string;
  /** In base64url, if the hash was resumed from the old content's. */
  midstate?: string;
}

/**
 * The steps of an extraction: each yield asks for more of the package, and receives how much is
 * there.
 */
type EntryExtraction = Generator<void, Extracted, number>;

/** Options for {@linkcode EntryExtractor}. */
interface ExtractorOptions {
  /** The data of patches. */
  data?: Deno.FsFile;
  /** Written files of at least this many bytes stay open; default: none. */
  openFrom?: number;
  /** Whether files may share blocks with those that they are made from; default: no. */
  reflinks?: boolean;
}

/** Extracts entries one at a time, reusing its buffers. */
export class EntryExtractor {
  readonly #reader: WindowReader;
  #inflater: Inflater | undefined;
  #copyBuffer: Uint8Array | undefined;
  #rebuilder: Rebuilder | undefined;

  readonly #data: DataWindows | undefined;

  readonly #openFrom: number;
  readonly #reflinks: boolean;

  /** Reads from an open package file (the partial). */
  constructor(file: Deno.FsFile, options: ExtractorOptions = {}) {
    this.#reader = new WindowReader(file, BUFFER_SIZE);
    this.#data = options.data && new DataWindows(options.data);
    this.#openFrom = options.openFrom ?? Infinity;
    this.#reflinks = options.reflinks ?? false;
  }

  /** Begins a new batch: the package has grown, so buffered bytes are out of date. */
  forget(): void {
    this.#reader.forget();
  }

  /** Extracts a complete entry; bytes before `limit` may be read ahead. */
  extract(task: ExtractTask, limit: number): Extracted {
    const steps = this.steps(task, limit);
    const step = steps.next();
    if (step.done) return step.value;
    steps.return(undefined as never);
    throw new ArchiveError("bad_local_header", ZIP.goes_on({ path: task.path }), {
      entry: task.path,
      offset: task.headerOffset,
    });
  }

  /** Extracts an entry while it arrives; `limit` is how much of the package is there. */
  *steps(task: ExtractTask, limit: number): EntryExtraction {
    const flushed = task.size >= this.#openFrom;
    const output = new EntryOutput(task, { keepOpen: flushed, flushed, reflinks: this.#reflinks });
    try {
      const { tail, patch } = task;
      const learnt = patch !== undefined
        ? this.#assemble(patch, output)
        : tail === undefined
        ? yield* this.#whole(task, output, limit)
        : this.#rebuild(task, { tail, output, limit });
      output.verify();
      return { file: output.file, ...output.facts(), ...learnt };
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
  ): Generator<void, LearntBlock, number> {
    const reader = this.#reader;
    while (limit < Math.min(task.end, task.headerOffset + LONGEST_HEADER)) limit = yield;
    const fixed = reader.exactly(task.headerOffset, 30, limit);
    const length = 30 + (fixed[26]! | fixed[27]! << 8) + (fixed[28]! | fixed[29]! << 8);
    const header = reader.exactly(task.headerOffset, length, limit);
    const { dataStart } = parseLocalHeader(header, task.headerOffset, task);
    const dataEnd = dataStart + task.compressedSize;
    if (dataEnd > task.end) throw beyond(task, dataEnd);
    const inflater = task.method === 8
      ? this.#inflate(task.size, (chunk) => output.write(chunk), task.compressedSize)
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
    return findLastBlock(boundaries, {
      ...task,
      read: (offset, length) => reader.exactly(dataStart + offset, length, limit),
    });
  }

  /** Old content, and what the fetched part decodes to. */
  #rebuild(
    task: ExtractTask,
    { tail, output, limit }: { tail: TailSource; output: EntryOutput; limit: number },
  ): LearntBlock {
    const copyBuffer = this.#copyBuffer ??= new Uint8Array(COPY_SIZE);
    const reader = this.#reader;
    this.#rebuilder ??= new Rebuilder();
    return this.#rebuilder.rebuild(task, tail, {
      some: (offset, length) => reader.some(offset, length, limit),
      exactly: (offset, length) => reader.exactly(offset, length, limit),
      write: (chunk) => output.write(chunk),
      writeOld: (length) => output.copyFrom(tail.path, length, copyBuffer),
      inflate: (most, write) => this.#inflate(most, write),
    });
  }

  /**
   * Parts of the old content, and of a patch's data: in memory where they fit, so that the content is
   * checked first and written in one call. For 5,300 files of
   * 100 KB that saves 10,600 calls, 0.12 of 2.17 s of CPU time, and 2 MB.
   */
  #assemble({ old, segments }: PatchSource, output: EntryOutput): LearntBlock {
    const buffer = this.#copyBuffer ??= new Uint8Array(COPY_SIZE);
    const size = segments.reduce((sum, { length }) => sum + length, 0);
    const [first] = segments;
    const clones = first?.from === "old" && first.offset === 0 && output.clones(first.length);
    if (size > buffer.length || clones) return this.#stream({ old, segments }, output, buffer);
    let at = 0;
    for (const { from, offset, length } of segments) {
      const into = buffer.subarray(at, at + length);
      if (from === "old") output.readPart(old, { offset, at }, into);
      else this.#eachOfData(offset, length, (chunk, done) => into.set(chunk, done));
      at += length;
    }
    if (size > 0) output.write(buffer.subarray(0, size));
    return {};
  }

  /** The same for content that takes more memory, or begins with a clone. */
  #stream({ old, segments }: PatchSource, output: EntryOutput, buffer: Uint8Array): LearntBlock {
    for (const { from, offset, length } of segments) {
      if (from === "old") output.copyPart(old, { offset, length }, buffer);
      else this.#eachOfData(offset, length, (chunk) => output.write(chunk));
    }
    return {};
  }

  /** Calls back with each piece of a patch's data, and how much came before it. */
  #eachOfData(
    offset: number,
    length: number,
    take: (chunk: Uint8Array, done: number) => void,
  ): void {
    for (let done = 0; done < length;) {
      const chunk = this.#data!.some(offset + done, length - done);
      take(chunk, done);
      done += chunk.length;
    }
  }

  #inflate(most: number, write: (chunk: Uint8Array) => void, length = 0): Inflater {
    this.#inflater ??= createInflater(BUFFER_SIZE);
    this.#inflater.start(most, write, length);
    return this.#inflater;
  }
}

/** A local header is 30 bytes, a name and an extra field of at most 65,535 bytes each. */
const LONGEST_HEADER = 30 + 2 * 65_535;

function beyond(task: ExtractTask, dataEnd: number): ArchiveError {
  return new ArchiveError("overlap", ZIP.runs_into({ path: task.path }), {
    entry: task.path,
    expected: `an end at byte ${task.end} or before`,
    found: `an end at byte ${dataEnd}`,
  });
}

function leftOver(task: ExtractTask, consumed: number): ArchiveError {
  return new ArchiveError("bad_data", ZIP.doesnt_end({ path: task.path }), {
    entry: task.path,
    expected: `a stream of ${task.compressedSize} bytes`,
    found: `one of ${consumed} bytes`,
  });
}

/** Adds the entry's name to an archive error that doesn't know it, and where the entry begins. */
function withEntry(error: unknown, { path, headerOffset }: ExtractTask): unknown {
  if (!(error instanceof ArchiveError)) return error;
  const { message, code, evidence } = error;
  const named = evidence.entry === undefined ? ZIP.of_entry({ path, message }) : message;
  return new ArchiveError(code, named, {
    offset: headerOffset,
    ...evidence,
    entry: path,
    cause: error,
  });
}
