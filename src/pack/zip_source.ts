/**
 * Decides how each file gets into a new package: as the previous package's compressed bytes if they
 * hold the same content, otherwise deflated from the file itself.
 *
 * Guarantees: bytes are copied only if their CRC-32 is the recorded one or if they inflate to the
 * file's content, so a package that rots on the disk doesn't infect the next ones. A file above
 * {@linkcode STREAM_BYTES} is never held in memory.
 *
 * @module
 */
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { sourceChunks } from "../fs/source_file.ts";
import type { WalkedFile } from "../fs/walk.ts";
import { collectGarbage } from "../garbage.ts";
import type { GrownFiles } from "../site/grown_files.ts";
import type { DeflatedFile, SourceFile } from "../site/tasks.ts";
import { ResumableHash } from "../trust/resumable_hash.ts";
import type { Hashed } from "../trust/sha256.ts";
import type { RawEntry } from "../zip/directory/package_directory.ts";
import type { PackageFile } from "../zip/read/package_file.ts";
import type { PackedSizes } from "../zip/write/zip_records.ts";
import type { ZipStreamInput } from "../zip/write/zip_writer.ts";
import { type PackedFile, type PackedFiles, unchanged } from "./packed_files.ts";

/** A file above this is packed as a stream, in bytes. */
const STREAM_BYTES = 4 << 20;
/** How much of it is read at once, in bytes. */
const CHUNK = 1 << 20;
/** Forces a GC after this many chunks. */
const COLLECT_EVERY = 32;
/** Content of the files that are deflated in one task, in bytes: about 10 ms. */
const BATCH_BYTES = 512 << 10;

/** The next part of a package. */
export type PackagePart =
  /** Files to deflate. */
  | { kind: "batch"; files: WalkedFile[] }
  /** One that is unchanged by size and time, or too big for memory. */
  | { kind: "single"; file: WalkedFile };

/** How a single file gets in: in chunks, or deflated like the files of a batch. */
type Single = ZipStreamInput | "deflate";

/** The files of one package. */
export class ZipSource {
  /** Files whose compressed bytes were copied. */
  reused = 0;
  /** Files that were read. */
  read = 0;
  /** Whether bytes of the previous package have rotted. */
  rotten = false;
  /** The files packed so far, for the record. */
  readonly packed = new Map<string, PackedFile>();
  readonly #folder: string;
  readonly #previous: PackageFile | undefined;
  readonly #record: PackedFiles | undefined;
  readonly #grown: GrownFiles;

  /** With `all` every file is read. Files that have grown are noted in `grown`. */
  constructor(
    folder: string,
    options: {
      previous: PackageFile | undefined;
      record: PackedFiles | undefined;
      all: boolean;
      grown: GrownFiles;
    },
  ) {
    this.#folder = folder;
    this.#previous = options.previous;
    this.#record = options.all ? undefined : options.record;
    this.#grown = options.grown;
  }

  /** The files in order, those to deflate in batches. */
  *parts(files: readonly WalkedFile[]): Generator<PackagePart> {
    let batch: WalkedFile[] = [];
    let bytes = 0;
    for (const file of files) {
      const isSingle = file.size > STREAM_BYTES || this.#known(file) !== undefined;
      if (batch.length > 0 && (isSingle || bytes + file.size > BATCH_BYTES)) {
        yield { kind: "batch", files: batch };
        [batch, bytes] = [[], 0];
      }
      if (isSingle) yield { kind: "single", file };
      else {
        batch.push(file);
        bytes += file.size;
      }
    }
    if (batch.length > 0) yield { kind: "batch", files: batch };
  }

  /** A file as a task needs it. */
  sourceOf({ path, identity }: WalkedFile): SourceFile {
    const entry = this.#previous?.entry(path);
    const file = {
      path: join(this.#folder, path),
      hashed: this.#hashedOf(path),
      ...(identity !== undefined && { found: identity }),
    };
    if (entry === undefined) return file;
    const { name, method, crc, compressedSize, size, headerOffset } = entry;
    return { ...file, before: { name, method, crc, compressedSize, size, headerOffset } };
  }

  /** Decides how a single file gets in. */
  single(file: WalkedFile): Single {
    const known = this.#known(file);
    if (known !== undefined) {
      const { entry, packedCrc } = known;
      if (this.#isSound(entry, packedCrc)) return this.#copied(entry, known);
    }
    if (file.size <= STREAM_BYTES) return "deflate";
    this.read++;
    return this.#streamed(file);
  }

  /** Notes a file that was deflated; `bytes` is the task's buffer. */
  deflated(file: WalkedFile, made: DeflatedFile, bytes: Uint8Array): void {
    const { path, mtimeMs } = file;
    const { crc, packedCrc, sha256, midstate, grown } = made;
    this.read++;
    if (made.reused) this.reused++;
    if (made.rotten) this.rotten = true;
    if (grown !== undefined) {
      this.#grown.add(path, grown.from, bytes.subarray(grown.at, grown.at + grown.length));
    }
    this.packed.set(path, { size: file.size, mtimeMs, crc, packedCrc, sha256, midstate });
  }

  /** Notes a file that was streamed. */
  streamed(file: WalkedFile, { crc }: PackedSizes, packedCrc: number): void {
    const { size, mtimeMs } = file;
    this.packed.set(file.path, { size, mtimeMs, crc, packedCrc, ...this.#digest });
  }

  /** The digest of the single file being packed. */
  #digest: Pick<PackedFile, "sha256" | "midstate"> = {};

  /** A file's content as it was last packed, if its hash can be resumed. */
  #hashedOf(path: string): Hashed | undefined {
    const { size, sha256, midstate } = this.#record?.files.get(path) ?? {};
    if (size === undefined || sha256 === undefined || midstate === undefined) return undefined;
    return { size, sha256, midstate };
  }

  /** The record and the entry of a file that needn't be read. */
  #known(file: WalkedFile): PackedFile & { entry: RawEntry } | undefined {
    const known = unchanged(file, this.#record);
    const entry = known && this.#entryOf(file.path, known);
    const isHashed = known?.sha256 !== undefined && known.midstate !== undefined;
    return isHashed && entry !== undefined ? { ...known, entry } : undefined;
  }

  #streamed(file: WalkedFile): ZipStreamInput {
    const { path, size } = file;
    const fresh = { path, chunks: this.#hashed(file) };
    if (this.#previous?.entry(path)?.size !== size) return fresh;
    const crc = crcOf(this.#hashed(file));
    const entry = this.#entryOf(path, { size, crc });
    const known = this.#record?.files.get(path);
    if (entry === undefined || known?.crc !== crc) return fresh;
    // An old record without a digest doesn't say what the compressed bytes hold.
    const digest = this.#digest;
    if (known.sha256 === undefined || known.sha256 !== digest.sha256) return fresh;
    if (!this.#isSound(entry, known.packedCrc)) return fresh;
    return this.#copied(entry, digest);
  }

  /** A file's chunks; after the last one its digest is known. */
  *#hashed({ path, identity }: WalkedFile): Generator<Uint8Array> {
    const hash = new ResumableHash(this.#hashedOf(path));
    let chunks = 0;
    for (const chunk of sourceChunks(join(this.#folder, path), CHUNK, identity)) {
      hash.update(chunk);
      yield chunk;
      if (++chunks % COLLECT_EVERY === 0) collectGarbage(chunks, { worth: 0 });
    }
    this.#digest = hash.digest();
  }

  #isSound(entry: RawEntry, packedCrc: number): boolean {
    if (crcOf(this.#previous!.packedChunks(entry)) === packedCrc) return true;
    this.rotten = true;
    return false;
  }

  #copied(
    entry: RawEntry,
    { sha256, midstate }: Pick<PackedFile, "sha256" | "midstate">,
  ): ZipStreamInput {
    this.reused++;
    this.#digest = { sha256, midstate };
    const { name, crc, compressedSize, size } = entry;
    const packed = { method: 8, crc, compressedSize, size };
    return { path: name, packed, chunks: this.#previous!.packedChunks(entry) };
  }

  /** The previous package's entry with this content. */
  #entryOf(path: string, { size, crc }: { size: number; crc: number }): RawEntry | undefined {
    const entry = this.#previous?.entry(path);
    const isSame = entry?.method === 8 && entry.size === size && entry.crc === crc;
    return isSame ? entry : undefined;
  }
}

function crcOf(chunks: Iterable<Uint8Array>): number {
  let crc = 0;
  for (const chunk of chunks) crc = crc32(chunk, crc);
  return crc;
}
