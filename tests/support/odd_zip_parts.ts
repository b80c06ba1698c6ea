/**
 * Puts packages together whose records may say what they like.
 *
 * @module
 */
import { crc32, deflateRawSync } from "node:zlib";
import {
  dataDescriptor,
  directoryHeader,
  type EndRecord,
  endRecord,
  type EntryRecord,
  FLAG_DESCRIPTOR,
  FLAG_UTF8,
  localHeader,
} from "../../src/zip/write/zip_records.ts";

/** One entry, and the lies in its records. */
export interface OddEntry {
  name: string | Uint8Array;
  content?: Uint8Array;
  /** Default 8. */
  method?: number;
  flags?: number;
  /** The Unix mode with its type bits. */
  mode?: number;
  extra?: Uint8Array;
  /** The bytes between header and next header; default: the content, packed. */
  data?: Uint8Array;
  local?: Partial<EntryRecord>;
  directory?: Partial<EntryRecord>;
  /** A data descriptor: the honest one with these changes, or these bytes. */
  descriptor?: Partial<EntryRecord> | Uint8Array;
  zip64?: boolean;
}

/** What is odd about the package as a whole. */
export interface OddPackage {
  end?: Partial<EndRecord>;
  comment?: Uint8Array;
  prepend?: Uint8Array;
  /** Offsets don't count the prepended bytes. */
  uncounted?: boolean;
  append?: Uint8Array;
  /** Bytes between the directory and the end record. */
  between?: Uint8Array;
}

const MTIME = new Date("2026-01-05T00:00:00Z");

/** UTF-8. */
export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Bytes, one after another. */
export function concat(...chunks: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}

/** A 64-bit number, least significant byte first. */
export function u64(...values: number[]): Uint8Array {
  const bytes = new Uint8Array(values.length * 8);
  const view = new DataView(bytes.buffer);
  values.forEach((value, index) => view.setBigUint64(index * 8, BigInt(value), true));
  return bytes;
}

/** A copy with other bytes at a place; below 0 counts from the end. */
export function patched(bytes: Uint8Array, at: number, ...values: number[]): Uint8Array {
  const copy = bytes.slice();
  copy.set(values, at < 0 ? bytes.length + at : at);
  return copy;
}

/** What the honest records of an entry say. */
export function recordOf(entry: OddEntry, offset: number): EntryRecord & { data: Uint8Array } {
  const { content = utf8("a,b\n1,2\n"), method = 8 } = entry;
  const data = entry.data ?? (method === 8 ? deflateRawSync(content) : content);
  const name = typeof entry.name === "string" ? utf8(entry.name) : entry.name;
  const utf = typeof entry.name === "string" && !/^[\0-\x7f]*$/.test(entry.name) ? FLAG_UTF8 : 0;
  return {
    name,
    method,
    flags: (entry.flags ?? 0) | utf | (entry.descriptor ? FLAG_DESCRIPTOR : 0),
    crc: crc32(content),
    compressedSize: data.length,
    size: content.length,
    offset,
    mtime: MTIME,
    extra: entry.extra,
    zip64: entry.zip64,
    attributes: (entry.mode ?? 0o100644) * 0x10000,
    data,
  };
}

/** A whole package. */
export function assemble(entries: readonly OddEntry[], odd: OddPackage = {}): Uint8Array {
  const { prepend = new Uint8Array(), between = new Uint8Array() } = odd;
  const base = odd.uncounted ? 0 : prepend.length;
  const chunks: Uint8Array[] = [];
  const headers: Uint8Array[] = [];
  let at = base;
  for (const entry of entries) {
    const { data, ...record } = recordOf(entry, at);
    const hidden = entry.descriptor ? { crc: 0, compressedSize: 0, size: 0 } : {};
    const tail = entry.descriptor instanceof Uint8Array
      ? entry.descriptor
      : entry.descriptor
      ? dataDescriptor({ ...record, ...entry.descriptor })
      : new Uint8Array();
    const whole = concat(localHeader({ ...record, ...hidden, ...entry.local }), data, tail);
    headers.push(directoryHeader({ ...record, ...entry.directory }));
    chunks.push(whole);
    at += whole.length;
  }
  const directory = concat(...headers);
  const end = endRecord({
    entries: entries.length,
    directorySize: directory.length,
    directoryOffset: at,
    comment: odd.comment,
    ...odd.end,
  });
  const append = odd.append ?? new Uint8Array();
  return concat(prepend, ...chunks, directory, between, end, append);
}
