/**
 * A complete package on the disk: its directory, and each entry's packed data and content. For
 * publishing; a sync reads packages while they arrive.
 *
 * Guarantees: an entry's content is returned only if it has the directory's CRC-32 and size. A
 * package that can't be read is an ArchiveError.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { promisify } from "node:util";
import { crc32, createInflateRaw, inflateRaw } from "node:zlib";
import { ArchiveError } from "../errors.ts";
import { readFully } from "../fs/whole_io.ts";
import { readDirectory } from "./directory.ts";
import type { PackageDirectory, RawEntry } from "./package_directory.ts";

/** Enough for the directory of 1,000 files; more is read when it is needed. */
const FIRST_TAIL = 128 << 10;
/** Without name and extra fields. */
const LOCAL_HEADER_LENGTH = 30;
/** Bytes of packed data that are read at once. */
const CHUNK = 1 << 20;

const inflate = promisify<Uint8Array, object, Uint8Array>(inflateRaw);

/** An open package. */
export class PackageFile implements Disposable {
  /** What its directory says. */
  readonly directory: PackageDirectory;
  readonly #file: Deno.FsFile;
  readonly #entries: Map<string, RawEntry>;

  private constructor(file: Deno.FsFile, directory: PackageDirectory) {
    this.#file = file;
    this.directory = directory;
    this.#entries = new Map(directory.entries.map((entry) => [entry.name, entry]));
  }

  /** Opens a package. Throws ArchiveError for one that can't be read, and what Deno throws. */
  static async open(path: string): Promise<PackageFile> {
    const file = await Deno.open(path, { read: true });
    try {
      return new PackageFile(file, await directoryOf(file));
    } catch (error) {
      file.close();
      throw error;
    }
  }

  /** The entry of a name. */
  entry(name: string): RawEntry | undefined {
    return this.#entries.get(name);
  }

  /**
   * The package's last bytes, from its directory on; from earlier where its end is odd, so that a
   * reader who has them alone finds the directory, too.
   */
  async directoryBytes(): Promise<Uint8Array> {
    const { directoryOffset, total } = this.directory;
    for (let tailOffset = directoryOffset;;) {
      const tail = this.#read(tailOffset, total - tailOffset);
      const result = await readDirectory(tail, { tailOffset, total, filenameEncoding: "auto" });
      if (result.kind === "directory") return tail;
      tailOffset = result.start;
    }
  }

  /** An entry's packed data. Throws ArchiveError. */
  packed(entry: RawEntry): Uint8Array {
    return this.#read(this.#dataStart(entry), entry.compressedSize);
  }

  /** The same, in pieces. */
  *packedChunks(entry: RawEntry): Generator<Uint8Array> {
    const end = this.#dataStart(entry) + entry.compressedSize;
    for (let at = end - entry.compressedSize; at < end; at += CHUNK) {
      yield this.#read(at, Math.min(CHUNK, end - at));
    }
  }

  /** An entry's content. Throws ArchiveError if it doesn't match the directory. */
  async content(entry: RawEntry): Promise<Uint8Array> {
    const data = this.packed(entry);
    const content = entry.method === 0 ? data : await inflated(entry, data);
    check(entry, { crc: crc32(content), size: content.length });
    return content;
  }

  /** The same in pieces, for entries too big for memory; checked at the end. */
  async *contentChunks(entry: RawEntry): AsyncGenerator<Uint8Array> {
    const found = { crc: 0, size: 0 };
    for await (const chunk of this.#contentStream(entry)) {
      found.crc = crc32(chunk, found.crc);
      found.size += chunk.length;
      if (found.size > entry.size) check(entry, found);
      yield chunk;
    }
    check(entry, found);
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }

  async *#contentStream(entry: RawEntry): AsyncGenerator<Uint8Array> {
    if (entry.method === 0) yield* this.packedChunks(entry);
    else if (entry.method !== 8) throw unreadable(entry, `method ${entry.method}`);
    else {
      const stream = createInflateRaw();
      let wake = () => {};
      for (const event of ["drain", "close"]) stream.on(event, () => wake());
      const fed = (async () => {
        for (const chunk of this.packedChunks(entry)) {
          if (stream.destroyed) return;
          if (!stream.write(Buffer.from(chunk))) {
            await new Promise<void>((resolve) => wake = resolve);
          }
        }
        stream.end();
      })();
      try {
        for await (const chunk of stream) yield chunk as Uint8Array;
      } catch (cause) {
        throw unreadable(entry, "a damaged deflate stream", cause);
      } finally {
        stream.destroy();
        await fed;
      }
    }
  }

  /** Only two lengths are read from the local header: the content is checked anyway. */
  #dataStart({ headerOffset }: RawEntry): number {
    const header = new DataView(this.#read(headerOffset, LOCAL_HEADER_LENGTH).buffer);
    const nameAndExtra = header.getUint16(26, true) + header.getUint16(28, true);
    return headerOffset + LOCAL_HEADER_LENGTH + nameAndExtra;
  }

  #read(offset: number, length: number): Uint8Array {
    const bytes = readFully(this.#file, offset, new Uint8Array(length));
    if (bytes.length === length) return bytes;
    throw new ArchiveError("bad_data", `The package ends at byte ${offset + bytes.length}`, {
      expected: `${length} bytes at byte ${offset}`,
      found: `${bytes.length} bytes`,
      offset,
    });
  }
}

/** The directory of an open package. Throws ArchiveError. */
export async function directoryOf(file: Deno.FsFile): Promise<PackageDirectory> {
  const total = (await file.stat()).size;
  let tailOffset = Math.max(0, total - FIRST_TAIL);
  while (true) {
    const tail = readFully(file, tailOffset, new Uint8Array(total - tailOffset));
    const result = await readDirectory(tail, { tailOffset, total, filenameEncoding: "auto" });
    if (result.kind === "directory") return result.directory;
    tailOffset = result.start;
  }
}

async function inflated(entry: RawEntry, data: Uint8Array): Promise<Uint8Array> {
  if (entry.method !== 8) throw unreadable(entry, `method ${entry.method}`);
  try {
    // zlib allows no limit of 0; the check finds one byte too many.
    return await inflate(data, { maxOutputLength: entry.size + 1, chunkSize: 1 << 17 });
  } catch (cause) {
    throw unreadable(entry, "a damaged deflate stream", cause);
  }
}

function check(entry: RawEntry, { crc, size }: { crc: number; size: number }): void {
  if (crc === entry.crc && size === entry.size) return;
  throw new ArchiveError("wrong_crc", `Entry ${entry.name} isn't what the directory says`, {
    entry: entry.name,
    expected: `${entry.size} bytes, CRC-32 ${entry.crc.toString(16)}`,
    found: `${size} bytes, CRC-32 ${crc.toString(16)}`,
    offset: entry.headerOffset,
  });
}

function unreadable(entry: RawEntry, found: string, cause?: unknown): ArchiveError {
  return new ArchiveError("bad_data", `Entry ${entry.name} can't be unpacked`, {
    entry: entry.name,
    found,
    offset: entry.headerOffset,
    ...(cause === undefined ? {} : { cause }),
  });
}
