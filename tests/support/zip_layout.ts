/**
 * Lays out a package being built, with everything that packers may do and this project's doesn't:
 * turns packed entries into the chunks to write, and collects the central directory.
 *
 * Guarantees: chunks written in the order returned form a valid package. It holds the directory in
 * memory, never the data.
 *
 * @module
 */
import {
  dataDescriptor,
  directoryHeader,
  endRecord,
  type EntryRecord,
  FLAG_DESCRIPTOR,
  FLAG_UTF8,
  localHeader,
} from "../../src/zip/zip_records.ts";
import { encodeGbk } from "../../src/zip/gbk.ts";
import type { PackedSizes } from "../../src/zip/zip_layout.ts";

/** Options for a whole package. */
export interface ZipOptions {
  /** How names that aren't ASCII are written: UTF-8 with its flag (default), or GBK without one. */
  encoding?: "utf-8" | "gbk";
  /** A folder for everything, without slashes around it. */
  wrapper?: string;
  /** Zip64 records everywhere, also where they aren't needed. */
  zip64?: boolean;
  /** Sizes and CRC after the data instead of in the local header. */
  descriptors?: boolean;
  comment?: string;
  /** Also write an entry for every folder. */
  directories?: boolean;
  /** Bytes before the first local header (a self-extractor's); offsets count them. */
  prepend?: Uint8Array;
  /** Default for every entry; 0–9, default 6 as Python's zipfile. */
  level?: number;
  /** Default for every entry: zlib's strategy. */
  strategy?: number;
  /** Default for every entry: 2026-01-05 00:00:00. */
  mtime?: Date;
}

/** What an entry's headers say beside its sizes. */
export interface EntryWords {
  /** The name; bytes are written as they are, without the UTF-8 flag. */
  path: string | Uint8Array;
  mtime?: Date;
  /** Further general purpose flags. */
  flags?: number;
  /** The Unix mode with its type bits; default a plain file, 0644. */
  mode?: number;
  extra?: Uint8Array;
  comment?: string;
}

const EPOCH = new Date("2026-01-05T00:00:00Z");
const ascii = /^[\0-\x7f]*$/;

/** A package's growing layout. */
export class ZipLayout {
  readonly #options: ZipOptions;
  readonly #records: EntryRecord[] = [];
  readonly #folders = new Set<string>();
  #offset = 0;

  constructor(options: ZipOptions) {
    this.#options = options;
  }

  /** Bytes laid out so far: the offset of the next record. */
  get offset(): number {
    return this.#offset;
  }

  /** What comes before the first entry. */
  begin(): Uint8Array[] {
    const { prepend, wrapper } = this.#options;
    const chunks = prepend ? this.#lay([prepend]) : [];
    return wrapper === undefined ? chunks : [...chunks, ...this.#folderEntries(`${wrapper}/`)];
  }

  /** Entries for a file's parent folders that haven't been written yet; none by default. */
  foldersOf(words: EntryWords): Uint8Array[] {
    return typeof words.path === "string" ? this.#folderEntries(this.#wrapped(words.path)) : [];
  }

  /** The chunks of an entry whose packed data is known: header, data and descriptor. */
  add(words: EntryWords, sizes: PackedSizes, data: Uint8Array): Uint8Array[] {
    const record = this.#record(words, sizes);
    this.#records.push(record);
    return this.#lay([...this.#header(record), data, ...this.#descriptor(record)]);
  }

  /** The local header of an entry whose data isn't known yet; {@linkcode ZipLayout.patch} fills it in. */
  open(words: EntryWords, method: number): Uint8Array {
    const record = this.#record(words, { method, crc: 0, compressedSize: 0, size: 0 });
    this.#records.push(record);
    return this.#lay([localHeader(record)])[0]!;
  }

  /** The final local header of the last opened entry, to be written at `at`. */
  patch(sizes: PackedSizes): { at: number; header: Uint8Array } {
    const record = this.#records.at(-1)!;
    Object.assign(record, sizes);
    this.#offset += sizes.compressedSize;
    return { at: record.offset, header: localHeader(record) };
  }

  /** The central directory and the end records. */
  finish(): Uint8Array[] {
    const directoryOffset = this.#offset;
    const directory = this.#lay(this.#records.map(directoryHeader));
    const end = endRecord({
      entries: this.#records.length,
      directorySize: this.#offset - directoryOffset,
      directoryOffset,
      comment: encode(this.#options.comment),
      zip64: this.#options.zip64,
    });
    return [...directory, ...this.#lay([end])];
  }

  #lay(chunks: Uint8Array[]): Uint8Array[] {
    for (const chunk of chunks) this.#offset += chunk.length;
    return chunks;
  }

  #header(record: EntryRecord): Uint8Array[] {
    if (!(record.flags & FLAG_DESCRIPTOR)) return [localHeader(record)];
    return [localHeader({ ...record, crc: 0, compressedSize: 0, size: 0 })];
  }

  #descriptor(record: EntryRecord): Uint8Array[] {
    return record.flags & FLAG_DESCRIPTOR ? [dataDescriptor(record)] : [];
  }

  #wrapped(path: string): string {
    return this.#options.wrapper === undefined ? path : `${this.#options.wrapper}/${path}`;
  }

  #folderEntries(path: string): Uint8Array[] {
    if (!this.#options.directories) return [];
    const chunks: Uint8Array[] = [];
    for (let slash = path.indexOf("/"); slash >= 0; slash = path.indexOf("/", slash + 1)) {
      const folder = path.slice(0, slash + 1);
      if (this.#folders.has(folder)) continue;
      this.#folders.add(folder);
      const sizes = { method: 0, crc: 0, compressedSize: 0, size: 0 };
      const { name, flags } = this.#name(folder);
      const record = this.#record({ path: name, flags, mode: 0o040755 }, sizes);
      record.attributes! += 0x10;
      this.#records.push(record);
      chunks.push(...this.#lay([localHeader(record)]));
    }
    return chunks;
  }

  #name(path: string | Uint8Array): { name: Uint8Array; flags: number } {
    if (typeof path !== "string") return { name: path, flags: 0 };
    if (ascii.test(path)) return { name: encode(path)!, flags: 0 };
    if (this.#options.encoding === "gbk") return { name: encodeGbk(path), flags: 0 };
    return { name: encode(path)!, flags: FLAG_UTF8 };
  }

  #record(words: EntryWords, sizes: PackedSizes): EntryRecord {
    const path = typeof words.path === "string" && !words.path.endsWith("/")
      ? this.#wrapped(words.path)
      : words.path;
    const { name, flags } = this.#name(path);
    const descriptor = this.#options.descriptors && !(words.mode && words.mode & 0o040000)
      ? FLAG_DESCRIPTOR
      : 0;
    return {
      ...sizes,
      name,
      flags: flags | descriptor | (words.flags ?? 0),
      offset: this.#offset,
      mtime: words.mtime ?? this.#options.mtime ?? EPOCH,
      extra: words.extra,
      comment: encode(words.comment),
      attributes: (words.mode ?? 0o100644) * 0x10000,
      zip64: this.#options.zip64,
    };
  }
}

function encode(text: string | undefined): Uint8Array | undefined {
  return text === undefined ? undefined : new TextEncoder().encode(text);
}
