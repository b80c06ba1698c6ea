/**
 * Extracts entries with zip.js: those that the fast path doesn't support.
 *
 * Guarantees: the extraction throws unless CRC-32 and size match the directory; it never outputs
 * more than the entry's claimed size. Memory use is a few chunks, whatever the entry's size. The
 * package's directory is read once, however many entries are extracted, and no web worker is
 * started. What was written before an error is the caller's to discard.
 *
 * @module
 */

import { configure, type FileEntry, Reader, ZipReader } from "@zip-js/zip-js";
import { crc32 } from "node:zlib";
import { ArchiveError, DataHubSyncError, messageOf } from "../../errors.ts";
import type { Entry } from "../../types.ts";
import { ZIP } from "../../messages/zip.ts";

/** Reads `length` bytes at `offset` of the package; fewer only at its end. */
export type ReadAt = (offset: number, length: number) => Uint8Array | Promise<Uint8Array>;

/** Takes the next bytes of an entry's content; they are overwritten after it has returned. */
export type WriteChunk = (chunk: Uint8Array) => void;

/** A package whose bytes come from the caller. */
class PackageReader extends Reader<ReadAt> {
  readonly #read: ReadAt;

  constructor(read: ReadAt, total: number) {
    super(read);
    this.#read = read;
    this.size = total;
  }

  override async readUint8Array(index: number, length: number): Promise<Uint8Array> {
    const wanted = Math.max(0, Math.min(length, this.size - index));
    // zip.js may keep and change what it gets, and the caller may reuse its buffer.
    return (await this.#read(index, wanted)).slice();
  }
}

/** zip.js with one package open. The directory's bytes must be readable, and each entry's own. */
export class ZipJsExtractor {
  readonly #reader: ZipReader<ReadAt>;
  #entries: Promise<Map<number, FileEntry>> | undefined;

  /** Opens a package of `total` bytes; nothing is read yet. */
  constructor(read: ReadAt, total: number) {
    configure({ useWebWorkers: false });
    this.#reader = new ZipReader(new PackageReader(read, total), {
      useWebWorkers: false,
      // Names are checked elsewhere, and the output path isn't derived from them here.
      filenameValidation: "tolerant",
    });
  }

  /** Extracts one entry, found by where its local header is; `write` gets its content in order. */
  async extract(entry: Entry, write: WriteChunk): Promise<void> {
    const file = (await this.#open()).get(entry.headerOffset);
    if (file === undefined) throw lost(entry);
    let crc = 0;
    let size = 0;
    const sink = new WritableStream<Uint8Array>({
      write: (chunk) => {
        size += chunk.length;
        if (size > entry.size) throw wrongSize(entry, ZIP.bytes_longer({ number: entry.size }));
        crc = crc32(chunk, crc);
        write(chunk);
      },
    });
    try {
      await file.getData(sink, { checkCrc32: false });
    } catch (error) {
      throw asArchiveError(error, entry);
    }
    if (size !== entry.size) throw wrongSize(entry, ZIP.bytes({ number: size }));
    if (crc !== entry.crc) throw wrongCrc(entry, crc);
  }

  /** Releases the package. */
  async close(): Promise<void> {
    await this.#reader.close();
  }

  #open(): Promise<Map<number, FileEntry>> {
    this.#entries ??= this.#list();
    return this.#entries;
  }

  async #list(): Promise<Map<number, FileEntry>> {
    const found = new Map<number, FileEntry>();
    try {
      for await (const entry of this.#reader.getEntriesGenerator()) {
        if (!entry.directory) found.set(entry.offset, entry);
      }
    } catch (cause) {
      if (cause instanceof DataHubSyncError) throw cause;
      const message = ZIP.other_no_directory({ why: messageOf(cause) });
      throw new ArchiveError("bad_directory", message, { cause });
    }
    return found;
  }
}

/** Passes on our own errors and disk errors; gives zip.js's errors a code. */
function asArchiveError(error: unknown, entry: Entry): unknown {
  if (error instanceof DataHubSyncError) return error;
  if (!(error instanceof Error) || "code" in error || isDenoError(error)) return error;
  const text = error.message;
  const code = /local file header|out of bounds/i.test(text)
    ? "bad_local_header"
    : /not supported|encrypted/i.test(text)
    ? "unsupported"
    : /uncompressed size/i.test(text)
    ? "wrong_size"
    : "bad_data";
  return new ArchiveError(code, ZIP.other_says({ path: entry.path, why: messageOf(error) }), {
    entry: entry.path,
    offset: entry.headerOffset,
    cause: error,
  });
}

function isDenoError(error: Error): boolean {
  return Object.values(Deno.errors).some((type) => error instanceof type);
}

function lost(entry: Entry): ArchiveError {
  return new ArchiveError("bad_directory", ZIP.other_doesnt_see({ path: entry.path }), {
    entry: entry.path,
    offset: entry.headerOffset,
  });
}

function wrongSize(entry: Entry, found: string): ArchiveError {
  return new ArchiveError("wrong_size", ZIP.wrong_length({ path: entry.path }), {
    entry: entry.path,
    offset: entry.headerOffset,
    expected: `${entry.size} bytes`,
    found,
  });
}

function wrongCrc(entry: Entry, found: number): ArchiveError {
  const hex = (crc: number) => `CRC-32 ${crc.toString(16).padStart(8, "0")}`;
  return new ArchiveError("wrong_crc", ZIP.wrong_content({ path: entry.path }), {
    entry: entry.path,
    offset: entry.headerOffset,
    expected: hex(entry.crc),
    found: hex(found),
  });
}
