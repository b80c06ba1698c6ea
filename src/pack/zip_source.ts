/**
 * The entries of a new package: each file's compressed bytes out of the package before where they
 * hold the same content, else the file itself.
 *
 * Guarantees: bytes are copied only where their CRC-32 is the recorded one or where they inflate to
 * the file's content, so a package that rots on the disk doesn't rot on into the next ones. A file
 * above {@linkcode STREAM_BYTES} is never held in memory.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { crc32, inflateRawSync } from "node:zlib";
import { StoreError } from "../errors.ts";
import { diskError } from "../fs/disk_error.ts";
import { readFully } from "../fs/whole_io.ts";
import type { WalkedFile } from "../fs/walk.ts";
import type { RawEntry } from "../zip/package_directory.ts";
import type { PackageFile } from "../zip/package_file.ts";
import type { ZipInput, ZipStreamInput } from "../zip/zip_writer.ts";
import { type PackedFile, type PackedFiles, unchanged } from "./packed_files.ts";

/** A file above this is packed as a stream, in bytes. */
const STREAM_BYTES = 4 << 20;
/** What is read of it at once. */
const CHUNK = 1 << 20;

/** Makes the entries of one package. */
export class ZipSource {
  /** Files whose compressed bytes were copied. */
  reused = 0;
  /** Files that were read. */
  read = 0;
  /** Whether the package before holds bytes that aren't what they were. */
  rotten = false;
  /** What was packed so far, to be recorded. */
  readonly packed = new Map<string, PackedFile>();
  readonly #folder: string;
  readonly #previous: PackageFile | undefined;
  readonly #record: PackedFiles | undefined;
  readonly #sizes = new Map<string, WalkedFile>();
  /** SHA-256 of each file's content, by path, in base64url. */
  readonly #digests = new Map<string, string>();

  /** With `all` no file is taken for unchanged unread. */
  constructor(
    folder: string,
    options: {
      previous: PackageFile | undefined;
      record: PackedFiles | undefined;
      all: boolean;
    },
  ) {
    this.#folder = folder;
    this.#previous = options.previous;
    this.#record = options.all ? undefined : options.record;
  }

  /** The entries, in the files' order. */
  *inputs(files: readonly WalkedFile[]): Generator<ZipInput | ZipStreamInput> {
    for (const file of files) {
      this.#sizes.set(file.path, file);
      const reused = this.#unread(file);
      if (reused !== undefined) {
        this.reused++;
        yield reused;
        continue;
      }
      this.read++;
      yield file.size > STREAM_BYTES ? this.#streamed(file) : this.#whole(file);
    }
  }

  /** Notes what an entry became. */
  note({ path }: { path: string | Uint8Array }, crc: number, packedCrc: number): void {
    const file = this.#sizes.get(String(path))!;
    const { size, mtimeMs } = file;
    const sha256 = this.#digests.get(file.path);
    this.packed.set(file.path, { size, mtimeMs, crc, packedCrc, sha256 });
  }

  /** The entry of a file that needn't be read. */
  #unread(file: WalkedFile): ZipInput | ZipStreamInput | undefined {
    const known = unchanged(file, this.#record);
    const entry = known && this.#entryOf(file.path, known);
    if (known?.sha256 === undefined || entry === undefined) return undefined;
    if (!this.#isSound(entry, known)) return undefined;
    this.#digests.set(file.path, known.sha256);
    return this.#copied(entry, file.path);
  }

  #whole({ path }: WalkedFile): ZipInput {
    const content = this.#readWhole(path);
    this.#digests.set(path, createHash("sha256").update(content).digest("base64url"));
    const entry = this.#entryOf(path, { size: content.length, crc: crc32(content) });
    if (entry !== undefined) {
      const data = this.#previous!.packed(entry);
      if (holds(data, content)) {
        this.reused++;
        const { crc, compressedSize, size } = entry;
        return { path, precompressed: { method: 8, crc, compressedSize, size, data } };
      }
      this.rotten = true;
    }
    return { path, content };
  }

  #streamed(file: WalkedFile): ZipInput | ZipStreamInput {
    const { path, size } = file;
    const fresh = { path, chunks: this.#hashed(path) };
    if (this.#previous?.entry(path)?.size !== size) return fresh;
    const crc = crcOf(this.#hashed(path));
    const entry = this.#entryOf(path, { size, crc });
    const known = this.#record?.files.get(path);
    if (entry === undefined || known?.crc !== crc) return fresh;
    // An old record without a digest doesn't say what the compressed bytes hold.
    if (known.sha256 !== this.#digests.get(path) || !this.#isSound(entry, known)) return fresh;
    this.reused++;
    return this.#copied(entry, path);
  }

  /** A file's chunks; at their end its digest is known. */
  *#hashed(path: string): Generator<Uint8Array> {
    const hash = createHash("sha256");
    for (const chunk of chunksOf(join(this.#folder, path))) {
      hash.update(chunk);
      yield chunk;
    }
    this.#digests.set(path, hash.digest("base64url"));
  }

  #isSound(entry: RawEntry, { packedCrc }: PackedFile): boolean {
    if (crcOf(this.#previous!.packedChunks(entry)) === packedCrc) return true;
    this.rotten = true;
    return false;
  }

  #copied(entry: RawEntry, path: string): ZipStreamInput {
    const { crc, compressedSize, size } = entry;
    const sizes = { method: 8, crc, compressedSize, size };
    return { path, packed: sizes, chunks: this.#previous!.packedChunks(entry) };
  }

  /** The previous package's entry with this content. */
  #entryOf(path: string, { size, crc }: { size: number; crc: number }): RawEntry | undefined {
    const entry = this.#previous?.entry(path);
    const isSame = entry?.method === 8 && entry.size === size && entry.crc === crc;
    return isSame ? entry : undefined;
  }

  #readWhole(path: string): Uint8Array {
    try {
      using file = openSource(join(this.#folder, path));
      return readFully(file, 0, new Uint8Array(file.statSync().size));
    } catch (error) {
      throw diskError(error, join(this.#folder, path), "read the file");
    }
  }
}

function crcOf(chunks: Iterable<Uint8Array>): number {
  let crc = 0;
  for (const chunk of chunks) crc = crc32(chunk, crc);
  return crc;
}

function holds(data: Uint8Array, content: Uint8Array): boolean {
  try {
    const options = { maxOutputLength: content.length + 1 };
    return Buffer.compare(inflateRawSync(data, options), content) === 0;
  } catch {
    return false;
  }
}

/** Opens a file that was found, unless a link or a pipe has taken its place: it could lead anywhere. */
function openSource(path: string): Deno.FsFile {
  const seen = Deno.lstatSync(path);
  if (seen.isFile) {
    const file = Deno.openSync(path, { read: true });
    const { dev, ino } = file.statSync();
    if (dev === seen.dev && ino === seen.ino) return file;
    file.close();
  }
  throw new StoreError("io", `Files changed while they were read: ${JSON.stringify(path)}`, {
    path,
    expected: "the file that was found",
    found: seen.isFile ? "another one" : "no plain file",
    hint: "nothing was published; pack when the data is complete",
  });
}

function* chunksOf(path: string): Generator<Uint8Array> {
  try {
    using file = openSource(path);
    for (let at = 0;;) {
      // The packing keeps chunks for a while, so each needs a buffer of its own.
      const chunk = readFully(file, at, new Uint8Array(CHUNK));
      if (chunk.length === 0) return;
      yield chunk;
      at += chunk.length;
    }
  } catch (error) {
    throw diskError(error, path, "read the file");
  }
}
