/** The rest of a stream is decoded from any symbol and any bit on, as zlib decodes the whole. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { constants, deflateRawSync } from "node:zlib";
import { readHead } from "../../src/grown/block_header.ts";
import { decodeEnd } from "../../src/grown/stream_end.ts";
import { WINDOW_SIZE } from "../../src/deflate/inflater.ts";
import { LOOK_AHEAD } from "../../src/grown/replay.ts";
import { hasPython, PythonPacker } from "../support/python_packer.ts";
import { noise, seededRandom } from "../support/random.ts";
import {
  csvRows,
  mixture,
  patchwork,
  STRATEGIES,
  type WalkedSymbol,
} from "../support/deflate_streams.ts";
import { codesOf, countsOf, spell, type SpelledBlock } from "./spelling.ts";

interface Stream {
  stream: Uint8Array;
  content: Uint8Array;
}

/** Decodes from a symbol on, with the counts of those before it in its block. */
function decodeFrom(
  { stream, content }: Stream,
  block: SpelledBlock,
  { bit, out }: WalkedSymbol,
): ReturnType<typeof decodeEnd> {
  const first = Math.floor(bit / 8);
  return decodeEnd({
    bytes: stream.subarray(first),
    bit: bit % 8,
    codes: codesOf(stream, block),
    last: block.last,
    window: content.subarray(Math.max(0, out - WINDOW_SIZE), out),
    size: content.length - out,
    counts: countsOf(block.symbols.filter((symbol) => symbol.bit < bit)),
  });
}

/** What {@linkcode decodeFrom} has to give, worked out of the walker's symbols. */
function expectedFrom(
  { content }: Stream,
  blocks: readonly SpelledBlock[],
  from: { block: SpelledBlock; symbol: WalkedSymbol },
) {
  const isSettled = ({ out }: { out: number }) => out < content.length - LOOK_AHEAD;
  const first = Math.floor(from.symbol.bit / 8) * 8;
  const later = blocks.findLast((block) =>
    block.bit > from.block.bit && block.type !== "stored" && isSettled(block)
  );
  const { symbols } = later ?? from.block;
  const begin = later === undefined ? symbols.indexOf(from.symbol) : 0;
  const known = symbols.slice(0, begin);
  const counted = symbols.slice(begin).filter(isSettled);
  const end = symbols[known.length + counted.filter(({ symbol }) => symbol !== 256).length];
  return {
    block: later && { bit: later.bit - first, out: later.out - from.symbol.out },
    counts: countsOf(counted, known).toBytes(),
    settled: (end ?? from.symbol).out - from.symbol.out,
  };
}

/** Decodes from every `step`th symbol of a stream on; gives the bits in a byte at which they began. */
function checkFromEverywhere(what: string, stream: Stream, step = 1): Set<number> {
  const blocks = spell(stream.stream);
  const phases = new Set<number>();
  for (const [index, block] of blocks.entries()) {
    for (let at = 0; at < block.symbols.length; at += step) {
      const symbol = block.symbols[at]!;
      const where = `${what}: block ${index}, symbol ${at}`;
      const found = decodeFrom(stream, block, symbol);
      assert(Buffer.compare(found.content, stream.content.subarray(symbol.out)) === 0, where);
      const first = Math.floor(symbol.bit / 8);
      assert.equal(Math.ceil(found.bit / 8), stream.stream.length - first, where);
      const { block: last, settled } = found;
      const got = { block: last, counts: found.counts.toBytes(), settled };
      assert.deepEqual(got, expectedFrom(stream, blocks, { block, symbol }), where);
      phases.add(symbol.bit % 8);
    }
  }
  return phases;
}

const { fixed, huffman } = STRATEGIES;
const packed = (content: Uint8Array, options = {}): Stream => ({
  content,
  stream: new Uint8Array(deflateRawSync(content, options)),
});

Deno.test("decodeEnd() decodes the rest from every symbol on, at every bit", () => {
  const streams: Record<string, Stream> = {
    "dynamic": packed(csvRows(1, 25)),
    "several dynamic": packed(csvRows(2, 25), { memLevel: 1 }),
    "fixed": packed(csvRows(3, 8), { strategy: fixed }),
    "literals only": packed(csvRows(4, 10), { strategy: huffman }),
    "runs": packed(mixture(5, 3).subarray(-3000)),
  };
  for (const [what, stream] of Object.entries(streams)) {
    const phases = checkFromEverywhere(what, stream);
    if (what !== "runs") assert.equal(phases.size, 8, what);
  }
});

/** A part of a patchwork, by the kind of block it becomes. */
const part = {
  dynamic: (seed: number, rows = 6) => ({ content: csvRows(seed, rows), options: {} }),
  fixed: (seed: number, rows = 1) => ({
    content: csvRows(seed, rows),
    options: { strategy: fixed! },
  }),
  stored: (seed: number, size = 90) => ({
    content: noise(seededRandom(seed), size),
    options: { level: 0 },
  }),
};

Deno.test("decodeEnd() goes through blocks of every type", () => {
  const { dynamic, fixed, stored } = part;
  const mixed: Record<string, Parameters<typeof patchwork>[0]> = {
    "all in turn": [dynamic(1), stored(2), fixed(3), dynamic(4), fixed(5), stored(6), dynamic(7)],
    "stored last": [dynamic(1), fixed(2), stored(3)],
    "a long stored one last": [dynamic(1), stored(2, 1000)],
    "fixed last": [dynamic(1), stored(2), fixed(3)],
    "a long fixed one last": [dynamic(1), fixed(2, 12)],
    "a short dynamic one last": [fixed(1, 8), dynamic(2, 2)],
    "empty ones": [dynamic(1), stored(2, 0), stored(3, 0), fixed(4, 0), dynamic(5, 8)],
  };
  for (const [what, parts] of Object.entries(mixed)) {
    const stream = patchwork(parts);
    const types = new Set(spell(stream.stream).map(({ type }) => type));
    assert(types.size > 1, `${what}: ${[...types]}`);
    checkFromEverywhere(what, stream);
  }
});

Deno.test("decodeEnd() counts again in an empty block", () => {
  // An empty block with fixed codes, as partial flushes end with, then a stored one, the last.
  const start = { content: csvRows(1, 6), options: { finishFlush: constants.Z_SYNC_FLUSH } };
  const end = noise(seededRandom(2), 1000);
  const size = [end.length & 255, end.length >> 8];
  const head = [0b010, 0b100, ...size, ...size.map((byte) => byte ^ 255)];
  const stream = Buffer.concat([
    deflateRawSync(start.content, start.options),
    Uint8Array.from(head),
    end,
  ]);
  const content = new Uint8Array(Buffer.concat([start.content, end]));
  const types = spell(stream).map(({ type }) => type);
  assert.deepEqual(types, ["dynamic", "stored", "fixed", "stored"]);
  checkFromEverywhere("empty", { stream, content });
});

Deno.test("decodeEnd() reaches as far back as the window does", () => {
  const once = noise(seededRandom(8), 500);
  // Python's and Deno's zlib reach back 32,506 bytes; fixed codes and the rest don't care.
  const content = new Uint8Array(Buffer.concat([once, csvRows(9, 325).subarray(0, 31_900), once]));
  const stream = packed(content);
  const far = spell(stream.stream).at(-1)!.symbols.findLast(({ distance }) => distance === 29);
  assert(far !== undefined && far.out >= content.length - once.length, "a match from far away");
  checkFromEverywhere("far", stream, 97);
  checkFromEverywhere("a mixture", packed(mixture(10, 4)), 1201);
});

/** The bytes up to the end of so many rows. */
function firstRows(content: Uint8Array, rows: number): Uint8Array {
  let end = 0;
  for (let row = 0; row < rows; row++) end = content.indexOf(10, end) + 1;
  return content.subarray(0, end);
}

/**
 * Decodes a stream from its first symbol on and looks in the stream of a longer content for what is
 * known then; gives the block that it ends in.
 */
function checkNextDay(what: string, today: Stream, next: Uint8Array): SpelledBlock {
  const [first] = spell(today.stream);
  const { block, counts, settled } = decodeFrom(today, first!, first!.symbols[0]!);
  const begin = block === undefined ? 0 : Math.floor(first!.symbols[0]!.bit / 8) * 8 + block.bit;
  const head = readHead(next, begin);
  const bit = head.bit + counts.sizeInBits(head.codes)!;
  const same = spell(next).find(({ bit }) => bit === begin)!;
  assert.equal(same.symbols.find((symbol) => symbol.bit === bit)?.out, settled, what);
  return same;
}

const withPython = { ignore: !hasPython() };

Deno.test("decodeEnd() tells what the next day's stream has in common", withPython, async () => {
  await using packer = new PythonPacker(1);
  const all = csvRows(1, 700);
  const begins = new Set<number>();
  for (const level of [4, 6, 9]) {
    for (let rows = 655; rows < 695; rows += 2) {
      const content = firstRows(all, rows);
      const { data: stream } = await packer.pack(content, { level });
      const next = (await packer.pack(firstRows(all, rows + 5), { level })).data;
      begins.add(checkNextDay(`level ${level}, ${rows} rows`, { stream, content }, next).bit);
    }
  }
  assert(begins.has(0) && begins.size > 1, "days before and after a block was full");
});

Deno.test("decodeEnd() tells so of a last block with fixed codes, too", withPython, async () => {
  await using packer = new PythonPacker(1);
  const all = csvRows(3, 800);
  const { out } = spell((await packer.pack(all)).data)[1]!;
  // Behind a full block only what packs so well that codes of its own don't pay.
  const rows = new TextEncoder().encode("600000,0.00,0.00,0.00\n".repeat(60));
  const content = new Uint8Array(Buffer.concat([all.subarray(0, out + 3), rows]));
  const { data: stream } = await packer.pack(content);
  const last = spell(stream).at(-1)!;
  assert(last.type === "fixed" && content.length - last.out > LOOK_AHEAD);
  const next = await packer.pack(new Uint8Array(Buffer.concat([content, csvRows(4, 30)])));
  assert.equal(checkNextDay("fixed", { stream, content }, next.data).bit, last.bit);
});
