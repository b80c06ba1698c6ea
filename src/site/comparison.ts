/**
 * Compares two packages entry by entry, for a patch.
 *
 * Guarantees: what it finds makes the new content out of the old one, and is the same on any number of
 * threads. An entry that can't be unpacked here is left out. Bounded memory, whatever an entry's size.
 *
 * @module
 */
import { ArchiveError } from "../errors.ts";
import { writeFully } from "../fs/whole_io.ts";
import { commonStart } from "../patch/difference.ts";
import type { Change, Piece } from "../patch/recipe.ts";
import { isDirectory, type RawEntry } from "../zip/package_directory.ts";
import type { PackageFile } from "../zip/package_file.ts";
import { ChunkReader } from "./chunk_reader.ts";
import type { GrownFiles } from "./grown_files.ts";
import type { Done, SitePool } from "./site_pool.ts";
import { Sources } from "./sources.ts";

/** Content above this is compared as a stream, in bytes. */
const STREAM_FROM = 4 << 20;
/** Content of the entries that are compared in one task, in bytes, of both packages. */
const BATCH_BYTES = 1 << 20;

/** What is compared, and where to. */
export interface ComparisonInput {
  /** Where new content is gathered. */
  data: Deno.FsFile;
  /** With more bytes of it no patch is worth it. */
  most: number;
  pool: SitePool;
  /** What is known without unpacking. */
  grown: GrownFiles | undefined;
  /** The packages' files. */
  paths: { old: string; now: string };
}

/** An entry, and the one of its name in the old package. */
interface Pair {
  entry: RawEntry;
  before: RawEntry | undefined;
}

/** Compares two packages entry by entry, and gathers what is new. */
export class Comparison {
  /** Bytes of new content so far. */
  dataSize = 0;
  readonly #old: PackageFile;
  readonly #now: PackageFile;
  readonly #input: ComparisonInput;
  readonly #changes: Change[] = [];
  readonly #sources: Sources;
  /** What will be taken in the entries' order. */
  readonly #waiting: { pairs: Pair[]; done: Promise<Done<"compare">> | undefined }[] = [];

  constructor(old: PackageFile, now: PackageFile, input: ComparisonInput) {
    this.#old = old;
    this.#now = now;
    this.#input = input;
    this.#sources = new Sources(old);
  }

  /** The changes; `undefined` where too much is new. */
  async run(): Promise<Change[] | undefined> {
    const { most, pool } = this.#input;
    try {
      for (const part of this.#parts()) {
        const isSmall = sizeOf(part[0]!) <= STREAM_FROM && this.#grownOf(part[0]!) === undefined;
        this.#waiting.push({ pairs: part, done: isSmall ? this.#compare(part) : undefined });
        if (this.#waiting.length > 2 * pool.ahead) await this.#takeFirst();
        if (this.dataSize > most) return undefined;
      }
      while (this.#waiting.length > 0 && this.dataSize <= most) await this.#takeFirst();
      return this.dataSize > most ? undefined : this.#changes;
    } finally {
      await Promise.allSettled(this.#waiting.map(({ done }) => done));
    }
  }

  /** What has changed: small entries together, others alone. */
  *#parts(): Generator<Pair[]> {
    let batch: Pair[] = [];
    let bytes = 0;
    for (const entry of this.#now.directory.entries) {
      const before = this.#old.entry(entry.name);
      const isSame = before?.crc === entry.crc && before.size === entry.size;
      if (isSame || isDirectory(entry)) continue;
      const pair = { entry, before };
      const isAlone = sizeOf(pair) > STREAM_FROM || this.#grownOf(pair) !== undefined;
      const size = entry.size + (before?.size ?? 0);
      if (batch.length > 0 && (isAlone || bytes + size > BATCH_BYTES)) {
        yield batch;
        [batch, bytes] = [[], 0];
      }
      if (isAlone) yield [pair];
      else {
        batch.push(pair);
        bytes += size;
      }
    }
    if (batch.length > 0) yield batch;
  }

  #compare(pairs: Pair[]): Promise<Done<"compare">> {
    const { pool, paths } = this.#input;
    const done = pool.order<"compare">({
      kind: "compare",
      ...paths,
      entries: pairs.map(({ entry, before }) => ({
        entry: packedOf(entry),
        before: before && packedOf(before),
      })),
    });
    done.catch(() => {}); // thrown when its turn comes
    return done;
  }

  async #takeFirst(): Promise<void> {
    const { pairs, done } = this.#waiting[0]!;
    if (done === undefined) await this.#takeAlone(pairs[0]!);
    else this.#takeBatch(pairs, await done);
    this.#waiting.shift();
  }

  #takeBatch(pairs: Pair[], done: Done<"compare">): void {
    for (const [index, { entry }] of pairs.entries()) {
      const found = done.result[index];
      if (found === undefined) continue;
      const { pieces, at, length } = found;
      const source = length * 2 > entry.size
        ? this.#sourceOf(entry, entry.size - length)
        : undefined;
      if (source === undefined) this.#note(entry, pieces, done.bytes.subarray(at, at + length));
      else {
        // The entry was unpacked before, so it can be again.
        const end = this.#now.content(entry).subarray(source.size);
        const piece = { from: 0, length: source.size, insert: end.length };
        this.#note(entry, [piece], end, source.name);
      }
    }
    this.#input.pool.recycle(done);
  }

  async #takeAlone(pair: Pair): Promise<void> {
    const { entry, before } = pair;
    const grown = this.#grownOf(pair);
    if (grown === undefined) {
      return await readable((old) => this.#compareStreams(entry, old), before);
    }
    const { from, length } = grown;
    this.#note(entry, [{ from: 0, length: from, insert: length }], this.#input.grown!.end(grown));
  }

  #grownOf({ entry: { name, size }, before }: Pair) {
    const grown = this.#input.grown?.get(name);
    const fits = grown?.from === before?.size && grown && grown.from + grown.length === size;
    return fits ? grown : undefined;
  }

  /** Another old entry of which more than `kept` bytes can be copied. */
  #sourceOf(entry: RawEntry, kept: number): RawEntry | undefined {
    const source = this.#sources.find(this.#now.content(entry));
    return source !== undefined && source.size > kept && source.name !== entry.name
      ? source
      : undefined;
  }

  /** What a big entry begins with, and all that follows. */
  async #compareStreams(entry: RawEntry, before: RawEntry | undefined): Promise<void> {
    // A big one that was renamed is known by its size and CRC-32; the comparison decides.
    const other = before ?? this.#sources.equal(entry);
    const old = other && new ChunkReader(this.#old.contentChunks(other));
    let same = 0;
    let insert = 0;
    // An attempt that failed may have written some.
    const { data, most } = this.#input;
    data.seekSync(this.dataSize, Deno.SeekMode.Start);
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
        writeFully(data, chunk.subarray(common));
        if (this.dataSize + insert > most) break;
      }
    } finally {
      await old?.close();
    }
    const source = other?.name === entry.name ? undefined : other?.name;
    this.#change(entry, [{ from: 0, length: same, insert }], source);
    this.dataSize += insert;
  }

  #note(entry: RawEntry, pieces: Piece[], inserted: Uint8Array, source?: string): void {
    const { data } = this.#input;
    data.seekSync(this.dataSize, Deno.SeekMode.Start);
    writeFully(data, inserted);
    this.#change(entry, pieces, source);
    this.dataSize += inserted.length;
  }

  #change({ index }: RawEntry, pieces: Piece[], source: string | undefined): void {
    this.#changes.push({ index, ...(source !== undefined && { source }), pieces });
  }
}

function sizeOf({ entry, before }: Pair): number {
  return Math.max(entry.size, before?.size ?? 0);
}

/** What can be sent to a thread. */
function packedOf({ name, method, crc, compressedSize, size, headerOffset }: RawEntry) {
  return { name, method, crc, compressedSize, size, headerOffset };
}

/**
 * Compares with the old entry; where one of the two can't be unpacked, with nothing, for it may be the
 * old one.
 */
async function readable(
  compare: (before: RawEntry | undefined) => Promise<void>,
  before: RawEntry | undefined,
): Promise<void> {
  for (const old of before === undefined ? [undefined] : [before, undefined]) {
    try {
      return await compare(old);
    } catch (error) {
      if (!(error instanceof ArchiveError)) throw error;
    }
  }
}
