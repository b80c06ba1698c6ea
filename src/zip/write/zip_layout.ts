/**
 * Lays out a package being written: returns the chunks to write, and collects the central directory.
 *
 * Guarantees: chunks written in the order returned form a valid package. It holds the directory in
 * memory, never the data. Names (duplicates, odd ones) aren't checked.
 *
 * @module
 */
import {
  directoryHeader,
  endRecord,
  type EntryRecord,
  FLAG_UTF8,
  localHeader,
  type PackedSizes,
} from "./zip_records.ts";

interface LayoutOptions {
  /** The time of every entry. */
  mtime: Date;
  /** Zip64 records everywhere, also where they aren't needed. */
  zip64?: boolean;
}

/** An entry's record, but for its offset and what its data say. */
export type EntryWords = Omit<EntryRecord, keyof PackedSizes | "offset">;

/** A package's growing layout. A subclass may describe entries otherwise, and lay out more. */
export class ZipLayout {
  readonly #options: LayoutOptions;
  readonly #records: EntryRecord[] = [];
  #offset = 0;

  constructor(options: LayoutOptions) {
    this.#options = options;
  }

  /** Bytes laid out so far: the offset of the next record. */
  get offset(): number {
    return this.#offset;
  }

  /** The chunks of an entry whose packed data is known: header and data. */
  add(entry: { path: string }, sizes: PackedSizes, data: Uint8Array): Uint8Array[] {
    return this.lay([localHeader(this.enter(this.describe(entry), sizes)), data]);
  }

  /** The local header of an entry whose data isn't known yet; {@linkcode ZipLayout.patch} fills it in. */
  open(entry: { path: string }, method: number): Uint8Array {
    const sizes = { method, crc: 0, compressedSize: 0, size: 0 };
    return this.lay([localHeader(this.enter(this.describe(entry), sizes))])[0]!;
  }

  /** The final local header of the last opened entry, to be written at `at`. */
  patch(sizes: PackedSizes): { at: number; header: Uint8Array } {
    const record = this.#records.at(-1)!;
    Object.assign(record, sizes);
    this.#offset += sizes.compressedSize;
    return { at: record.offset, header: localHeader(record) };
  }

  /** The central directory and the end records, with the package's comment. */
  finish(comment?: Uint8Array): Uint8Array[] {
    const directoryOffset = this.#offset;
    const directory = this.lay(this.#records.map(directoryHeader));
    const end = endRecord({
      entries: this.#records.length,
      directorySize: this.#offset - directoryOffset,
      directoryOffset,
      comment,
      zip64: this.#options.zip64,
    });
    return [...directory, ...this.lay([end])];
  }

  /** How an entry's record describes it. */
  protected describe({ path }: { path: string }): EntryWords {
    const flags = /^[\0-\x7f]*$/.test(path) ? 0 : FLAG_UTF8;
    return { name: new TextEncoder().encode(path), flags, ...this.#options };
  }

  /** Records an entry that begins here. */
  protected enter(words: EntryWords, sizes: PackedSizes): EntryRecord {
    const record = { ...words, ...sizes, offset: this.#offset };
    this.#records.push(record);
    return record;
  }

  /** Counts chunks that will be written next. */
  protected lay(chunks: Uint8Array[]): Uint8Array[] {
    for (const chunk of chunks) this.#offset += chunk.length;
    return chunks;
  }
}
