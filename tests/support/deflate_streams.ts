/**
 * Deflate streams for tests, and a second opinion on where their blocks begin: a plain inflater
 * that walks them bit by bit and shares no code with the one under test.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { constants, deflateRawSync, type ZlibOptions } from "node:zlib";
import { noise, seededRandom } from "./random.ts";

/** One block of a stream. */
export interface Block {
  /** Its first bit, counted from the stream's first. */
  bit: number;
  type: "stored" | "fixed" | "dynamic";
  last: boolean;
  /** The content before it, in bytes. */
  out: number;
}

/** One symbol of a block; the one that ends it, too. */
export interface WalkedSymbol {
  /** Its first bit, counted from the stream's first. */
  bit: number;
  /** The content before it, in bytes. */
  out: number;
  /** The literal, the end of the block, or the length. */
  symbol: number;
  /** A length's distance. */
  distance: number | undefined;
}

/** zlib's strategies by name. */
export const STRATEGIES: Readonly<Record<string, number>> = {
  default: constants.Z_DEFAULT_STRATEGY,
  filtered: constants.Z_FILTERED,
  huffman: constants.Z_HUFFMAN_ONLY,
  rle: constants.Z_RLE,
  fixed: constants.Z_FIXED,
};

/** Every level with every strategy, each with the smallest and the usual block size. */
export function everySetting(): ZlibOptions[] {
  const settings: ZlibOptions[] = [];
  for (let level = 0; level <= 9; level++) {
    for (const strategy of Object.values(STRATEGIES)) {
      for (const memLevel of [1, 8]) settings.push({ level, strategy, memLevel });
    }
  }
  return settings;
}

/** The rows of a seed that were made so far. */
interface Rows {
  random: () => number;
  bytes: Uint8Array;
  /** The bytes of so many rows. */
  ends: number[];
}

/** By seed: tests ask for the same rows day after day, and for one more. */
const MADE = new Map<number, Rows>();
const MOST_SEEDS = 200;

/** `rows` rows of figures, as CSV files hold them. */
export function csvRows(seed: number, rows: number): Uint8Array {
  if (!MADE.has(seed) && MADE.size === MOST_SEEDS) MADE.clear();
  const made = MADE.get(seed) ?? { random: seededRandom(seed), bytes: new Uint8Array(), ends: [0] };
  MADE.set(seed, made);
  let [text, end] = ["", made.bytes.length];
  for (let row = made.ends.length - 1; row < rows; row++) {
    let line = `sh${600_000 + seed % 1000},2026-${1 + row % 12}-${1 + row % 28}`;
    for (let column = 0; column < 8; column++) line += `,${(made.random() * 1e6).toFixed(2)}`;
    text += `${line}\n`;
    made.ends.push(end += line.length + 1);
  }
  if (text !== "") made.bytes = Buffer.concat([made.bytes, Buffer.from(text)]);
  return new Uint8Array(made.bytes.subarray(0, made.ends[rows]));
}

/** Parts of different kinds, so that a stream gets blocks of different types. */
export function mixture(seed: number, parts: number): Uint8Array {
  const random = seededRandom(seed);
  const all: Uint8Array[] = [];
  for (let part = 0; part < parts; part++) {
    const size = 200 + Math.floor(random() * 40_000);
    if (part % 3 === 0) all.push(csvRows(seed + part, Math.ceil(size / 90)));
    else if (part % 3 === 1) all.push(noise(random, size));
    else all.push(new Uint8Array(size).fill(65 + part % 20));
  }
  return new Uint8Array(Buffer.concat(all));
}

/** A stream whose blocks are of every type: each part is packed on its own and flushed. */
export function patchwork(parts: readonly { content: Uint8Array; options: ZlibOptions }[]): {
  stream: Uint8Array;
  content: Uint8Array;
} {
  const streams: Uint8Array[] = [];
  for (const [index, { content, options }] of parts.entries()) {
    const last = index === parts.length - 1;
    const finishFlush = last ? constants.Z_FINISH : constants.Z_SYNC_FLUSH;
    streams.push(deflateRawSync(content, { ...options, finishFlush }));
  }
  return {
    stream: new Uint8Array(Buffer.concat(streams)),
    content: new Uint8Array(Buffer.concat(parts.map(({ content }) => content))),
  };
}

const LENGTH_BASE = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31].concat(
  [35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258],
);
const LENGTH_EXTRA = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2].concat(
  [3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0],
);
const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/**
 * Walks a stream and says where its blocks are, and how many bits and bytes it has; `onSymbol` is
 * told every symbol, and its block's index.
 */
export function walkBlocks(
  stream: Uint8Array,
  onSymbol?: (symbol: WalkedSymbol, block: number) => void,
): { blocks: Block[]; bits: number; size: number } {
  let at = 0;
  let size = 0;
  /** The next bits, 16 at least; zeros behind the end. */
  const ahead = (): number => {
    const byte = at >> 3;
    const bytes = stream[byte]! | stream[byte + 1]! << 8 | stream[byte + 2]! << 16;
    return bytes >> (at & 7);
  };
  const pass = (count: number): void => {
    at += count;
    if (at > stream.length * 8) throw new RangeError("the stream is cut");
  };
  const take = (count: number): number => {
    const value = ahead() & ((1 << count) - 1);
    pass(count);
    return value;
  };
  // As in zlib's puff: codes of one length are consecutive numbers.
  const symbolOf = ({ counts, symbols }: Codes): number => {
    const bits = ahead();
    for (let length = 1, code = 0, first = 0, index = 0; length <= 15; length++) {
      code |= bits >> (length - 1) & 1;
      const count = counts[length]!;
      if (code - count < first) {
        pass(length);
        return symbols[index + code - first]!;
      }
      index += count;
      first = (first + count) << 1;
      code <<= 1;
    }
    throw new RangeError("no such code");
  };
  const blocks: Block[] = [];
  for (let last = false; !last;) {
    const bit = at;
    last = take(1) === 1;
    const type = (["stored", "fixed", "dynamic"] as const)[take(2)];
    if (type === undefined) throw new RangeError("no such type");
    blocks.push({ bit, type, last, out: size });
    if (type === "stored") {
      at = Math.ceil(at / 8) * 8;
      const length = take(16);
      at += 16 + length * 8;
      size += length;
      continue;
    }
    const [literals, distances] = type === "fixed" ? FIXED : dynamicCodes(take, symbolOf);
    for (;;) {
      const [bit, out] = [at, size];
      const symbol = symbolOf(literals);
      let distance: number | undefined;
      if (symbol < 256) size++;
      else if (symbol > 256) {
        size += LENGTH_BASE[symbol - 257]! + take(LENGTH_EXTRA[symbol - 257]!);
        distance = symbolOf(distances);
        take(distance < 4 ? 0 : (distance >> 1) - 1);
      }
      onSymbol?.({ bit, out, symbol, distance }, blocks.length - 1);
      if (symbol === 256) break;
    }
  }
  return { blocks, bits: at, size };
}

function dynamicCodes(
  take: (count: number) => number,
  symbolOf: (codes: Codes) => number,
): [Codes, Codes] {
  const literals = take(5) + 257;
  const distances = take(5) + 1;
  const count = take(4) + 4;
  const own = new Array<number>(19).fill(0);
  for (let index = 0; index < count; index++) own[ORDER[index]!] = take(3);
  const codes = canonical(own);
  const lengths: number[] = [];
  while (lengths.length < literals + distances) {
    const symbol = symbolOf(codes);
    const repeat = (value: number, times: number) => {
      for (let index = 0; index < times; index++) lengths.push(value);
    };
    if (symbol < 16) lengths.push(symbol);
    else if (symbol === 16) repeat(lengths.at(-1)!, 3 + take(2));
    else if (symbol === 17) repeat(0, 3 + take(3));
    else repeat(0, 11 + take(7));
  }
  return [canonical(lengths.slice(0, literals)), canonical(lengths.slice(literals))];
}

/** How many codes there are of each length, and whose they are, in their order. */
interface Codes {
  counts: number[];
  symbols: number[];
}

function canonical(lengths: readonly number[]): Codes {
  const counts = new Array<number>(16).fill(0);
  const used = [...lengths.keys()].filter((symbol) => lengths[symbol]! > 0);
  for (const symbol of used) counts[lengths[symbol]!]!++;
  return { counts, symbols: used.sort((a, b) => lengths[a]! - lengths[b]! || a - b) };
}

const FIXED: [Codes, Codes] = [
  canonical([...Array(288).keys()].map((n) => n < 144 ? 8 : n < 256 ? 9 : n < 280 ? 7 : 8)),
  canonical(new Array<number>(30).fill(5)),
];
