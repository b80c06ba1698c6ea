/**
 * Streams spelled out, symbol by symbol, as the tests' own walker reads them: what the code under
 * test is held against.
 *
 * @module
 */
import { deflateRawSync } from "node:zlib";
import { type CodeLengths, FIXED_CODES, readHead } from "../../src/grown/block_header.ts";
import { SymbolCounts } from "../../src/grown/symbol_counts.ts";
import { encodeGbk } from "../../src/zip/directory/gbk.ts";
import { between, noise, oneOf, seededRandom } from "../support/random.ts";
import {
  type Block,
  csvRows,
  everySetting,
  mixture,
  walkBlocks,
  type WalkedSymbol,
} from "../support/deflate_streams.ts";

/** A block with its symbols, the one that ends it last; a stored one has none. */
export interface SpelledBlock extends Block {
  symbols: WalkedSymbol[];
}

/** Every block of a stream with every symbol. */
export function spell(stream: Uint8Array): SpelledBlock[] {
  const symbols: WalkedSymbol[][] = [];
  const { blocks } = walkBlocks(stream, (symbol, block) => (symbols[block] ??= []).push(symbol));
  return blocks.map((block, index) => ({ ...block, symbols: symbols[index] ?? [] }));
}

/** The blocks with codes of zlib's streams in every setting, each with its symbols. */
export function* everyBlock(): Generator<
  { stream: Uint8Array; block: SpelledBlock; about: string }
> {
  for (const content of [csvRows(1, 60), mixture(2, 2)]) {
    for (const options of everySetting()) {
      const stream = deflateRawSync(content, options);
      for (const block of spell(stream)) {
        if (block.type !== "stored") yield { stream, block, about: JSON.stringify(options) };
      }
    }
  }
}

/** Counts of these symbols, but for those that end blocks, on top of those before. */
export function countsOf(
  symbols: readonly WalkedSymbol[],
  before: readonly WalkedSymbol[] = [],
): SymbolCounts {
  const counts = new SymbolCounts();
  for (const { symbol, distance } of [...before, ...symbols]) {
    if (symbol === 256) continue;
    counts.addLiteral(symbol);
    if (distance !== undefined) counts.addDistance(distance);
  }
  return counts;
}

/** The codes of a block that isn't stored. */
export function codesOf(stream: Uint8Array, { type, bit }: Block): CodeLengths {
  return type === "fixed" ? FIXED_CODES : readHead(stream, bit).codes;
}

/** Bytes of bits, the first of them lowest. */
export function bytesOf(bits: string): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(bits.length / 8));
  for (const [at, bit] of [...bits].entries()) bytes[at >> 3]! |= Number(bit) << (at & 7);
  return bytes;
}

const WORDS = [
  "上证指数",
  "成交量",
  "开盘",
  "收盘价",
  "，",
  "。",
  "涨跌幅",
  "换手率",
  "\n",
] as const;

/** So many bytes of Chinese text, as GBK. */
function gbkText(seed: number, size: number): Uint8Array {
  const random = seededRandom(seed);
  let text = "";
  while (text.length * 2 < size) text += oneOf(random, WORDS) + between(random, 0, 3000);
  return encodeGbk(text).subarray(0, size);
}

/** So many bytes out of so many different ones. */
function fewValues(seed: number, size: number, values: number): Uint8Array {
  const random = seededRandom(seed);
  return Uint8Array.from({ length: size }, () => between(random, 0, values));
}

/** Runs of up to 600 equal bytes. */
function runs(seed: number, size: number): Uint8Array {
  const random = seededRandom(seed);
  const content = new Uint8Array(size);
  for (let at = 0; at < size;) {
    const next = at + between(random, 1, 600);
    content.fill(between(random, 0, 256), at, next);
    at = next;
  }
  return content;
}

/** The same rows again and again, now and then one changed. */
function repeatedRows(seed: number, size: number): Uint8Array {
  const random = seededRandom(seed);
  const rows = csvRows(seed, 40);
  const content = Uint8Array.from({ length: size }, (_, at) => rows[at % rows.length]!);
  for (let at = 0; at < size; at += between(random, 1, 2000)) content[at] = 48 + at % 10;
  return content;
}

/** Noise that comes again and again, so far behind. */
function echo(seed: number, size: number, distance: number): Uint8Array {
  const once = noise(seededRandom(seed), distance);
  return Uint8Array.from({ length: size }, (_, at) => once[at % distance]!);
}

/** Contents of many kinds, by name. */
export function kindsOfContent(): Record<string, Uint8Array> {
  const random = seededRandom(11);
  return {
    "a long CSV": csvRows(1, 3200),
    "a CSV of two blocks": csvRows(2, 900),
    "GBK text": gbkText(3, 150_000),
    "random bytes": noise(random, 70_000),
    "random digits": fewValues(4, 100_000, 10),
    "four letters": fewValues(5, 112_000, 4),
    "runs": runs(6, 200_000),
    "zeros": new Uint8Array(100_000),
    "a mixture": mixture(7, 9),
    "repeated rows": repeatedRows(8, 330_000),
    // zlib doesn't reach back farther than 32,506 bytes.
    "the farthest repeats": echo(10, 140_000, 32_506),
    "repeats that are too far": echo(10, 140_000, 32_507),
    "a few rows": csvRows(9, 8),
  };
}
