/**
 * Builds small ZIP files byte by byte, so that tests can say exactly what is odd about one.
 *
 * @module
 */
import { crc32, deflateRawSync } from "node:zlib";

/** One entry; everything that isn't given is what an honest tool would write. */
export interface TinyEntry {
  name: string | Uint8Array;
  data?: Uint8Array;
  method?: number;
  flags?: number;
  versionMadeBy?: number;
  externalAttributes?: number;
  extra?: Uint8Array;
  localExtra?: Uint8Array;
  /** Instead of what is true, in the directory. */
  claim?: { size?: number; compressedSize?: number; headerOffset?: number; crc?: number };
  /** Sizes and offset go into a Zip64 field. */
  zip64?: boolean;
  /** Sizes and CRC follow the data. */
  descriptor?: boolean;
}

/** What is odd about the package as a whole. */
export interface TinyOptions {
  comment?: Uint8Array;
  prepend?: Uint8Array;
  append?: Uint8Array;
  zip64?: boolean;
  disk?: number;
  count?: number;
}

/** Little-endian bytes: each pair is a width in bytes and a value. */
export function le(...fields: [number, number][]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(fields.reduce((sum, [width]) => sum + width, 0));
  let at = 0;
  for (const [width, value] of fields) {
    let rest = value;
    for (let index = 0; index < width; index++) {
      bytes[at++] = rest % 256;
      rest = Math.floor(rest / 256);
    }
  }
  return bytes;
}

/** All parts, one after another. */
export function join(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** Text as UTF-8. */
export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

/** Builds the package. */
export function tinyZip(
  entries: TinyEntry[],
  options: TinyOptions = {},
): Uint8Array<ArrayBuffer> {
  const empty = new Uint8Array();
  const locals: Uint8Array[] = [];
  const records: Uint8Array[] = [];
  let offset = 0;
  for (const entry of entries) {
    const name = typeof entry.name === "string" ? utf8(entry.name) : entry.name;
    const data = entry.data ?? empty;
    const method = entry.method ?? 0;
    const packed = method === 8 ? new Uint8Array(deflateRawSync(data)) : data;
    const flags = (entry.flags ?? (typeof entry.name === "string" ? 0x800 : 0)) |
      (entry.descriptor ? 8 : 0);
    const crc = entry.claim?.crc ?? crc32(data);
    const size = entry.claim?.size ?? data.length;
    const compressedSize = entry.claim?.compressedSize ?? packed.length;
    const headerOffset = entry.claim?.headerOffset ?? offset;
    const localExtra = entry.localExtra ?? empty;
    const inLocal = (value: number) => entry.descriptor ? 0 : value;
    const local = join(
      le([4, 0x04034b50], [2, 20], [2, flags], [2, method], [4, 0x5a215a21], [4, inLocal(crc)]),
      le([4, inLocal(compressedSize)], [4, inLocal(size)], [2, name.length], [
        2,
        localExtra.length,
      ]),
      name,
      localExtra,
      packed,
      entry.descriptor ? le([4, 0x08074b50], [4, crc], [4, compressedSize], [4, size]) : empty,
    );
    const big = entry.zip64 ?? false;
    const extra = join(
      big ? le([2, 1], [2, 24], [8, size], [8, compressedSize], [8, headerOffset]) : empty,
      entry.extra ?? empty,
    );
    const in32 = (value: number) => big ? 0xffffffff : value;
    records.push(join(
      le([4, 0x02014b50], [2, entry.versionMadeBy ?? 0x0314], [2, 20], [2, flags], [2, method]),
      le([4, 0x5a215a21], [4, crc], [4, in32(compressedSize)], [4, in32(size)]),
      le([2, name.length], [2, extra.length], [2, 0], [2, 0], [2, 0]),
      le([4, entry.externalAttributes ?? 0], [4, in32(headerOffset)]),
      name,
      extra,
    ));
    locals.push(local);
    offset += local.length;
  }
  const directory = join(...records);
  const comment = options.comment ?? empty;
  const count = options.count ?? entries.length;
  const disk = options.disk ?? 0;
  const big = options.zip64 ?? false;
  const end64 = !big ? empty : join(
    le([4, 0x06064b50], [8, 44], [2, 45], [2, 45], [4, disk], [4, disk], [8, count], [8, count]),
    le([8, directory.length], [8, offset]),
    le([4, 0x07064b50], [4, 0], [8, offset + directory.length], [4, 1]),
  );
  const end = join(
    le([4, 0x06054b50], [2, disk], [2, disk], [2, big ? 0xffff : count]),
    le([2, big ? 0xffff : count], [4, big ? 0xffffffff : directory.length]),
    le([4, big ? 0xffffffff : offset], [2, comment.length]),
  );
  return join(
    options.prepend ?? empty,
    ...locals,
    directory,
    end64,
    end,
    comment,
    options.append ?? empty,
  );
}
