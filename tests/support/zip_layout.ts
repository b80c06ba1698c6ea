/**
 * Lays out a package with everything that packers may do and this project's doesn't.
 *
 * Guarantees: chunks written in the order returned form a valid package.
 *
 * @module
 */
import {
  dataDescriptor,
  FLAG_DESCRIPTOR,
  FLAG_UTF8,
  localHeader,
  type PackedSizes,
} from "../../src/zip/write/zip_records.ts";
import { encodeGbk } from "../../src/zip/directory/gbk.ts";
import { type EntryWords, ZipLayout } from "../../src/zip/write/zip_layout.ts";

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

/** What an entry's headers shall say beside its sizes. */
export interface PackerEntry {
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
const EMPTY = { method: 0, crc: 0, compressedSize: 0, size: 0 };

/** The growing layout of a package by any packer. */
export class PackerLayout extends ZipLayout {
  readonly #options: ZipOptions;
  readonly #folders = new Set<string>();

  constructor(options: ZipOptions) {
    super({ mtime: EPOCH, ...options });
    this.#options = options;
  }

  /** What comes before the first entry. */
  begin(): Uint8Array[] {
    const { prepend, wrapper } = this.#options;
    const chunks = prepend ? this.lay([prepend]) : [];
    return wrapper === undefined ? chunks : [...chunks, ...this.#folderEntries(`${wrapper}/`)];
  }

  /** Entries for a file's parent folders that haven't been written yet; none by default. */
  foldersOf({ path }: PackerEntry): Uint8Array[] {
    return typeof path === "string" ? this.#folderEntries(this.#wrapped(path)) : [];
  }

  override add(entry: PackerEntry, sizes: PackedSizes, data: Uint8Array): Uint8Array[] {
    const record = this.enter(this.describe(entry), sizes);
    if (!(record.flags & FLAG_DESCRIPTOR)) return this.lay([localHeader(record), data]);
    const open = { ...record, crc: 0, compressedSize: 0, size: 0 };
    return this.lay([localHeader(open), data, dataDescriptor(record)]);
  }

  override finish(): Uint8Array[] {
    return super.finish(encode(this.#options.comment));
  }

  protected override describe(entry: PackerEntry): EntryWords {
    const { descriptors, mtime = EPOCH, zip64 } = this.#options;
    const { path, mode = 0o100644 } = entry;
    const wrapped = typeof path === "string" && !path.endsWith("/") ? this.#wrapped(path) : path;
    const { name, flags } = this.#name(wrapped);
    const descriptor = descriptors && !(mode & 0o040000) ? FLAG_DESCRIPTOR : 0;
    return {
      name,
      flags: flags | descriptor | (entry.flags ?? 0),
      mtime: entry.mtime ?? mtime,
      extra: entry.extra,
      comment: encode(entry.comment),
      attributes: mode * 0x10000,
      zip64,
    };
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
      const words = this.describe({ path: folder, mode: 0o040755 });
      const record = this.enter({ ...words, attributes: words.attributes! + 0x10 }, EMPTY);
      chunks.push(...this.lay([localHeader(record)]));
    }
    return chunks;
  }

  #name(path: string | Uint8Array): { name: Uint8Array; flags: number } {
    if (typeof path !== "string") return { name: path, flags: 0 };
    if (ascii.test(path)) return { name: encode(path)!, flags: 0 };
    if (this.#options.encoding === "gbk") return { name: encodeGbk(path), flags: 0 };
    return { name: encode(path)!, flags: FLAG_UTF8 };
  }
}

function encode(text: string | undefined): Uint8Array | undefined {
  return text === undefined ? undefined : new TextEncoder().encode(text);
}
