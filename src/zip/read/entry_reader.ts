/**
 * Reads entries of a package on the disk: their packed data and their content. It needs to know what
 * the directory says about an entry, not the directory.
 *
 * Guarantees: an entry's content is returned only if it has the stated CRC-32 and size. An entry that
 * can't be read is an ArchiveError. Bounded memory: one entry, or with chunks a piece of it.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { crc32, createInflateRaw } from "node:zlib";
import { createInflater } from "../../deflate/inflate.ts";
import type { Inflater } from "../../deflate/inflater.ts";
import { ArchiveError } from "../../errors.ts";
import { readFully } from "../../fs/whole_io.ts";
import { ZIP } from "../../messages/zip.ts";
import type { RawEntry } from "../directory/package_directory.ts";

/** Without name and extra fields. */
const LOCAL_HEADER_LENGTH = 30;
/** Bytes of packed data that are read at once. */
const CHUNK = 1 << 20;
/** Of the buffer that content is inflated into, bytes. */
const INFLATE_BUFFER = 256 << 10;
/** Larger buffers aren't kept for the next entry, bytes. */
const LARGEST_KEPT = 4 << 20;

/** What the directory says about an entry. */
export type PackedEntry = Pick<
  RawEntry,
  "name" | "method" | "crc" | "compressedSize" | "size" | "headerOffset"
>;

/** Reads the entries of one open file. */
export class EntryReader implements Disposable {
  readonly #file: Deno.FsFile;
  #inflater: Inflater | undefined;
  readonly #packedRoom = new Room();
  readonly #contentRoom = new Room();

  /** Takes the file: disposing of the reader closes it. */
  constructor(file: Deno.FsFile) {
    this.#file = file;
  }

  /** An entry's packed data. Throws ArchiveError. */
  packed(entry: PackedEntry): Uint8Array {
    return this.read(this.#dataStart(entry), entry.compressedSize);
  }

  /** The same, in pieces. */
  *packedChunks(entry: PackedEntry): Generator<Uint8Array> {
    const end = this.#dataStart(entry) + entry.compressedSize;
    for (let at = end - entry.compressedSize; at < end; at += CHUNK) {
      yield this.read(at, Math.min(CHUNK, end - at));
    }
  }

  /**
   * An entry's content, until the next one is read: a buffer per entry would wait for the garbage
   * collection, 55 MB of 112 entries of 100 KB. Throws ArchiveError if it doesn't match the directory.
   */
  content(entry: PackedEntry): Uint8Array {
    const room = this.#packedRoom.of(entry.compressedSize);
    const data = this.read(this.#dataStart(entry), entry.compressedSize, room);
    const content = entry.method === 0 ? data : this.#inflated(entry, data);
    check(entry, { crc: crc32(content), size: content.length });
    return content;
  }

  /** The same in pieces, for entries too big for memory; checked at the end. */
  async *contentChunks(entry: PackedEntry): AsyncGenerator<Uint8Array> {
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

  #inflated(entry: PackedEntry, data: Uint8Array): Uint8Array {
    if (entry.method !== 8) throw unreadable(entry, ZIP.method({ number: entry.method }));
    const content = this.#contentRoom.of(entry.size);
    const inflater = this.#inflater ??= createInflater(INFLATE_BUFFER);
    let at = 0;
    try {
      inflater.start(entry.size, (chunk) => {
        content.set(chunk, at);
        at += chunk.length;
      });
      inflater.push(data);
      inflater.finish();
    } catch (cause) {
      throw unreadable(entry, ZIP.damaged_stream(), cause);
    }
    return content.subarray(0, at);
  }

  async *#contentStream(entry: PackedEntry): AsyncGenerator<Uint8Array> {
    if (entry.method === 0) yield* this.packedChunks(entry);
    else if (entry.method !== 8) throw unreadable(entry, ZIP.method({ number: entry.method }));
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
        throw unreadable(entry, ZIP.damaged_stream(), cause);
      } finally {
        stream.destroy();
        await fed;
      }
    }
  }

  /** Only two lengths are read from the local header: the content is checked anyway. */
  #dataStart({ headerOffset }: PackedEntry): number {
    const header = new DataView(this.read(headerOffset, LOCAL_HEADER_LENGTH).buffer);
    const nameAndExtra = header.getUint16(26, true) + header.getUint16(28, true);
    return headerOffset + LOCAL_HEADER_LENGTH + nameAndExtra;
  }

  /** Bytes of the file. Throws ArchiveError where it ends before. */
  read(offset: number, length: number, into = new Uint8Array(length)): Uint8Array {
    const bytes = readFully(this.#file, offset, into);
    if (bytes.length === length) return bytes;
    throw new ArchiveError("bad_data", ZIP.ends_at({ offset: offset + bytes.length }), {
      expected: `${length} bytes at byte ${offset}`,
      found: `${bytes.length} bytes`,
      offset,
    });
  }
}

function check(entry: PackedEntry, { crc, size }: { crc: number; size: number }): void {
  if (crc === entry.crc && size === entry.size) return;
  throw new ArchiveError("wrong_crc", ZIP.isnt_as_listed({ name: entry.name }), {
    entry: entry.name,
    expected: `${entry.size} bytes, CRC-32 ${entry.crc.toString(16)}`,
    found: `${size} bytes, CRC-32 ${crc.toString(16)}`,
    offset: entry.headerOffset,
  });
}

function unreadable(entry: PackedEntry, found: string, cause?: unknown): ArchiveError {
  return new ArchiveError("bad_data", ZIP.cant_unpack({ name: entry.name }), {
    entry: entry.name,
    found,
    offset: entry.headerOffset,
    ...(cause === undefined ? {} : { cause }),
  });
}

/** A buffer that is used again. */
class Room {
  #buffer = new Uint8Array();

  /** As many bytes, whatever was in them. */
  of(length: number): Uint8Array<ArrayBuffer> {
    if (length > LARGEST_KEPT) return new Uint8Array(length);
    if (length > this.#buffer.length) this.#buffer = new Uint8Array(length);
    return this.#buffer.subarray(0, length);
  }
}
