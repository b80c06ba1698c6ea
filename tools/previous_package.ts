/**
 * The packed data of a package that is there already, for a new one whose files are mostly the same.
 *
 * Guarantees: what is handed out inflates to exactly the content that it was asked for, or isn't
 * handed out. A package that can't be read is an error: packing anew would make every client fetch
 * everything.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { crc32, inflateRawSync } from "node:zlib";
import type { Packed } from "../src/zip/zip_writer.ts";
import { readDirectory } from "../src/zip/directory.ts";
import type { PackageDirectory, RawEntry } from "../src/zip/package_directory.ts";

/** Enough for the directory of 1,000 files; more is read when it is needed. */
const FIRST_TAIL = 128 << 10;
/** Without name and extra fields. */
const LOCAL_HEADER_LENGTH = 30;

/** An open package. */
export class PreviousPackage implements Disposable {
  readonly #file: Deno.FsFile;
  readonly #entries: Map<string, RawEntry>;

  private constructor(file: Deno.FsFile, directory: PackageDirectory) {
    this.#file = file;
    this.#entries = new Map(directory.entries.map((entry) => [entry.name, entry]));
  }

  /** Opens a package. Throws ArchiveError for one that can't be read, and what Deno throws. */
  static async open(path: string): Promise<PreviousPackage> {
    const file = await Deno.open(path, { read: true });
    try {
      return new PreviousPackage(file, await directoryOf(file));
    } catch (error) {
      file.close();
      throw error;
    }
  }

  /** The data of the entry at `path` when its content is this one. */
  packed(path: string, content: Uint8Array): Packed | undefined {
    const entry = this.#entries.get(path);
    if (entry === undefined || entry.method !== 8 || entry.size !== content.length) {
      return undefined;
    }
    const crc = crc32(content);
    if (entry.crc !== crc) return undefined;
    try {
      const data = this.#dataOf(entry);
      if (Buffer.compare(inflateRawSync(data), content) !== 0) return undefined;
      return { method: 8, crc, compressedSize: data.length, size: entry.size, data };
    } catch {
      // A package that rots on the disk must not rot on into the next ones.
      return undefined;
    }
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }

  /** Two lengths are all that the local header is asked for: the content decides. */
  #dataOf({ headerOffset, compressedSize }: RawEntry): Uint8Array {
    const header = new DataView(readAt(this.#file, headerOffset, LOCAL_HEADER_LENGTH).buffer);
    const nameAndExtra = header.getUint16(26, true) + header.getUint16(28, true);
    const dataStart = headerOffset + LOCAL_HEADER_LENGTH + nameAndExtra;
    return readAt(this.#file, dataStart, compressedSize);
  }
}

/** The directory of an open package. Throws ArchiveError. */
export async function directoryOf(file: Deno.FsFile): Promise<PackageDirectory> {
  const total = (await file.stat()).size;
  let tailOffset = Math.max(0, total - FIRST_TAIL);
  while (true) {
    const tail = readAt(file, tailOffset, total - tailOffset);
    const result = await readDirectory(tail, { tailOffset, total, filenameEncoding: "auto" });
    if (result.kind === "directory") return result.directory;
    tailOffset = result.start;
  }
}

function readAt(file: Deno.FsFile, offset: number, length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  file.seekSync(offset, Deno.SeekMode.Start);
  let at = 0;
  while (at < length) {
    const count = file.readSync(bytes.subarray(at));
    if (count === null) throw new Error(`the package ends at ${offset + at}`);
    at += count;
  }
  return bytes;
}
