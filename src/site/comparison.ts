/**
 * Compares two packages entry by entry, for a patch.
 *
 * Guarantees: what it finds makes the new content out of the old one. An entry that can't be unpacked
 * here is left out. Bounded memory, whatever an entry's size.
 *
 * @module
 */
import { crc32 } from "node:zlib";
import { ArchiveError } from "../errors.ts";
import { writeFully } from "../fs/whole_io.ts";
import { commonStart, type Difference, difference } from "../patch/difference.ts";
import type { Change, Piece } from "../patch/recipe.ts";
import type { RawEntry } from "../zip/package_directory.ts";
import type { PackageFile } from "../zip/package_file.ts";
import { ChunkReader } from "./chunk_reader.ts";
import { Sources } from "./sources.ts";

/** Content above this is compared as a stream, in bytes. */
const STREAM_FROM = 16 << 20;
/** Content of entries that are compared at once, in bytes, at most. */
const AT_ONCE = 12 << 20;

/** Compares two packages entry by entry, and gathers what is new. */
export class Comparison {
  /** Bytes of new content so far. */
  dataSize = 0;
  readonly #old: PackageFile;
  readonly #now: PackageFile;
  readonly #data: Deno.FsFile;
  readonly #most: number;
  readonly #changes: Change[] = [];
  readonly #sources: Sources;
  #waiting: { bytes: number; done: Promise<(() => void) | undefined> }[] = [];

  /** With more than `most` bytes of new content no patch is worth it. */
  constructor(
    old: PackageFile,
    now: PackageFile,
    { data, most }: { data: Deno.FsFile; most: number },
  ) {
    this.#old = old;
    this.#now = now;
    this.#data = data;
    this.#most = most;
    this.#sources = new Sources(old);
  }

  /** The changes; `undefined` where too much is new. */
  async run(): Promise<Change[] | undefined> {
    try {
      for (const entry of this.#now.directory.entries) {
        const before = this.#old.entry(entry.name);
        const isSame = before?.crc === entry.crc && before.size === entry.size;
        if (isSame || entry.name.endsWith("/")) continue;
        if (Math.max(entry.size, before?.size ?? 0) > STREAM_FROM) {
          await this.#settle(0);
          await readable((old) => this.#compareStreams(entry, old), before);
        } else {
          const bytes = entry.size + (before?.size ?? 0);
          this.#waiting.push({ bytes, done: this.#compareWhole(entry, before) });
          await this.#settle(AT_ONCE);
        }
        if (this.dataSize > this.#most) return undefined;
      }
      await this.#settle(0);
      return this.dataSize > this.#most ? undefined : this.#changes;
    } finally {
      await Promise.allSettled(this.#waiting.map(({ done }) => done));
    }
  }

  /** Waits until at most this many bytes are in flight; results are taken in the entries' order. */
  async #settle(most: number): Promise<void> {
    let bytes = this.#waiting.reduce((sum, one) => sum + one.bytes, 0);
    while (this.#waiting.length > 0 && (bytes > most || most === 0)) {
      const [first] = this.#waiting;
      const take = await first!.done;
      this.#waiting.shift();
      bytes -= first!.bytes;
      take?.();
    }
  }

  #compareWhole(entry: RawEntry, before: RawEntry | undefined) {
    return readable((old) => this.#compare(entry, old), before);
  }

  async #compare(entry: RawEntry, before: RawEntry | undefined): Promise<() => void> {
    const now = await this.#now.content(entry);
    const { source, pieces, inserted } = await this.#difference(now, entry, before);
    const bytes = inserted.slice(); // the rest of the content may go
    return () => {
      this.#data.seekSync(this.dataSize, Deno.SeekMode.Start);
      writeFully(this.#data, bytes);
      this.#note(entry, { pieces, source }, bytes.length);
    };
  }

  async #difference(
    now: Uint8Array,
    { name }: RawEntry,
    before: RawEntry | undefined,
  ): Promise<Difference & { source?: string | undefined }> {
    if (before !== undefined && hasGrown(before, now)) return appended(before.size, now);
    const plain = before === undefined
      ? appended(0, now)
      : difference(await this.#old.content(before), now);
    const kept = plain.pieces.reduce((sum, { length }) => sum + length, 0);
    if (kept * 2 >= now.length) return plain;
    const source = await this.#sources.find(now);
    if (source === undefined || source.size <= kept || source.name === name) return plain;
    return { ...appended(source.size, now), source: source.name };
  }

  /** What a big entry begins with, and all that follows. */
  async #compareStreams(entry: RawEntry, before: RawEntry | undefined): Promise<void> {
    // A big one that was renamed is known by its size and CRC-32; the comparison decides.
    const other = before ?? this.#sources.equal(entry);
    const old = other && new ChunkReader(this.#old.contentChunks(other));
    let same = 0;
    let insert = 0;
    // An attempt that failed may have written some.
    this.#data.seekSync(this.dataSize, Deno.SeekMode.Start);
    try {
      let differs = old === undefined;
      for await (const chunk of this.#now.contentChunks(entry)) {
        let common = 0;
        while (!differs && common < chunk.length) {
          const beside = await old!.next(chunk.length - common);
          const length = commonStart(beside, chunk.subarray(common));
          common += length;
          differs = beside.length === 0 || length < beside.length;
        }
        same += common;
        insert += chunk.length - common;
        writeFully(this.#data, chunk.subarray(common));
        if (this.dataSize + insert > this.#most) break;
      }
    } finally {
      await old?.close();
    }
    const source = other?.name === entry.name ? undefined : other?.name;
    this.#note(entry, { pieces: [{ from: 0, length: same, insert }], source }, insert);
  }

  #note(
    { index }: RawEntry,
    { pieces, source }: { pieces: Piece[]; source: string | undefined },
    inserted: number,
  ): void {
    this.#changes.push({ index, ...(source !== undefined && { source }), pieces });
    this.dataSize += inserted;
  }
}

/**
 * Whether a content begins with all of the old one, by its size and CRC-32: what also decides which
 * entries haven't changed. It spares inflating the old one, which is half of the work.
 */
function hasGrown({ size, crc }: RawEntry, now: Uint8Array): boolean {
  return size <= now.length && crc32(now.subarray(0, size)) === crc;
}

function appended(length: number, now: Uint8Array): Difference {
  const inserted = now.subarray(length);
  return { pieces: [{ from: 0, length, insert: inserted.length }], inserted };
}

/**
 * Compares with the old entry; where one of the two can't be unpacked, with nothing, for it may be the
 * old one. `undefined` = it is the new one.
 */
async function readable<T>(
  compare: (before: RawEntry | undefined) => Promise<T>,
  before: RawEntry | undefined,
): Promise<T | undefined> {
  for (const old of before === undefined ? [undefined] : [before, undefined]) {
    try {
      return await compare(old);
    } catch (error) {
      if (!(error instanceof ArchiveError)) throw error;
    }
  }
  return undefined;
}
