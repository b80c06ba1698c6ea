/**
 * Compares two packages entry by entry, for a patch.
 *
 * Guarantees: what it finds makes the new content out of the old one, and is the same on any number of
 * threads. An entry that can't be unpacked here is left out. Bounded memory, whatever an entry's size.
 *
 * @module
 */
import { Appendable } from "../../deflate/appendable.ts";
import { ArchiveError } from "../../errors.ts";
import { writeFully } from "../../fs/whole_io.ts";
import type { EntryChange, Piece } from "../../patch/recipe.ts";
import { isDirectory, type RawEntry } from "../../zip/directory/package_directory.ts";
import type { PackageFile } from "../../zip/read/package_file.ts";
import { compareStreams } from "./compare_streams.ts";
import type { GrownFiles } from "../grown_files.ts";
import { type Done, MOST_WAITING, type SitePool } from "../site_pool.ts";
import { OldEntries } from "./sources.ts";
import { type ComparedEntry, compareEntry } from "../tasks.ts";

/** Content above this is compared as a stream, in bytes. */
const STREAM_FROM = 4 << 20;
/** Content above this is compared on this thread alone, in bytes: each thread would need as much memory. */
const ALONE_FROM = 2 << 20;
/** Content of the entries that are compared in one task, in bytes, of both packages. */
const BATCH_BYTES = 1 << 20;

/** What is compared, and where to. */
interface ComparisonInput {
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

/** What will be taken in the entries' order. */
interface Waiting {
  pairs: Pair[];
  done: Promise<Done<"compare">> | undefined;
  /** Of the content that is compared. */
  bytes: number;
}

/** Compares two packages entry by entry, and gathers what is new. */
export class Comparison {
  /** Bytes of new content so far. */
  dataSize = 0;
  readonly #old: PackageFile;
  readonly #now: PackageFile;
  readonly #input: ComparisonInput;
  readonly #changes: EntryChange[] = [];
  readonly #sources: OldEntries;
  readonly #waiting: Waiting[] = [];
  #waitingBytes = 0;
  /** What an entry that is compared here inserts. */
  readonly #out = new Appendable(new ArrayBuffer(0));

  constructor(old: PackageFile, now: PackageFile, input: ComparisonInput) {
    this.#old = old;
    this.#now = now;
    this.#input = input;
    this.#sources = new OldEntries(old);
  }

  /** The changes; `undefined` where too much is new. */
  async run(): Promise<EntryChange[] | undefined> {
    const { most, pool } = this.#input;
    try {
      for (const part of this.#parts()) {
        const isSmall = !this.#isAlone(part[0]!);
        const bytes = isSmall ? contentOf(part) : 0;
        this.#waiting.push({ pairs: part, done: isSmall ? this.#compare(part) : undefined, bytes });
        this.#waitingBytes += bytes;
        while (this.#waiting.length > 2 * pool.ahead || this.#waitingBytes > MOST_WAITING) {
          await this.#takeFirst();
        }
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
      const [isAlone, size] = [this.#isAlone(pair), contentOf([pair])];
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

  #isAlone(pair: Pair): boolean {
    return sizeOf(pair) > ALONE_FROM || this.#grownOf(pair) !== undefined;
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
      // Most insert little.
    }, { bytes: 0 });
    done.catch(() => {}); // thrown when its turn comes
    return done;
  }

  async #takeFirst(): Promise<void> {
    const { pairs, done } = this.#waiting[0]!;
    if (done === undefined) await this.#takeAlone(pairs[0]!);
    else this.#takeBatch(pairs, await done);
    this.#waitingBytes -= this.#waiting.shift()!.bytes;
  }

  #takeBatch(pairs: Pair[], done: Done<"compare">): void {
    for (const [index, { entry }] of pairs.entries()) {
      const found = done.result[index];
      if (found !== undefined) this.#take(entry, found, done.bytes);
    }
    this.#input.pool.recycle(done);
  }

  #take(entry: RawEntry, { pieces, at, length }: ComparedEntry, bytes: Uint8Array): void {
    const source = length * 2 > entry.size ? this.#sourceOf(entry, entry.size - length) : undefined;
    if (source === undefined) return this.#note(entry, pieces, bytes.subarray(at, at + length));
    // The entry was unpacked before, so it can be again.
    const end = this.#now.content(entry).subarray(source.size);
    const piece = { from: 0, length: source.size, insert: end.length };
    this.#note(entry, [piece], end, source.name);
  }

  async #takeAlone(pair: Pair): Promise<void> {
    const { entry, before } = pair;
    const grown = this.#grownOf(pair);
    if (grown !== undefined) {
      const { from, length } = grown;
      const end = this.#input.grown!.end(grown);
      return this.#note(entry, [{ from: 0, length: from, insert: length }], end);
    }
    if (sizeOf(pair) > STREAM_FROM) {
      return await readable((old) => this.#compareStreams(entry, old), before);
    }
    this.#out.length = 0;
    const found = compareEntry(entry, before, { old: this.#old, now: this.#now, out: this.#out });
    if (found !== undefined) this.#take(entry, found, this.#out.buffer);
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
    // An attempt that failed may have written some.
    const { data, most } = this.#input;
    data.seekSync(this.dataSize, Deno.SeekMode.Start);
    const piece = await compareStreams(
      other && this.#old.contentChunks(other),
      this.#now.contentChunks(entry),
      { data, most: most - this.dataSize },
    );
    this.#change(entry, [piece], other?.name === entry.name ? undefined : other?.name);
    this.dataSize += piece.insert;
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

function contentOf(pairs: readonly Pair[]): number {
  return pairs.reduce((sum, { entry, before }) => sum + entry.size + (before?.size ?? 0), 0);
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
