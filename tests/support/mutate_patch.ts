/**
 * Patches changed at random by someone who knows the format: digests and sizes are right again
 * afterwards, so that a reader gets further than to the first check.
 *
 * Guarantees: the same numbers make the same patch.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { brotliCompressSync, constants } from "node:zlib";
import { packBlock } from "../../src/patch/block.ts";
import { headerOf, joined, type Parts, partsOf } from "./patch_parts.ts";
import { between, noise, oneOf } from "./random.ts";

const NUMBERS = [0, 1, 2, 3, 21, 22, 255, 4096, 65536, 2 ** 31, 2 ** 32, 2 ** 40, 2 ** 53 - 1];
const ODD = [-1, 0.5, 1e300, "7", null, [], {}, "x".repeat(2000), 2 ** 53] as const;
/** Old names: another entry's, none's, and such as lead out of the folder. */
const SOURCES = [
  "big.bin",
  "still.csv",
  "a/grown.csv",
  "moved/0.bin",
  "nothing",
  "../it.csv",
  "/etc/passwd",
  "a/../../x",
  "x".repeat(70_000),
] as const;
const NAMES = ["../../e", "/etc/pa", "..\\..\\e", "C:\\x.csv", "a/../b.", "aaaaaaa"];
/** 60 MB of zeros, and as many as one block may hold: some bytes each. */
const BOMB = brotliCompressSync(new Uint8Array(60 << 20), {
  params: { [constants.BROTLI_PARAM_QUALITY]: 5, [constants.BROTLI_PARAM_LGWIN]: 24 },
});
const FULL_BLOCK = brotliCompressSync(new Uint8Array(1 + (8 << 20)), {
  params: { [constants.BROTLI_PARAM_QUALITY]: 5, [constants.BROTLI_PARAM_LGWIN]: 24 },
});

/** The same patch with another header's words, and nothing else changed. */
export function relabelled(patch: Uint8Array, words: Record<string, unknown>): Uint8Array {
  const line = `datahubsync-patch ${JSON.stringify({ ...headerOf(patch), ...words })}\n`;
  return Buffer.concat([Buffer.from(line), patch.subarray(patch.indexOf(10) + 1)]);
}

/** The same patch with another directory; sizes and digest fit. */
export function withDirectory(
  patch: Uint8Array,
  change: (directory: Buffer) => Uint8Array,
): Uint8Array {
  const parts = partsOf(patch);
  return joined(
    { ...parts, directory: Buffer.from(change(Buffer.from(parts.directory))) },
    () => 0.9,
  );
}

/** A valid patch, changed; `directory` is what it then has as one. */
export function mutatedPatch(
  patch: Uint8Array,
  random: () => number,
): { bytes: Uint8Array; directory: Uint8Array } {
  const parts = partsOf(patch);
  const times = 1 + Math.floor(random() * random() * 3);
  let after = (bytes: Uint8Array): Uint8Array => bytes;
  for (let time = 0; time < times; time++) {
    const kind = random();
    if (kind < 0.55) changeRows(parts, random);
    else if (kind < 0.65) parts.data = changedBytes(parts.data, random);
    else if (kind < 0.7) parts.directory = changedBytes(parts.directory, random);
    else if (kind < 0.75) changeHeader(parts, random);
    else if (kind < 0.8) return { bytes: bomb(parts, random), directory: parts.directory };
    else if (kind < 0.85) parts.directory = renamed(parts.directory, random);
    else after = (bytes) => changedBytes(Buffer.from(bytes), random);
  }
  return { bytes: after(joined(parts, random)), directory: parts.directory };
}

/** Numbers of the recipe; often so that each entry keeps its size, as somebody would who means harm. */
function changeRows(parts: Parts, random: () => number): void {
  const { rows } = parts;
  if (rows.length === 0) return void rows.push([0, 0, 1, 0]);
  const at = between(random, 0, rows.length);
  const row = rows[at]! as number[];
  // The name of a renamed file; most edits are about what follows it.
  if (typeof row[1] === "string" && random() < 0.7) row.splice(1, 1);
  const place = between(random, 0, row.length);
  const [from, length, insert] = [1, 2, 3].map((index) => Number(row[index] ?? 0)) as [
    number,
    number,
    number,
  ];
  const piece = between(random, 0, length + 1);
  const fitting: (() => void)[] = [
    () => void (row[1] = from + between(random, 1, 2000)), // another part of the old content
    () => void row.splice(1, 3, from, piece, 0, from + piece, length - piece, insert), // cut in two
    () => void row.splice(1, 3, from, piece, 0, from, length - piece, insert), // overlapping
    () => void row.splice(1, 0, ...Array.from({ length: 300 }, () => [0, 0, 0]).flat()),
    () => void row.splice(1, 3, ...bytewise(from, length, insert)),
    () => void rows.splice(at, insert === 0 ? 1 : 0),
    () => void (row[1] = 2 ** 40),
    () => void row.splice(1, 0, oneOf(random, SOURCES) as unknown as number), // of another file
  ];
  const odd: (() => void)[] = [
    () => void (row[place] = oneOf(random, NUMBERS as [number])),
    () => void (row[place] = oneOf(random, ODD as unknown as [number])),
    () => void (row[2] = length + insert, row[3] = 0), // reads on where the old content has ended
    () => void row.pop(),
    () => void rows.splice(at, 1),
    () => void rows.splice(at, 0, row),
    () => void rows.reverse(),
    () => void (row[0] = between(random, 0, 12)),
    () => void rows.splice(0),
  ];
  const edits = random() < 0.7 ? fitting : odd;
  oneOf(random, edits as [() => void])();
}

/** Every byte as a piece of its own. */
function bytewise(from: number, length: number, insert: number): number[] {
  const each = Array.from({ length: Math.min(length, 2000) }, (_, at) => [from + at, 1, 0]).flat();
  return [...each, from + 2000, Math.max(0, length - 2000), insert];
}

function changeHeader({ header }: Parts, random: () => number): void {
  const keys = Object.keys(header).filter((key) => key !== "set") as [string];
  const key = random() < 0.1 ? "more" : oneOf(random, keys);
  const odd = random() < 0.5
    ? oneOf(random, NUMBERS as [number])
    : oneOf(random, ODD as unknown as [unknown]);
  const value = random() < 0.2 ? "0".repeat(64) : key === "blocks" ? [odd, odd] : odd;
  header["set"] = { ...header["set"] as object, [key]: value };
}

/** Little that unpacks to much, in one block or in many. */
function bomb({ header, directory }: Parts, random: () => number): Uint8Array {
  const count = between(random, 1, 400);
  const front = packBlock(Buffer.concat([directory, Buffer.from("[]")]), 1);
  const block = random() < 0.3 ? BOMB : FULL_BLOCK;
  const [recipe_size, data_size] = random() < 0.3 ? [count * (8 << 20), 2] : [2, count * (8 << 20)];
  const sizes = oneOf(random, [
    { directory_size: directory.length, recipe_size, data_size },
    { directory_size: directory.length + count * (8 << 20), recipe_size: 2, data_size: 0 },
    { directory_size: 0, recipe_size: 0, data_size: 0, blocks: [] },
  ]);
  const blocks = [front, ...Array.from({ length: count }, () => block)];
  const empty = createHash("sha256").digest("hex");
  const line = { ...header, blocks: blocks.map(({ length }) => length), sha256: empty, ...sizes };
  const rest = "blocks" in sizes ? [] : blocks;
  return Buffer.concat([Buffer.from(`datahubsync-patch ${JSON.stringify(line)}\n`), ...rest]);
}

/** A name in the directory leads elsewhere, or is another entry's. */
function renamed(directory: Buffer, random: () => number): Buffer {
  const bytes = Buffer.from(directory);
  const at = bytes.indexOf("PK\x01\x02", between(random, 0, bytes.length), "latin1");
  if (at >= 0 && at + 46 < bytes.length) {
    bytes.write(oneOf(random, NAMES as [string]), at + 46, "latin1");
  }
  return bytes;
}

function changedBytes(bytes: Buffer, random: () => number): Buffer {
  if (bytes.length === 0) return Buffer.from(noise(random, 5));
  const at = between(random, 0, bytes.length);
  const kind = random();
  if (kind < 0.5) {
    const changed = Buffer.from(bytes);
    changed[at]! ^= 1 << between(random, 0, 8);
    return changed;
  }
  if (kind < 0.7) return bytes.subarray(0, at);
  const more = noise(random, between(random, 1, 40));
  return Buffer.concat([
    bytes.subarray(0, at),
    more,
    bytes.subarray(kind < 0.9 ? at : bytes.length),
  ]);
}
