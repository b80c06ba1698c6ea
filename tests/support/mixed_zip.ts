/**
 * A dataset whose packages are right, and odd in many ways at once: a tree that changes from day to
 * day, packed each day by another maker whose habits are drawn by lot.
 *
 * Guarantees: the same random makes the same days; each package holds exactly the day's tree, and
 * every habit is one that a real tool has and that the format allows: order, holes, bytes in front,
 * comments, Zip64 where it isn't needed, descriptors of each form, encodings of names, modes, extra
 * fields, methods, streams of several blocks. What is refused is in `odd_zip.ts`.
 *
 * @module
 */
import { constants, crc32, deflateRawSync, zstdCompressSync } from "node:zlib";
import {
  directoryHeader,
  endRecord,
  type EntryRecord,
  extraField,
  FLAG_DESCRIPTOR,
  FLAG_UTF8,
  localHeader,
} from "../../src/zip/write/zip_records.ts";
import { csvRows } from "./deflate_streams.ts";
import { concat, u64, utf8 } from "./odd_zip_parts.ts";
import { between, noise, oneOf } from "./random.ts";
import type { Tree } from "./tree.ts";

/** A day's package, and what it holds. */
export interface MixedDay {
  tree: Tree;
  package: Uint8Array;
}

type Random = () => number;

const FULL = 0xffffffff;
const PLACES = ["", "d/", "d/e/", "股票/", "x y/"] as const;
const NAMES = ["sh600000", "sz000001_一般企业", "é", "a'b", "CON", "-x", "Σ", "#1", "~"] as const;

/**
 * The days of a dataset; `plain`: only what `judge()` knows, too, so no Zstandard, backslashes,
 * Unicode paths and comments like an end record.
 */
export function mixedDays(random: Random, days: number, { plain = false } = {}): MixedDay[] {
  const tree: Tree = new Map();
  let next = 0;
  const add = () => {
    const path = `${oneOf(random, PLACES)}${oneOf(random, NAMES)}${next++}.csv`;
    tree.set(path, csvRows(next, oneOf(random, [0, 1, 40, 400, 2000])));
  };
  while (tree.size < 12) add();
  const packed = new Map<string, Stream>();
  return Array.from({ length: days }, () => {
    for (const [path, content] of [...tree]) {
      const lot = random();
      if (lot < 0.3) tree.set(path, concat(content, csvRows(next++, between(random, 1, 9))));
      else if (lot < 0.35) tree.set(path, noise(random, between(random, 0, 5000)));
      else if (lot < 0.4) tree.delete(path);
    }
    add();
    return { tree: new Map(tree), package: packOddly(random, tree, { packed, plain }) };
  });
}

interface Stream {
  content: Uint8Array;
  method: number;
  data: Uint8Array;
}

/** Packs a tree; a stream of the day before is taken again where its content is the same. */
function packOddly(
  random: Random,
  tree: Tree,
  { packed, plain }: { packed: Map<string, Stream>; plain: boolean },
): Uint8Array {
  const chance = (share: number) => random() < share;
  const habits = { descriptors: chance(0.4), holes: chance(0.2), zip64: chance(0.2) };
  const prepend = chance(0.3) ? noise(random, between(random, 1, 70_000)) : new Uint8Array();
  const uncounted = chance(0.5);
  const long = chance(0.3);
  const chunks = [prepend];
  const headers: Uint8Array[] = [];
  let at = uncounted ? 0 : prepend.length;
  const put = (...bytes: Uint8Array[]) => {
    chunks.push(...bytes);
    at += bytes.reduce((sum, one) => sum + one.length, 0);
  };
  const entries: [string, Uint8Array][] = [...tree];
  if (chance(0.3)) entries.push(["d/", new Uint8Array()]);
  // By name, backwards, or in any order.
  if (chance(0.5)) entries.sort(() => random() - 0.5);
  for (const [path, content] of entries) {
    let stream = packed.get(path);
    if (stream?.content !== content || chance(0.1)) stream = streamOf(random, path, content, plain);
    packed.set(path, stream);
    const entry = { ...recordOf(random, path, stream, plain), offset: at };
    const { data } = stream;
    const descriptor = habits.descriptors && !path.endsWith("/") && chance(0.8);
    if (descriptor) entry.flags |= FLAG_DESCRIPTOR;
    const zip64 = habits.zip64 && chance(0.7);
    const hidden = descriptor ? { crc: 0, compressedSize: 0, size: 0 } : {};
    put(localHeader({ ...entry, zip64: zip64 && !descriptor, ...hidden }), data);
    if (descriptor) put(descriptorOf(entry, { signed: chance(0.8), zip64 }));
    headers.push(
      zip64 && chance(0.5) ? withLongOffset(entry) : directoryHeader({ ...entry, zip64 }),
    );
    if (habits.holes && chance(0.3)) put(noise(random, between(random, 1, 3000)));
  }
  if (chance(0.3)) headers.sort(() => random() - 0.5);
  const directory = concat(...headers);
  const end = { entries: headers.length, directorySize: directory.length, directoryOffset: at };
  const comment = chance(0.3) ? commentOf(random, plain) : undefined;
  return concat(...chunks, directory, endRecord({ ...end, comment, zip64: long }));
}

function streamOf(random: Random, path: string, content: Uint8Array, plain: boolean): Stream {
  if (path.endsWith("/") || random() < 0.2) return { content, method: 0, data: content };
  if (!plain && random() < 0.1) return { content, method: 93, data: zstdCompressSync(content) };
  const level = between(random, 0, 10);
  const strategy = between(random, 0, 5);
  const flush = oneOf(random, [constants.Z_SYNC_FLUSH, constants.Z_FULL_FLUSH]);
  if (random() < 0.7) {
    return { content, method: 8, data: deflateRawSync(content, { level, strategy }) };
  }
  // Parts, each ended by an empty block, as pigz and tools that flush make them.
  const size = between(random, 1, 9000);
  const parts: Uint8Array[] = [];
  for (let at = 0; at < content.length; at += size) {
    const part = content.subarray(at, at + size);
    parts.push(deflateRawSync(part, { level, strategy, finishFlush: flush }));
  }
  return { content, method: 8, data: concat(...parts, deflateRawSync(new Uint8Array())) };
}

function recordOf(
  random: Random,
  path: string,
  { content, method, data }: Stream,
  plain: boolean,
): EntryRecord {
  const { name, flags, extra } = nameOf(random, path, plain);
  const folder = path.endsWith("/");
  const mode = folder ? 0o040755 : oneOf(random, [0o100644, 0o100000, 0o104755, 0, 0o100444]);
  return {
    name,
    flags: flags | (method === 8 ? oneOf(random, [0, 2, 4, 6]) : 0),
    method,
    crc: crc32(content),
    compressedSize: data.length,
    size: content.length,
    offset: 0,
    mtime: new Date(Date.UTC(between(random, 1980, 2107), between(random, 0, 12), 1)),
    extra: concat(extra, ...Array.from({ length: between(random, 0, 3) }, () => extraOf(random))),
    comment: random() < 0.1 ? utf8("PK\x01\x02 comment") : undefined,
    attributes: mode * 0x10000 + (folder ? 0x10 : 0x20),
    madeBy: oneOf(random, [3, 0, 10, 11, 19]) << 8 | 20,
  };
}

/** With the flag, or behind a name in ASCII in the field for Unicode paths. */
function nameOf(random: Random, path: string, plain: boolean) {
  const written = !plain && random() < 0.1 ? path.replaceAll("/", "\\") : path;
  const name = utf8(path.endsWith("/") ? path : written);
  if (plain || random() < 0.7) return { name, flags: FLAG_UTF8, extra: new Uint8Array() };
  const ascii = utf8(written.replace(/[^\x20-\x7e]/g, "_"));
  const head = new Uint8Array(5);
  head[0] = 1;
  new DataView(head.buffer).setUint32(1, crc32(ascii), true);
  return { name: ascii, flags: 0, extra: extraField(0x7075, concat(head, utf8(path))) };
}

/** Times (UT, NTFS), owners, padding, a field that nobody knows. */
function extraOf(random: Random): Uint8Array {
  const [id, length] = oneOf(random, [[0x5455, 5], [0x7875, 11], [0xa, 32], [0xd935, 6], [
    0xfafa,
    0,
  ]]);
  return extraField(id!, noise(random, length!));
}

function descriptorOf(entry: EntryRecord, { signed, zip64 }: { signed: boolean; zip64: boolean }) {
  const numbers = new Uint8Array(8);
  const view = new DataView(numbers.buffer);
  view.setUint32(0, 0x08074b50, true);
  view.setUint32(4, entry.crc, true);
  const sizes = u64(entry.compressedSize, entry.size);
  const short = concat(sizes.subarray(0, 4), sizes.subarray(8, 12));
  return concat(numbers.subarray(signed ? 0 : 4), zip64 ? sizes : short);
}

/** Of the three long numbers only the offset, as tools write it that stream. */
function withLongOffset(entry: EntryRecord): Uint8Array {
  const extra = concat(entry.extra ?? new Uint8Array(), extraField(1, u64(entry.offset)));
  return directoryHeader({ ...entry, offset: FULL, extra, zip64: false });
}

/** Text, bytes, or something like the end of a package. */
function commentOf(random: Random, plain: boolean): Uint8Array {
  if (plain) return utf8("packed by hand");
  const fake = endRecord({
    entries: 1,
    directorySize: 46,
    directoryOffset: between(random, 0, 99),
  });
  return oneOf(random, [utf8("packed by hand"), noise(random, 60), concat(fake, utf8("!"))]);
}
