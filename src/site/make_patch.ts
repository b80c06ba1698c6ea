/**
 * Makes the patch that turns one package into the next, out of both.
 *
 * Guarantees: whoever has the old package's files gets the new package's files by it, and it was
 * read back, whole, before it is offered. An entry that can't be unpacked here (another method,
 * damaged) is left out of it: clients fetch that one from the package. It is made only where it is
 * small beside the package. Bounded memory, whatever an entry's size.
 *
 * @module
 */
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { ArchiveError } from "../errors.ts";
import { writeFully } from "../fs/whole_io.ts";
import { commonStart, type Difference, difference } from "../patch/difference.ts";
import { readPatch } from "../patch/read_patch.ts";
import { type Change, parseRecipe, type Piece } from "../patch/recipe.ts";
import { writePatch } from "../patch/write_patch.ts";
import { PackageFile } from "../zip/package_file.ts";
import type { RawEntry } from "../zip/package_directory.ts";
import { ChunkReader } from "./chunk_reader.ts";
import { sha256Of } from "./stage_package.ts";

/** A patch on its way in. */
export interface MadePatch {
  path: string;
  /** Fingerprints of both packages. */
  from: string;
  to: string;
  /** In bytes. */
  size: number;
  /** In lower-case hex. */
  sha256: string;
}

/** A patch is offered where it is at most this part of the package. */
const LARGEST_PART = 0.1;
/** Content above this is compared as a stream, in bytes. */
const STREAM_FROM = 16 << 20;
/** Content of entries that are compared at once, in bytes, at most. */
const AT_ONCE = 12 << 20;

/**
 * Makes a patch in `folder`; `undefined` where none is worth it. Throws ArchiveError for a package
 * that can't be read, and what writing throws.
 */
export async function makePatch(
  oldPackage: string,
  newPackage: string,
  folder: string,
): Promise<MadePatch | undefined> {
  using old = await PackageFile.open(oldPackage);
  using now = await PackageFile.open(newPackage);
  const { fingerprint: from } = old.directory;
  const { fingerprint: to, total } = now.directory;
  if (from === to) return undefined;
  const path = join(folder, `${crypto.randomUUID()}.tmp`);
  const dataPath = `${path}.data`;
  using data = Deno.openSync(dataPath, { read: true, write: true, createNew: true, mode: 0o600 });
  let kept = false;
  try {
    const comparison = new Comparison(old, now, { data, most: total });
    const changes = await comparison.run();
    if (changes === undefined) return undefined;
    const size = await writePatch(path, {
      from,
      to,
      packageSize: total,
      directory: await now.directoryBytes(),
      changes,
      data,
      dataSize: comparison.dataSize,
    });
    if (size > total * LARGEST_PART) return undefined;
    await readBack(path, now);
    kept = true;
    return { path, from, to, size, sha256: await sha256Of(path) };
  } finally {
    for (const one of kept ? [dataPath] : [dataPath, path]) await Deno.remove(one).catch(() => {});
  }
}

/** Reads a patch as a client does. Throws ArchiveError. */
async function readBack(path: string, { directory: { entries } }: PackageFile): Promise<void> {
  using file = Deno.openSync(path);
  const limits = { maxDirectorySize: Infinity };
  await readPatch(file, limits, ({ header: { dataSize }, recipe }) => {
    parseRecipe(recipe, { sizes: (index) => entries[index]?.size, dataSize });
    return Promise.resolve({ writeSync: (bytes) => bytes.length });
  });
}

/** Compares two packages entry by entry, and gathers what is new. */
class Comparison {
  /** Bytes of new content so far. */
  dataSize = 0;
  readonly #old: PackageFile;
  readonly #now: PackageFile;
  readonly #data: Deno.FsFile;
  readonly #most: number;
  readonly #changes: Change[] = [];
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
    const old = before === undefined || hasGrown(before, now)
      ? before
      : await this.#old.content(before);
    const { pieces, inserted } = old instanceof Uint8Array
      ? difference(old, now)
      : appended(old?.size ?? 0, now);
    const bytes = inserted.slice(); // the rest of the content may go
    return () => {
      this.#data.seekSync(this.dataSize, Deno.SeekMode.Start);
      writeFully(this.#data, bytes);
      this.#note(entry, pieces, bytes.length);
    };
  }

  /** What a big entry begins with, and all that follows. */
  async #compareStreams(entry: RawEntry, before: RawEntry | undefined): Promise<void> {
    const old = before === undefined ? undefined : new ChunkReader(this.#old.contentChunks(before));
    let same = 0;
    let insert = 0;
    // An attempt that failed may have written some.
    this.#data.seekSync(this.dataSize, Deno.SeekMode.Start);
    try {
      let differs = old === undefined;
      for await (const chunk of this.#now.contentChunks(entry)) {
        let common = 0;
        while (!differs && common < chunk.length) {
          const other = await old!.next(chunk.length - common);
          const length = commonStart(other, chunk.subarray(common));
          common += length;
          differs = other.length === 0 || length < other.length;
        }
        same += common;
        insert += chunk.length - common;
        writeFully(this.#data, chunk.subarray(common));
        if (this.dataSize + insert > this.#most) break;
      }
    } finally {
      await old?.close();
    }
    this.#note(entry, [{ from: 0, length: same, insert }], insert);
  }

  #note({ index }: RawEntry, pieces: Piece[], inserted: number): void {
    this.#changes.push({ index, pieces });
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
