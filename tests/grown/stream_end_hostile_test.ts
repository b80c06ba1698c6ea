/** The end of a stream decoded from hostile symbols: an error, never bytes that nobody wrote. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { deflateRawSync } from "node:zlib";
import { FIXED_CODES } from "../../src/grown/block_header.ts";
import { decodeEnd, type StreamEnd } from "../../src/grown/stream_end.ts";
import { SymbolCounts } from "../../src/grown/symbol_counts.ts";
import { ArchiveError } from "../../src/errors.ts";
import { csvRows, mixture } from "../support/deflate_streams.ts";
import { bytesOf, codesOf, spell, type SpelledBlock } from "./spelling.ts";

/** The end of a stream whose last block has fixed codes, written as bits. */
function fixedEnd(bits: string, options: Partial<StreamEnd> = {}): StreamEnd {
  return {
    bytes: bytesOf(bits.replaceAll(" ", "")),
    bit: 0,
    codes: FIXED_CODES,
    last: true,
    window: new Uint8Array(0),
    size: 100,
    counts: new SymbolCounts(),
    ...options,
  };
}

/** Codes of fixed blocks. */
const LITERAL_A = "10010001";
const LENGTH_3 = "0000001";
const LENGTH_258 = "11000101";
const DISTANCE_1 = "00000";
const DISTANCE_2 = "00001";
const END = "0000000";
const FIXED_BLOCK = "0 10";

const isDamaged = (error: unknown) => error instanceof ArchiveError && error.code === "bad_data";
const isTooLong = (error: unknown) => error instanceof ArchiveError && error.code === "wrong_size";

Deno.test("decodeEnd() takes symbols written by hand", () => {
  const { content, bit } = decodeEnd(fixedEnd(`${LITERAL_A} ${LENGTH_3} ${DISTANCE_1} ${END}`));
  assert.deepEqual([new TextDecoder().decode(content), bit], ["aaaa", 27]);
  const two = decodeEnd(fixedEnd(`${END} 1 10 ${LITERAL_A} ${END}`, { last: false }));
  assert.equal(new TextDecoder().decode(two.content), "a");
});

Deno.test("decodeEnd() refuses a match with what was before the beginning", () => {
  const bits = `${LITERAL_A} ${LENGTH_3} ${DISTANCE_2} ${END}`;
  assert.throws(() => decodeEnd(fixedEnd(bits)), isDamaged);
  const window = new TextEncoder().encode("b");
  const { content } = decodeEnd(fixedEnd(bits, { window }));
  assert.equal(new TextDecoder().decode(content), "abab");
});

Deno.test("decodeEnd() refuses symbols that don't exist", () => {
  for (const length of ["11000110", "11000111"]) {
    assert.throws(
      () => decodeEnd(fixedEnd(`${LITERAL_A} ${length} ${DISTANCE_1} ${END}`)),
      isDamaged,
    );
  }
  for (const distance of ["11110", "11111"]) {
    const bits = `${LITERAL_A} ${LENGTH_3} ${distance} ${END.repeat(4)}`;
    assert.throws(() => decodeEnd(fixedEnd(bits)), isDamaged);
  }
  // A block without any distance can't have a match.
  const codes = { literals: FIXED_CODES.literals, distances: Uint8Array.of(0) };
  const bits = `${LITERAL_A} ${LENGTH_3} ${DISTANCE_1} ${END.repeat(4)}`;
  assert.throws(() => decodeEnd(fixedEnd(bits, { codes })), isDamaged);
});

Deno.test("decodeEnd() gives no more content than was asked for", () => {
  const bits = `${LITERAL_A} ${LENGTH_258} ${DISTANCE_1} ${END}`;
  assert.equal(decodeEnd(fixedEnd(bits, { size: 259 })).content.length, 259);
  assert.throws(() => decodeEnd(fixedEnd(bits, { size: 258 })), isTooLong);
  assert.throws(() => decodeEnd(fixedEnd(bits, { size: 0 })), isTooLong);
  const bomb = LITERAL_A + (LENGTH_258 + DISTANCE_1).repeat(100_000) + END;
  assert.throws(() => decodeEnd(fixedEnd(bomb, { size: 5000 })), isTooLong);
  const stored = `${END}1 00 000000` + "1100000000000000" + "0011111111111111" + "1".repeat(24);
  assert.equal(decodeEnd(fixedEnd(stored, { last: false, size: 3 })).content.length, 3);
  assert.throws(() => decodeEnd(fixedEnd(stored, { last: false, size: 2 })), isTooLong);
});

Deno.test("decodeEnd() refuses blocks that aren't any, and a stream without a last one", () => {
  const dynamic = [...deflateRawSync(csvRows(1, 1))]
    .map((byte) => [...byte.toString(2).padStart(8, "0")].reverse().join("")).join("");
  const sound = fixedEnd(`${END} ${dynamic}`, { last: false });
  assert.deepEqual(decodeEnd(sound).content, csvRows(1, 1));
  const ends: Record<string, string> = {
    "nothing further": END,
    "an unknown type": `${END} 1 11` + dynamic.slice(3),
    "a stored length that isn't confirmed": `${END} 1 00 000000` +
      "1100000000000000".repeat(2) + "1".repeat(24),
    "a stored block that is cut": `${END} 1 00 000000` + "1100000000000000" + "0011111111111111",
    "a dynamic header of zeros": `${END} 1 01` + "0".repeat(400),
    "a dynamic header of ones": `${END} 1 01` + "1".repeat(400),
    "empty blocks only": END + `${FIXED_BLOCK} ${END}`.repeat(5000),
    "empty stored blocks only": `${END} ` + `${FIXED_BLOCK} ${END}`.repeat(3) +
      "000" + ("0".repeat(16) + "1".repeat(16) + "0".repeat(8)).repeat(2000),
  };
  for (const [what, bits] of Object.entries(ends)) {
    assert.throws(() => decodeEnd(fixedEnd(bits, { last: false })), isDamaged, what);
  }
});

/** Where decoding begins in a stream: at a symbol, with the content before it. */
function endOf(
  stream: Uint8Array,
  content: Uint8Array,
  block: SpelledBlock,
  at: number,
): StreamEnd {
  const { bit, out } = block.symbols[at]!;
  return {
    bytes: stream.subarray(Math.floor(bit / 8)),
    bit: bit % 8,
    codes: codesOf(stream, block),
    last: block.last,
    window: content.subarray(0, out),
    size: content.length - out,
    counts: new SymbolCounts(),
  };
}

/** Streams to be spoilt. */
const streams = [csvRows(1, 40), mixture(2, 3).subarray(-6000)].map((content) => {
  const stream = new Uint8Array(deflateRawSync(content, { memLevel: 1 }));
  const blocks = spell(stream).filter(({ type }) => type !== "stored");
  return { content, stream, blocks };
});

Deno.test("decodeEnd() refuses a stream that is cut, wherever", () => {
  for (const { stream, content, blocks } of streams) {
    const end = endOf(stream, content, blocks[0]!, 5);
    assert.equal(decodeEnd(end).content.length, end.size);
    for (let length = 0; length < end.bytes.length; length++) {
      const bytes = end.bytes.subarray(0, length);
      assert.throws(() => decodeEnd({ ...end, bytes }), ArchiveError, `${length} bytes`);
    }
  }
});

/** Decodes, and gives what came out if anything did; every failure is an ArchiveError. */
function tryDecode(end: StreamEnd): Uint8Array | undefined {
  try {
    const { content, bit } = decodeEnd(end);
    assert(content.length <= end.size, `${content.length} of ${end.size} bytes`);
    assert(bit <= end.bytes.length * 8, "nothing behind the end is used");
    return content;
  } catch (error) {
    assert(isDamaged(error) || isTooLong(error), String(error));
    return undefined;
  }
}

Deno.test("decodeEnd() comes to an end with any bits", () => {
  let decoded = 0;
  fc.assert(
    fc.property(
      fc.record({
        bytes: fc.uint8Array({ maxLength: 400 }),
        bit: fc.nat(7),
        from: fc.constantFrom(...streams),
        fixed: fc.boolean(),
        last: fc.boolean(),
        size: fc.nat(3000),
      }),
      ({ bytes, bit, from: { stream, content, blocks }, fixed, last, size }) => {
        const codes = fixed ? FIXED_CODES : codesOf(stream, blocks[0]!);
        const window = content.subarray(0, 700);
        const end = { bytes, bit, codes, last, window, size, counts: new SymbolCounts() };
        if (tryDecode(end) !== undefined) decoded++;
      },
    ),
    { numRuns: 1000 },
  );
  assert(decoded > 0, "some bits mean something");
});

Deno.test("decodeEnd() comes to an end with bits that are turned", () => {
  fc.assert(
    fc.property(
      fc.record({
        from: fc.constantFrom(...streams),
        at: fc.nat(1000),
        flips: fc.array(fc.nat(), { minLength: 1, maxLength: 5 }),
      }),
      ({ from: { stream, content, blocks }, at, flips }) => {
        const block = blocks[at % blocks.length]!;
        const end = endOf(stream, content, block, at % block.symbols.length);
        const bytes = end.bytes.slice();
        for (const flip of flips) bytes[flip % bytes.length]! ^= 1 << (flip % 7);
        tryDecode({ ...end, bytes });
      },
    ),
    { numRuns: 300 },
  );
});
