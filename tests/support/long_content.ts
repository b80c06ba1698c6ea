/**
 * Content of gigabytes that costs milliseconds: one block of rows over and over, or zeros, with its
 * CRC-32 and its deflate stream, none of which is ever made as a whole.
 *
 * Guarantees: the stream inflates to the content, and the CRC-32 is the content's. Its last bytes
 * differ from all others, so a length that is taken modulo 2^32 shows.
 *
 * @module
 */
import { constants, crc32, deflateRawSync } from "node:zlib";
import { seededRandom } from "./random.ts";

/** Content, and how it lies in a package. Sizes are in bytes. */
export interface LongContent {
  size: number;
  crc: number;
  method: 0 | 8;
  compressedSize: number;
  /** The packed bytes, in order; a number is a hole of that many zeros. */
  packed(): Iterable<Uint8Array | number>;
  /** The content itself, where it is at hand. */
  plain?: Uint8Array;
}

/** Odd on purpose: no power of two lines up with it. */
const BLOCK = 1_000_003;
/** The block's part that doesn't repeat within it: about 150 : 1 in all, where a bomb begins at 1000 : 1. */
const VARIED = 3_000;

const POLYNOMIAL = 0xedb88320;
const ONE = 0x80000000; // x^0: bits are mirrored

/** CSV rows, deflated. */
export function longRows(size: number): LongContent {
  const times = timesIn(size, BLOCK);
  return deflated(rows(BLOCK), { times, rest: rows(size - times * BLOCK) });
}

/** Zeros, deflated as tightly as can be: some 1025 : 1. */
export function longZeros(size: number): LongContent {
  const block = new Uint8Array(16 * BLOCK);
  const times = timesIn(size, block.length);
  return deflated(block, { times, rest: new Uint8Array(size - times * block.length) });
}

/** Zeros and one last row, stored: a hole in the file system, not bytes. */
export function storedHole(size: number): LongContent {
  const last = new TextEncoder().encode("the,end\n");
  const zeros = size - last.length;
  const crc = crcOfBoth(crcOfMany(crc32(Uint8Array.of(0)), 1, zeros), crc32(last), last.length);
  return {
    size,
    crc,
    method: 0,
    compressedSize: size,
    *packed() {
      yield zeros;
      yield last;
    },
  };
}

/** Bytes at hand, deflated. */
export function packed(content: Uint8Array, level = 6): LongContent {
  const data = deflateRawSync(content, { level });
  const sizes = { size: content.length, compressedSize: data.length };
  return { ...sizes, crc: crc32(content), method: 8, packed: () => [data], plain: content };
}

/** Bytes at hand, as they are stored in deflate's own stored blocks: nothing gets smaller. */
export function notPacked(content: Uint8Array): LongContent {
  return packed(content, 0);
}

/** The CRC-32 of two contents, one after the other, from each one's own. */
export function crcOfBoth(first: number, second: number, secondLength: number): number {
  return (multiply(shift(secondLength), first) ^ second) >>> 0;
}

/** The CRC-32 of a content `times` in a row. */
export function crcOfMany(crc: number, length: number, times: number): number {
  let all = 0;
  for (let left = times, part = crc, size = length; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) all = crcOfBoth(all, part, size);
    part = crcOfBoth(part, part, size);
    size *= 2;
  }
  return all;
}

/** How often a block goes into the content, with something left for the end. */
function timesIn(size: number, block: number): number {
  return Math.max(0, Math.ceil(size / block) - 1);
}

/** A block `times` in a row, each time deflated alike, and the rest. */
function deflated(
  block: Uint8Array,
  { times, rest }: { times: number; rest: Uint8Array },
): LongContent {
  const repeated = deflateRawSync(block, { level: 9, finishFlush: constants.Z_FULL_FLUSH });
  const last = deflateRawSync(rest, { level: 9 });
  const crc = crcOfMany(crc32(block), block.length, times);
  return {
    size: block.length * times + rest.length,
    crc: crcOfBoth(crc, crc32(rest), rest.length),
    method: 8,
    compressedSize: repeated.length * times + last.length,
    *packed() {
      for (let time = 0; time < times; time++) yield repeated;
      yield last;
    },
  };
}

function rows(size: number): Uint8Array {
  const random = seededRandom(size);
  let text = "";
  while (text.length < Math.min(VARIED, size)) text += `${Math.floor(random() * 1e9)},600000.SH\n`;
  const varied = new TextEncoder().encode(text).subarray(0, size);
  const content = new Uint8Array(size);
  const row = new TextEncoder().encode("2026-01-05,600000.SH,10.25,10.31\n");
  for (let at = 0; at < size; at += row.length) content.set(row.subarray(0, size - at), at);
  content.set(varied, size - varied.length);
  return content;
}

/** x^(8 length), modulo the polynomial: what so many further bytes do to a CRC-32. */
function shift(length: number): number {
  let power = ONE;
  let square = ONE >>> 8; // x^8
  for (let left = length; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) power = multiply(square, power);
    square = multiply(square, square);
  }
  return power;
}

/** The product of two polynomials over GF(2), modulo the CRC's. */
function multiply(a: number, b: number): number {
  let product = 0;
  let factor = b;
  for (let bit = ONE; bit > 0; bit >>>= 1) {
    if ((a & bit) !== 0) product ^= factor;
    factor = (factor & 1) === 0 ? factor >>> 1 : factor >>> 1 ^ POLYNOMIAL;
  }
  return product >>> 0;
}
