/** A replay of zlib gives the symbols that zlib chose, and keeps them whatever is appended. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import fc from "fast-check";
import { LOOK_AHEAD, MOST_REPLAYED, SYMBOLS_A_BLOCK, ZlibReplay } from "../../src/grown/replay.ts";
import { FIXED_CODES } from "../../src/grown/block_header.ts";
import { hasPython, PythonPacker } from "../support/python_packer.ts";
import { noise, seededRandom } from "../support/random.ts";
import { csvRows, type WalkedSymbol } from "../support/deflate_streams.ts";
import { countsOf, kindsOfContent, spell } from "./spelling.ts";

const LEVELS = [4, 5, 6, 7, 8, 9];
const withPython = { ignore: !hasPython() };

/** How far before a block a replay begins that hasn't the content's beginning, as in production. */
const HISTORY = 34 << 10;
const RUN_UP = 2 << 10;

/** Of a block's symbols, those that are settled when the content is so long. */
function settled(symbols: readonly WalkedSymbol[], size: number): WalkedSymbol[] {
  return symbols.filter(({ out, symbol }) => symbol !== 256 && out < size - LOOK_AHEAD);
}

/** The content up to where the last symbol of a block is settled, and no further one. */
function upTo(content: Uint8Array, symbols: readonly WalkedSymbol[]): Uint8Array {
  const last = symbols.at(-2)?.out ?? 0; // the very last one ends the block
  return content.subarray(0, last + LOOK_AHEAD + 1);
}

Deno.test("ZlibReplay counts every block's symbols as zlib does", withPython, async (t) => {
  await using packer = new PythonPacker(1);
  const replay = new ZlibReplay();
  for (const [kind, content] of Object.entries(kindsOfContent())) {
    await t.step(kind, async () => {
      for (const level of LEVELS) {
        const blocks = spell((await packer.pack(content, { level })).data);
        for (const [index, { type, out, symbols }] of blocks.entries()) {
          const what = `level ${level}, block ${index}`;
          // A stored block has as many symbols as another, but doesn't show them.
          const part = type === "stored" ? content : upTo(content, symbols);
          const found = replay.count(part, { level, begins: true, from: 0, block: out });
          if (found === undefined) {
            assert(content.length - out <= LOOK_AHEAD, `${what}: nothing found`);
            continue;
          }
          assert.equal(found.before, index * SYMBOLS_A_BLOCK, what);
          if (type === "stored") continue;
          const expected = settled(symbols, part.length);
          assert.equal(found.symbols, expected.length, what);
          assert.deepEqual(found.counts.toBytes(), countsOf(expected).toBytes(), what);
          assert.equal(found.end, symbols[expected.length]!.out, what);
        }
      }
    });
  }
});

Deno.test("ZlibReplay needs no more than 34 KB before a block", withPython, async (t) => {
  await using packer = new PythonPacker(1);
  const replay = new ZlibReplay();
  let blocksFound = 0;
  for (const [kind, content] of Object.entries(kindsOfContent())) {
    await t.step(kind, async () => {
      for (const level of LEVELS) {
        const blocks = spell((await packer.pack(content, { level })).data);
        for (const { type, out, symbols } of blocks) {
          const start = out - HISTORY;
          if (type === "stored" || start <= 0) continue;
          const part = upTo(content, symbols);
          const found = replay.count(part.subarray(start), {
            level,
            begins: false,
            from: HISTORY - RUN_UP,
            block: HISTORY,
          });
          // Inside a repeat without an end, every run-up makes longest matches of its own.
          if (found === undefined && kind === "the farthest repeats") continue;
          const expected = settled(symbols, part.length);
          const what = `level ${level}, the block at ${out}`;
          assert.equal(found?.symbols, expected.length, what);
          assert.deepEqual(found.counts.toBytes(), countsOf(expected).toBytes(), what);
          assert.equal(start + found.end, symbols[expected.length]!.out, what);
          blocksFound++;
        }
      }
    });
  }
  assert(blocksFound >= 50, `${blocksFound} blocks`);
});

/** Text of a few short pieces, so that matches are many and of all lengths. */
const texts = fc.array(
  fc.oneof(
    fc.constantFrom("2026-01-05,", "600000,", "\n", "0.00,", "aaaaaaaa", "abcabcabcabd"),
    fc.stringMatching(/^[0-9]{1,6}\.[0-9]{2},$/),
    fc.string({ maxLength: 12 }),
  ),
  { minLength: 60, maxLength: 400 },
).map((pieces) => new TextEncoder().encode(pieces.join("")));

const grownContents = fc.record({
  content: texts,
  rows: fc.oneof(texts, fc.uint8Array({ minLength: 1, maxLength: 600 })),
  level: fc.constantFrom(...LEVELS),
});

/** A content, and the same with something appended. */
function grown({ content, rows }: { content: Uint8Array; rows: Uint8Array }): Uint8Array {
  return new Uint8Array(Buffer.concat([content, rows]));
}

Deno.test("ZlibReplay gives symbols that stay when anything is appended", () => {
  const replay = new ZlibReplay();
  const bits = (found: ReturnType<ZlibReplay["count"]>) => found!.counts.sizeInBits(FIXED_CODES)!;
  fc.assert(fc.property(grownContents, ({ content, rows, level }) => {
    const options = { level, begins: true, from: 0 };
    const now = replay.count(content, { ...options, block: 0 });
    if (now === undefined) return assert(content.length < LOOK_AHEAD);
    assert(now.end >= content.length - LOOK_AHEAD && now.end <= content.length);
    // In the longer content the same symbols lie before the place at which the known ones ended.
    const later = grown({
      content,
      rows: new Uint8Array([...rows, ...noise(seededRandom(1), 600)]),
    });
    const all = replay.count(later, { ...options, block: 0 })!;
    const rest = replay.count(later, { ...options, block: now.end });
    assert.equal(rest?.before, now.symbols);
    assert.equal(all.symbols, now.symbols + rest.symbols);
    assert.equal(bits(all), bits(now) + bits(rest));
  }));
});

Deno.test("ZlibReplay tells what zlib makes of a longer content", withPython, async () => {
  await using packer = new PythonPacker(2);
  const replay = new ZlibReplay();
  await fc.assert(fc.asyncProperty(grownContents, async ({ content, rows, level }) => {
    const now = replay.count(content, { level, begins: true, from: 0, block: 0 });
    if (now === undefined) return;
    const [first] = spell((await packer.pack(grown({ content, rows }), { level })).data);
    assert.equal(first!.symbols[now.symbols]?.out, now.end);
    const same = first!.symbols.slice(0, now.symbols);
    assert.deepEqual(now.counts.toBytes(), countsOf(same).toBytes());
  }));
});

Deno.test("ZlibReplay finds nothing where no symbol begins", withPython, async () => {
  await using packer = new PythonPacker(1);
  const replay = new ZlibReplay();
  const content = csvRows(5, 60);
  const [block] = spell((await packer.pack(content)).data);
  const begins = new Set(block!.symbols.map(({ out }) => out));
  let none = 0;
  for (let at = 0; at < content.length - LOOK_AHEAD; at++) {
    const found = replay.count(content, { level: 6, begins: true, from: 0, block: at });
    assert.equal(found !== undefined, begins.has(at), `at ${at}`);
    if (found === undefined) none++;
  }
  assert(none > 1000, `${none} places in the middle of symbols`);
});

Deno.test("ZlibReplay finds nothing in less than zlib looks ahead", () => {
  const replay = new ZlibReplay();
  replay.count(csvRows(1, 500), { level: 6, begins: true, from: 0, block: 0 });
  for (const size of [0, 1, 2, 3, 100, LOOK_AHEAD - 1]) {
    const options = { level: 6, begins: true, from: 0, block: 0 };
    assert.equal(replay.count(csvRows(2, 10).subarray(0, size), options), undefined, `${size}`);
  }
  const content = csvRows(2, 10).subarray(0, LOOK_AHEAD + 1);
  const found = replay.count(content, { level: 6, begins: true, from: 0, block: 0 });
  assert.deepEqual([found?.symbols, found?.end], [1, 1]);
  // Nor where the block begins too near to the content's end, or behind it.
  for (const block of [content.length - 100, content.length, content.length + 100]) {
    const options = { level: 6, begins: true, from: 0, block };
    assert.equal(replay.count(content, options), undefined, `${block}`);
  }
});

Deno.test("ZlibReplay takes so much content and no more", () => {
  const replay = new ZlibReplay();
  const options = { level: 4, begins: true, from: 0, block: 0 };
  const most = new Uint8Array(MOST_REPLAYED).fill(7);
  const found = replay.count(most, options)!;
  assert(found.end >= most.length - LOOK_AHEAD);
  assert.throws(() => replay.count(new Uint8Array(MOST_REPLAYED + 1), options), RangeError);
  // And goes on as before.
  const again = replay.count(most, options)!;
  assert.deepEqual(again.counts.toBytes(), found.counts.toBytes());
  assert.equal(again.end, found.end);
});

Deno.test("ZlibReplay keeps nothing of one content for the next", () => {
  const options = { level: 9, begins: false, from: 0, block: 0 };
  const content = csvRows(3, 300);
  const fresh = new ZlibReplay().count(content, options);
  const used = new ZlibReplay();
  const first = used.count(csvRows(4, 900), options)!;
  const before = first.counts.toBytes();
  assert.deepEqual(used.count(content, options)?.counts.toBytes(), fresh!.counts.toBytes());
  assert.deepEqual(first.counts.toBytes(), before, "and what was given stays");
});
