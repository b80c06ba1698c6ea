/**
 * The records of the ZIP format as bytes: local header, data descriptor, central directory, end
 * records, Zip64.
 *
 * Guarantees: the bytes are exactly what the fields say, even if the fields lie, so that tests can
 * build odd packages from the same records. Nothing is checked.
 *
 * @module
 */

/** General purpose flag: sizes and CRC follow the data. */
export const FLAG_DESCRIPTOR = 0x0008;
/** General purpose flag: the name is UTF-8. */
export const FLAG_UTF8 = 0x0800;

const FULL_16 = 0xffff;
const FULL_32 = 0xffffffff;

/** The facts about an entry's packed data. Sizes are in bytes. */
export interface PackedSizes {
  method: number;
  crc: number;
  compressedSize: number;
  size: number;
}

/** An entry's records. Sizes and offsets are in bytes. */
export interface EntryRecord extends PackedSizes {
  name: Uint8Array;
  flags: number;
  /** Where the local header begins. */
  offset: number;
  /** Its UTC fields become the DOS time, so that the bytes are the same in every time zone. */
  mtime: Date;
  /** Extra fields, without the Zip64 one, in both headers. */
  extra?: Uint8Array | undefined;
  comment?: Uint8Array | undefined;
  /** The external attributes; the Unix mode is in the upper half. */
  attributes?: number | undefined;
  /** Upper byte = the system that made it (3 = Unix), lower byte = version. */
  madeBy?: number | undefined;
  /** Whether sizes and offset are written as Zip64; default: where they don't fit otherwise. */
  zip64?: boolean | undefined;
}

/** What the end of the central directory says. */
export interface EndRecord {
  entries: number;
  directorySize: number;
  directoryOffset: number;
  comment?: Uint8Array | undefined;
  /** Write the Zip64 end record and locator even where the figures would fit. */
  zip64?: boolean | undefined;
  /** Where the Zip64 end record begins; default: right behind the directory. */
  zip64Offset?: number | undefined;
}

/** Little-endian fields, written one after another. */
class Fields {
  #bytes: number[] = [];

  u16(...values: number[]): this {
    for (const value of values) this.#bytes.push(value & 0xff, value >>> 8 & 0xff);
    return this;
  }

  u32(...values: number[]): this {
    for (const value of values) {
      this.u16(value & 0xffff, Math.floor(value / 0x10000) & 0xffff);
    }
    return this;
  }

  u64(...values: number[]): this {
    for (const value of values) this.u32(value % 2 ** 32, Math.floor(value / 2 ** 32));
    return this;
  }

  raw(bytes: Uint8Array | undefined): this {
    if (bytes) { for (const byte of bytes) this.#bytes.push(byte); }
    return this;
  }

  done(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }
}

/** A local header, without the data behind it. */
export function localHeader(entry: EntryRecord): Uint8Array {
  const long = needsZip64(entry);
  const zip64 = long
    ? extraField(1, new Fields().u64(entry.size, entry.compressedSize).done())
    : [];
  const extra = Uint8Array.from([...zip64, ...entry.extra ?? []]);
  return new Fields()
    .u32(0x04034b50)
    .u16(long ? 45 : 20, entry.flags, entry.method, ...dosTime(entry.mtime))
    .u32(entry.crc, long ? FULL_32 : entry.compressedSize, long ? FULL_32 : entry.size)
    .u16(entry.name.length, extra.length)
    .raw(entry.name).raw(extra).done();
}

/** A data descriptor, with its signature. */
export function dataDescriptor(entry: EntryRecord): Uint8Array {
  const fields = new Fields().u32(0x08074b50, entry.crc);
  const sizes = [entry.compressedSize, entry.size];
  return (needsZip64(entry) ? fields.u64(...sizes) : fields.u32(...sizes)).done();
}

/** An entry's header in the central directory. */
export function directoryHeader(entry: EntryRecord): Uint8Array {
  const long = needsZip64(entry);
  const zip64 = long
    ? extraField(1, new Fields().u64(entry.size, entry.compressedSize, entry.offset).done())
    : [];
  const extra = Uint8Array.from([...zip64, ...entry.extra ?? []]);
  return new Fields()
    .u32(0x02014b50)
    .u16(entry.madeBy ?? (3 << 8 | (long ? 45 : 20)), long ? 45 : 20, entry.flags, entry.method)
    .u16(...dosTime(entry.mtime))
    .u32(entry.crc, long ? FULL_32 : entry.compressedSize, long ? FULL_32 : entry.size)
    .u16(entry.name.length, extra.length, entry.comment?.length ?? 0, 0, 0)
    .u32(entry.attributes ?? 0o100644 * 0x10000, long ? FULL_32 : entry.offset)
    .raw(entry.name).raw(extra).raw(entry.comment).done();
}

/** The end of the central directory, with the Zip64 records where they are needed. */
export function endRecord(end: EndRecord): Uint8Array {
  const long = end.zip64 || end.entries >= FULL_16 || end.directorySize >= FULL_32 ||
    end.directoryOffset >= FULL_32;
  const fields = new Fields();
  if (long) {
    const offset = end.zip64Offset ?? end.directoryOffset + end.directorySize;
    fields.u32(0x06064b50).u64(44).u16(3 << 8 | 45, 45).u32(0, 0)
      .u64(end.entries, end.entries, end.directorySize, end.directoryOffset)
      .u32(0x07064b50, 0).u64(offset).u32(1);
  }
  const entries = long ? FULL_16 : end.entries;
  return fields.u32(0x06054b50).u16(0, 0, entries, entries)
    .u32(long ? FULL_32 : end.directorySize, long ? FULL_32 : end.directoryOffset)
    .u16(end.comment?.length ?? 0).raw(end.comment).done();
}

/** An extra field: its number, its length, its bytes. */
export function extraField(id: number, data: Uint8Array): Uint8Array {
  return new Fields().u16(id, data.length).raw(data).done();
}

function needsZip64(entry: EntryRecord): boolean {
  return entry.zip64 ??
    (entry.size >= FULL_32 || entry.compressedSize >= FULL_32 || entry.offset >= FULL_32);
}

function dosTime(date: Date): [time: number, date: number] {
  const time = date.getUTCHours() << 11 | date.getUTCMinutes() << 5 | date.getUTCSeconds() >> 1;
  const day = date.getUTCDate() | date.getUTCMonth() + 1 << 5 | date.getUTCFullYear() - 1980 << 9;
  return [time, day];
}
