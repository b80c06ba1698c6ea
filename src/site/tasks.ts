/**
 * The CPU-bound tasks of a site's packages and patches, which any thread can do: deflating files,
 * comparing entries, compressing a patch's blocks.
 *
 * Guarantees: a task has the same result on every thread. Bulk bytes are in one buffer per task, which
 * comes back with the result to be reused. Synchronous.
 *
 * @module
 */
import { openPlain } from "../plain_file.ts";
import { Buffer } from "node:buffer";
import { crc32 } from "node:zlib";
import { Appendable } from "../deflate/appendable.ts";
import { Deflater } from "../deflate/deflater.ts";
import { ArchiveError } from "../errors.ts";
import { readSource } from "../fs/source_file.ts";
import { packBlock } from "../patch/block.ts";
import { difference } from "../patch/difference.ts";
import type { Piece } from "../patch/recipe.ts";
import { digestOf } from "../trust/resumable_hash.ts";
import type { Hashed } from "../trust/sha256.ts";
import { EntryReader, type PackedEntry } from "../zip/read/entry_reader.ts";
import { describe, type Failure } from "../zip/extract/failure.ts";

/** A file to deflate, and the entry of that name in the previous package. */
export interface SourceFile {
  path: string;
  /** The file's content as it was last packed. */
  hashed?: Hashed | undefined;
  before?: PackedEntry;
  /** Which file was found, as `walk.ts` says it. */
  found?: string;
}

/** A deflated file. Sizes and offsets are in bytes, offsets in the task's buffer. */
export interface DeflatedFile {
  size: number;
  crc: number;
  /** SHA-256 of the content, in base64url. */
  sha256: string;
  /** The midstate of that, in base64url. */
  midstate: string;
  /** Where the packed data lies. */
  at: number;
  compressedSize: number;
  packedCrc: number;
  /** Whether the packed data is the previous package's. */
  reused: boolean;
  /** Whether the previous package's entry claims this content and doesn't hold it. */
  rotten: boolean;
  /** Where the rest lies, if the content begins with all of the old one. */
  grown?: { from: number; at: number; length: number };
}

/** How an entry differs. */
export interface ComparedEntry {
  pieces: Piece[];
  /** Where the inserted bytes lie in the task's buffer. */
  at: number;
  length: number;
}

/** A task, with the buffer that it may use. */
export type Task =
  & { buffer: ArrayBuffer }
  & (
    | { kind: "deflate"; level: number; previous: string | undefined; files: SourceFile[] }
    | {
      kind: "compare";
      old: string;
      now: string;
      entries: { entry: PackedEntry; before: PackedEntry | undefined }[];
    }
    | { kind: "brotli"; length: number; quality: number }
  );

/** The result of each kind of task. */
export interface Results {
  deflate: DeflatedFile[];
  /** An entry that can't be unpacked is `undefined`. */
  compare: (ComparedEntry | undefined)[];
  /** The compressed block's length. */
  brotli: number;
}

/** An answer, with the task's buffer or a larger one. */
export interface TaskAnswer<K extends Task["kind"] = Task["kind"]> {
  buffer: ArrayBuffer;
  result?: Results[K];
  failure?: Failure;
}

/** Does tasks, one at a time. */
export class Work implements Disposable {
  #deflater: { level: number; deflater: Deflater } | undefined;
  readonly #readers = new Map<string, EntryReader>();
  #content = new Uint8Array(1 << 20);

  /** Does a task. Never throws. */
  do(task: Task): TaskAnswer {
    const out = new Appendable(task.buffer);
    try {
      const result = this.#result(task, out);
      return { buffer: out.buffer.buffer, result };
    } catch (error) {
      return { buffer: out.buffer.buffer, failure: describe(error) };
    }
  }

  /** Closes the packages. */
  [Symbol.dispose](): void {
    for (const reader of this.#readers.values()) reader[Symbol.dispose]();
    this.#readers.clear();
  }

  #result(task: Task, out: Appendable): Results[Task["kind"]] {
    switch (task.kind) {
      case "deflate": {
        if (this.#deflater?.level !== task.level) {
          this.#deflater = { level: task.level, deflater: new Deflater(task.level) };
        }
        const { deflater } = this.#deflater;
        return task.files.map((file) => this.#deflate(file, task.previous, { deflater, out }));
      }
      case "compare": {
        const [old, now] = [this.#reader(task.old), this.#reader(task.now)];
        return task.entries.map(({ entry, before }) =>
          compareEntry(entry, before, { old, now, out })
        );
      }
      case "brotli": {
        // Over what it was made of: one buffer per block.
        out.append(packBlock(out.buffer.subarray(0, task.length), task.quality));
        return out.length;
      }
    }
  }

  #deflate(
    { path, before, hashed, found }: SourceFile,
    previous: string | undefined,
    { deflater, out }: { deflater: Deflater; out: Appendable },
  ): DeflatedFile {
    const content = readSource(path, (size) => {
      if (size > this.#content.length) this.#content = new Uint8Array(size);
      return this.#content.subarray(0, size);
    }, found);
    const size = content.length;
    const held = before !== undefined && before.size <= size ? before : undefined;
    const startCrc = held && crc32(content.subarray(0, held.size));
    const crc = held ? crc32(content.subarray(held.size), startCrc) : crc32(content);
    const begins = held !== undefined && startCrc === held.crc;
    const facts = { size, crc, ...digestOf(content, hashed), at: out.length };
    let rotten = false;
    if (begins && held.size === size && held.method === 8 && previous !== undefined) {
      const data = this.#reader(previous).packed(held);
      if (this.#holds(previous, held, content)) {
        out.append(data);
        const compressedSize = data.length;
        return { ...facts, compressedSize, packedCrc: crc32(data), reused: true, rotten };
      }
      rotten = true;
    }
    deflater.deflate(content, out);
    const compressedSize = out.length - facts.at;
    const packedCrc = crc32(out.buffer.subarray(facts.at, out.length));
    const made = { ...facts, compressedSize, packedCrc, reused: false, rotten };
    if (!begins || held.size === size) return made;
    const grown = { from: held.size, at: out.length, length: size - held.size };
    out.append(content.subarray(held.size));
    return { ...made, grown };
  }

  #holds(previous: string, entry: PackedEntry, content: Uint8Array): boolean {
    try {
      return Buffer.compare(this.#reader(previous).content(entry), content) === 0;
    } catch (error) {
      if (error instanceof ArchiveError) return false;
      throw error;
    }
  }

  #reader(path: string): EntryReader {
    let reader = this.#readers.get(path);
    if (reader === undefined) {
      reader = new EntryReader(openPlain(path));
      this.#readers.set(path, reader);
    }
    return reader;
  }
}

/**
 * Compares with the old entry; where one of the two can't be unpacked, with nothing, for it may be the
 * old one. `undefined` = it is the new one.
 */
export function compareEntry(
  entry: PackedEntry,
  before: PackedEntry | undefined,
  { old, now, out }: { old: EntryReader; now: EntryReader; out: Appendable },
): ComparedEntry | undefined {
  const content = orUndefined(() => now.content(entry));
  if (content === undefined) return undefined;
  const add = (pieces: Piece[], inserted: Uint8Array): ComparedEntry => {
    out.append(inserted);
    return { pieces, at: out.length - inserted.length, length: inserted.length };
  };
  const append = (from: number): ComparedEntry =>
    add([{ from: 0, length: from, insert: content.length - from }], content.subarray(from));
  if (before === undefined) return append(0);
  if (hasGrown(before, content)) return append(before.size);
  const earlier = orUndefined(() => old.content(before));
  if (earlier === undefined) return append(0);
  const { pieces, inserted } = difference(earlier, content);
  return add(pieces, inserted);
}

function orUndefined<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof ArchiveError) return undefined;
    throw error;
  }
}

/**
 * Whether a content begins with all of the old one, by its size and CRC-32: what also decides which
 * entries haven't changed. It spares inflating the old one, which is half of the work.
 */
function hasGrown({ size, crc }: PackedEntry, now: Uint8Array): boolean {
  return size <= now.length && crc32(now.subarray(0, size)) === crc;
}
