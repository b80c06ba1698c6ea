/**
 * Packages changed at random, and a second reader of packages to compare ours with.
 *
 * Guarantees: the same numbers make the same package. The second reader shares no code with ours: it
 * believes the directory, inflates with zlib, and checks nothing.
 *
 * Longer than 250 lines because a second reader of packages is part of it.
 *
 * @module
 */
import { crc32, inflateRawSync } from "node:zlib";
import { buildZip, type ZipOptions } from "./zip_builder.ts";
import { seededRandom } from "../../src/demo/seeded_random.ts";
import { oddZips } from "./odd_zip.ts";
import { between, noise, oneOf } from "./random.ts";
import type { Tree } from "./tree.ts";

/** How many end records seem to be there; which of several counts depends on the reader. */
export function endRecords(bytes: Uint8Array): number {
  let count = 0;
  for (let at = 0; at + 4 <= bytes.length; at++) {
    const [p, k, five, six] = bytes.subarray(at, at + 4);
    if (p === 0x50 && k === 0x4b && five === 5 && six === 6) count++;
  }
  return count;
}

/** The packages that are changed: as hubs build them, and all odd ones. */
export function seedPackages(): Uint8Array[] {
  const random = seededRandom(7);
  const text = (rows: number): Uint8Array =>
    new TextEncoder().encode(
      Array.from({ length: rows }, (_, row) => `${row},${random()},${row * 3}\n`).join(""),
    );
  const files = [
    { path: "sh600000.csv", content: text(80) },
    { path: "sz000001.csv", content: text(1), method: 0 as const },
    { path: "bj/920000.csv", content: noise(random, 900) },
    { path: "sh600001.csv", content: text(300), level: 1 },
    { path: "timestamp.txt", content: text(0) },
  ];
  const kinds: ZipOptions[] = [
    {},
    { zip64: true },
    { descriptors: true },
    { directories: true, comment: "a comment" },
    { prepend: noise(random, 64) },
  ];
  const odd = oddZips().filter((one) => one.bytes.length < 20_000 && !one.unlikeUnzip)
    .map(({ bytes }) => bytes);
  // The usual ones more often: half of all cases are to get as far as decoding.
  const usual = kinds.map((options) => buildZip(files, options));
  return [...Array.from({ length: 30 }, () => usual).flat(), ...odd];
}

const NUMBERS = [0, 1, 2, 8, 0x7f, 0xff, 0x100, 0x7fff, 0xffff, 0x10000, 0x7fffffff, 0xffffffff];
const NAMES = ["../../e", "/etc/pass", "..\\..\\e", "C:\\x", "a\0b", "a/../b", "\u202e"];

/** One of the packages, changed. */
export function mutated(seeds: readonly Uint8Array[], random: () => number): Uint8Array {
  let bytes: Uint8Array = seeds[between(random, 0, seeds.length)]!.slice();
  const times = 1 + Math.floor(random() * random() * 5);
  for (let time = 0; time < times && bytes.length > 0; time++) bytes = changeOnce(bytes, random);
  return bytes;
}

function changeOnce(bytes: Uint8Array, random: () => number): Uint8Array {
  if (random() < 0.2) return harmless(bytes, random);
  const at = placeIn(bytes, random);
  const length = Math.min(1 + between(random, 0, 40), bytes.length - at);
  switch (between(random, 0, 12)) {
    case 0: // a piece goes
      return joined(bytes.subarray(0, at), bytes.subarray(at + length));
    case 1: // a piece comes
      return joined(bytes.subarray(0, at), noise(random, length), bytes.subarray(at));
    case 2: // cut short
      return random() < 0.2 ? bytes.slice(0, at) : flipped(bytes, at, random);
    case 3: { // one place over another
      const from = between(random, 0, bytes.length - length + 1);
      bytes.copyWithin(at, from, from + length);
      return bytes;
    }
    case 4:
    case 5: { // a number where one may be
      const value = oneOf(random, NUMBERS as [number]);
      const width = oneOf(random, [1, 2, 4]);
      for (let byte = 0; byte < width && at + byte < bytes.length; byte++) {
        bytes[at + byte] = value >>> (8 * byte);
      }
      return bytes;
    }
    case 6: { // another name, in both of its places
      const name = new TextEncoder().encode(oneOf(random, NAMES as [string]));
      return renamed(bytes, name, random);
    }
    default:
      return flipped(bytes, at, random);
  }
}

/** Another time, mode, maker or version in a record: fields that change no content. */
function harmless(bytes: Uint8Array, random: () => number): Uint8Array {
  const records: [number, number[]][] = [];
  for (let at = 0; at + 46 < bytes.length; at++) {
    if (bytes[at] !== 0x50 || bytes[at + 1] !== 0x4b) continue;
    if (bytes[at + 2] === 1 && bytes[at + 3] === 2) records.push([at, [4, 12, 13, 14, 15, 36, 40]]);
    if (bytes[at + 2] === 3 && bytes[at + 3] === 4) records.push([at, [4, 10, 11, 12, 13]]);
  }
  if (records.length === 0) return bytes;
  const [at, fields] = records[between(random, 0, records.length)]!;
  bytes[at + fields[between(random, 0, fields.length)]!] = between(random, 0, 256);
  return bytes;
}

/** Mostly in the entries' data and headers; the directory and the end record refuse nearly all. */
function placeIn(bytes: Uint8Array, random: () => number): number {
  const directory = firstOf(bytes, [0x50, 0x4b, 0x01, 0x02]);
  if (directory <= 0 || random() < 0.25) return between(random, 0, bytes.length);
  return between(random, 0, directory);
}

function flipped(bytes: Uint8Array, at: number, random: () => number): Uint8Array {
  bytes[at]! ^= 1 << between(random, 0, 8);
  return bytes;
}

function renamed(bytes: Uint8Array, name: Uint8Array, random: () => number): Uint8Array {
  const places: number[] = [];
  for (let at = 0; at + 46 < bytes.length; at++) {
    if (bytes[at] === 0x50 && bytes[at + 1] === 0x4b) {
      if (bytes[at + 2] === 1 && bytes[at + 3] === 2) places.push(at + 46);
      if (bytes[at + 2] === 3 && bytes[at + 3] === 4) places.push(at + 30);
    }
  }
  const chosen = between(random, 0, 5);
  for (const place of places.filter((_, index) => index % 5 === chosen)) {
    bytes.set(name.subarray(0, Math.max(0, bytes.length - place)), place);
  }
  return bytes;
}

function joined(...chunks: Uint8Array[]): Uint8Array {
  const all = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}

function firstOf(bytes: Uint8Array, pattern: number[]): number {
  for (let at = 0; at + pattern.length <= bytes.length; at++) {
    if (pattern.every((byte, index) => bytes[at + index] === byte)) return at;
  }
  return -1;
}

/**
 * What a reader makes of a package that believes its directory. Names are given, in the directory's
 * order, since decoding them is another matter.
 */
export function independentTree(bytes: Uint8Array, names: readonly string[]): Tree {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const tree: Tree = new Map();
  let at = directoryOf(bytes, view);
  const shift = at.shift;
  for (let record = at.start, index = 0; view.getUint32(record, true) === 0x02014b50;) {
    const method = view.getUint16(record + 10, true);
    const lengths = [28, 30, 32].map((field) => view.getUint16(record + field, true));
    const [name, extra, comment] = lengths as [number, number, number];
    const wide = zip64Of(view, record, { name, extra });
    const crc = view.getUint32(record + 16, true);
    const size = wide.size ?? view.getUint32(record + 24, true);
    const packed = wide.packed ?? view.getUint32(record + 20, true);
    const header = (wide.offset ?? view.getUint32(record + 42, true)) + shift;
    const path = names[index];
    const last = bytes[record + 46 + name - 1];
    record += 46 + name + extra + comment;
    const isFolder = last === 0x2f || last === 0x5c;
    if (!isFolder && (method === 0 || method === 8) && path !== undefined) {
      const begin = header + 30 + view.getUint16(header + 26, true) +
        view.getUint16(header + 28, true);
      const data = bytes.subarray(begin, begin + packed);
      const content = method === 0
        ? data.slice()
        : new Uint8Array(inflateRawSync(data, { maxOutputLength: Math.max(1, size) }));
      if (crc32(content) !== crc || content.length !== size) {
        throw new Error(`another reader finds ${path} broken`);
      }
      tree.set(path, content);
      index++;
    }
    if (record + 46 > bytes.length) break;
    at = { ...at, start: record };
  }
  return tree;
}

/** Where the directory begins, and how far all offsets are off (prepended bytes). */
function directoryOf(bytes: Uint8Array, view: DataView): { start: number; shift: number } {
  const found = endingWith(bytes, view, true) ?? endingWith(bytes, view, false);
  if (found === undefined) throw new Error("another reader finds no directory");
  return found;
}

/** By the last end record that fits; one that isn't the package's very end counts offsets from 0. */
function endingWith(
  bytes: Uint8Array,
  view: DataView,
  exact: boolean,
): { start: number; shift: number } | undefined {
  for (let end = bytes.length - 22; end >= 0; end--) {
    if (view.getUint32(end, true) !== 0x06054b50) continue;
    if (exact && end + 22 + view.getUint16(end + 20, true) !== bytes.length) continue;
    let size = view.getUint32(end + 12, true);
    let offset = view.getUint32(end + 16, true);
    let before = end;
    if (end >= 76 && view.getUint32(end - 20, true) === 0x07064b50) {
      const wide = end - 20 - 56;
      if (view.getUint32(wide, true) === 0x06064b50) {
        before = wide;
        size = Number(view.getBigUint64(wide + 40, true));
        offset = Number(view.getBigUint64(wide + 48, true));
      }
    }
    const start = before - size;
    const count = view.getUint16(end + 10, true);
    if (size === 0 && count > 0 || view.getUint16(end + 8, true) !== count) continue;
    if (start < 0 || offset > start || (size > 0 && view.getUint32(start, true) !== 0x02014b50)) {
      continue;
    }
    if (!exact && start !== offset) continue;
    return { start, shift: start - offset };
  }
  return undefined;
}

function zip64Of(
  view: DataView,
  record: number,
  { name, extra }: { name: number; extra: number },
): { size?: number; packed?: number; offset?: number } {
  const found: { size?: number; packed?: number; offset?: number } = {};
  const end = record + 46 + name + extra;
  for (let at = record + 46 + name; at + 4 <= end;) {
    const length = view.getUint16(at + 2, true);
    if (view.getUint16(at, true) === 1) {
      let field = at + 4;
      const next = (): number => {
        field += 8;
        return Number(view.getBigUint64(field - 8, true));
      };
      if (view.getUint32(record + 24, true) === 0xffffffff) found.size = next();
      if (view.getUint32(record + 20, true) === 0xffffffff) found.packed = next();
      if (view.getUint32(record + 42, true) === 0xffffffff) found.offset = next();
      return found;
    }
    at += 4 + length;
  }
  return found;
}
