/**
 * Writes a package from a folder's files, deflated on all cores.
 *
 * Guarantees: the bytes depend on the files and the previous package, not on the number of cores.
 * Bounded memory: a few batches at a time, and a few chunks of a big file.
 *
 * @module
 */
import { DataHubSyncError } from "../errors.ts";
import { diskError, errnoOf } from "../fs/disk_error.ts";
import { replaceWithNew } from "../fs/new_file.ts";
import type { WalkedFile } from "../fs/walk.ts";
import { writeFully } from "../fs/whole_io.ts";
import { type Done, MOST_WAITING, type SitePool } from "../site/site_pool.ts";
import type { DeflatedFile } from "../site/tasks.ts";
import { longestOf } from "../deflate/deflater.ts";
import { ZipLayout } from "../zip/write/zip_layout.ts";
import { writeStreamed } from "../zip/write/zip_writer.ts";
import { PACK } from "../messages/pack.ts";
import type { PackagePart, ZipSource } from "./zip_source.ts";

/** The time of every entry: the oldest that ZIP knows. */
const ENTRY_TIME = new Date("1980-01-01T00:00:00Z");
/** From this size on, an entry may need Zip64: a streamed one's header is written before its size is known. */
const ZIP64_BYTES = 0xff000000;

interface WritePackageOptions {
  source: ZipSource;
  pool: SitePool;
  /** Deflate's. */
  level: number;
  /** The package before. */
  previous: string | undefined;
  signal: AbortSignal | undefined;
}

/** A part that waits for its turn to be written. */
interface Waiting {
  part: PackagePart;
  done: Promise<Done<"deflate">> | undefined;
  /** Of the content that is deflated. */
  bytes: number;
}

/** Writes the package; returns its length in bytes. Throws StoreError. */
export async function writePackage(
  path: string,
  files: readonly WalkedFile[],
  options: WritePackageOptions,
): Promise<number> {
  try {
    using file = replaceWithNew(path);
    return await new PackageWriter(file, files, options).run();
  } catch (error) {
    if (error instanceof DataHubSyncError || errnoOf(error) === undefined) throw error;
    throw diskError(error, path, PACK.write_package());
  }
}

class PackageWriter {
  readonly #file: Deno.FsFile;
  readonly #files: readonly WalkedFile[];
  readonly #options: WritePackageOptions;
  readonly #layout: ZipLayout;
  readonly #waiting: Waiting[] = [];
  #waitingBytes = 0;

  constructor(file: Deno.FsFile, files: readonly WalkedFile[], options: WritePackageOptions) {
    this.#file = file;
    this.#files = files;
    this.#options = options;
    const zip64 = files.some(({ size }) => size >= ZIP64_BYTES);
    this.#layout = new ZipLayout({ mtime: ENTRY_TIME, ...(zip64 && { zip64 }) });
  }

  async run(): Promise<number> {
    const { source, pool, signal } = this.#options;
    // Twice as many, so that no thread waits while the oldest part is written.
    const most = 2 * pool.ahead + 2;
    try {
      for (const part of source.parts(this.#files)) {
        signal?.throwIfAborted();
        const [done, bytes] = part.kind === "batch"
          ? [this.#deflate(part.files), sizeOf(part.files)]
          : [undefined, 0];
        this.#waiting.push({ part, done, bytes });
        this.#waitingBytes += bytes;
        while (this.#waiting.length >= most || this.#waitingBytes > MOST_WAITING) {
          await this.#writeFirst();
        }
      }
      while (this.#waiting.length > 0) {
        signal?.throwIfAborted();
        await this.#writeFirst();
      }
    } finally {
      await Promise.allSettled(this.#waiting.map(({ done }) => done));
    }
    for (const chunk of this.#layout.finish()) writeFully(this.#file, chunk);
    return this.#layout.offset;
  }

  async #writeFirst(): Promise<void> {
    const { part, done } = this.#waiting[0]!;
    if (part.kind === "single") await this.#writeSingle(part.file);
    else this.#writeBatch(part.files, await done!);
    this.#waitingBytes -= this.#waiting.shift()!.bytes;
  }

  #deflate(files: readonly WalkedFile[]): Promise<Done<"deflate">> {
    const { source, pool, level, previous } = this.#options;
    const done = pool.order<"deflate">({
      kind: "deflate",
      level,
      previous,
      files: files.map((file) => source.sourceOf(file)),
    }, { bytes: longestOf(sizeOf(files)) });
    done.catch(() => {}); // its turn to be thrown comes when it would be written
    return done;
  }

  #writeBatch(files: readonly WalkedFile[], done: Done<"deflate">): void {
    const { source, pool } = this.#options;
    for (const [index, file] of files.entries()) {
      const made: DeflatedFile = done.result[index]!;
      const { at, compressedSize, crc, size } = made;
      const data = done.bytes.subarray(at, at + compressedSize);
      const sizes = { method: 8, crc, compressedSize, size };
      for (const chunk of this.#layout.add({ path: file.path }, sizes, data)) {
        writeFully(this.#file, chunk);
      }
      source.deflated(file, made, done.bytes);
    }
    pool.recycle(done);
  }

  async #writeSingle(file: WalkedFile): Promise<void> {
    const { source, level } = this.#options;
    const input = source.single(file);
    if (input === "deflate") {
      return this.#writeBatch([file], await this.#deflate([file]));
    }
    const output = { file: this.#file, layout: this.#layout };
    const { sizes, packedCrc } = await writeStreamed(output, { level, ...input });
    source.streamed(file, sizes, packedCrc);
  }
}

function sizeOf(files: readonly WalkedFile[]): number {
  return files.reduce((sum, { size }) => sum + size, 0);
}
