/** Prefix codes read what deflate defines, and give nothing for bits that mean nothing. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { BitReader } from "../../src/grown/bit_reader.ts";
import { FIXED_CODES } from "../../src/grown/block_header.ts";
import { PrefixCode } from "../../src/grown/prefix_code.ts";
import { DISTANCE_EXTRA, FIRST_LENGTH, LENGTH_EXTRA } from "../../src/grown/symbols.ts";
import { bytesOf, codesOf, everyBlock } from "./spelling.ts";

Deno.test("PrefixCode reads every symbol of zlib's streams where it is", () => {
  let read = 0;
  for (const { stream, block } of everyBlock()) {
    const codes = codesOf(stream, block);
    const literals = new PrefixCode(codes.literals);
    const distances = new PrefixCode(codes.distances);
    const bits = new BitReader(stream, block.symbols[0]!.bit);
    for (const { bit, symbol, distance } of block.symbols) {
      assert.equal(bits.bit, bit);
      assert.equal(literals.read(bits), symbol);
      read++;
      if (distance === undefined) continue;
      bits.skip(LENGTH_EXTRA[symbol - FIRST_LENGTH]!);
      assert.equal(distances.read(bits), distance);
      bits.skip(DISTANCE_EXTRA[distance]!);
    }
  }
  assert(read > 100_000, `${read} symbols`);
});

/** The codes of symbols by the definition: RFC 1951, 3.2.2. */
function codesByDefinition(lengths: readonly number[]): Map<number, string> {
  const codes = new Map<number, string>();
  let code = 0;
  for (let length = 1; length <= 15; length++) {
    for (const [symbol, own] of lengths.entries()) {
      if (own === length) codes.set(symbol, (code++).toString(2).padStart(length, "0"));
    }
    code <<= 1;
  }
  return codes;
}

/** Lengths of a complete code, made by splitting one leaf after another, symbols left out between. */
const completeLengths = fc.record({
  depth: fc.integer({ min: 1, max: 15 }),
  splits: fc.array(fc.nat(), { maxLength: 270 }),
}).map(({ depth, splits }) => {
  const lengths = [...Array(depth).keys()].map((index) => index + 1).concat(depth);
  for (const leaf of splits) {
    const at = leaf % lengths.length;
    if (lengths[at]! < 15) lengths.push(++lengths[at]!);
  }
  return lengths.flatMap((length, index) => index % 5 === 0 ? [0, length] : [length]);
});

Deno.test("PrefixCode reads what codes mean by their definition", () => {
  fc.assert(fc.property(completeLengths, fc.array(fc.nat()), fc.nat(7), (lengths, picks, bit) => {
    const codes = [...codesByDefinition(lengths)];
    const written = picks.map((pick) => codes[pick % codes.length]!);
    const bytes = bytesOf("0".repeat(bit) + written.map(([, code]) => code).join(""));
    const code = new PrefixCode(Uint8Array.from(lengths));
    const bits = new BitReader(bytes, bit);
    for (const [symbol] of written) assert.equal(code.read(bits), symbol);
    assert(!bits.exhausted);
    assert.equal(bits.bit, bit + written.reduce((sum, [, { length }]) => sum + length, 0));
  }));
});

Deno.test("PrefixCode gives no symbol for bits that mean none", () => {
  const fixed = new PrefixCode(FIXED_CODES.distances);
  assert.equal(fixed.read(new BitReader(bytesOf("11101"), 0)), 29);
  for (const bits of ["11110", "11111"]) {
    assert.equal(fixed.read(new BitReader(bytesOf(bits + "0".repeat(20)), 0)), undefined, bits);
    assert.equal(fixed.read(new BitReader(bytesOf(bits + "1".repeat(20)), 0)), undefined, bits);
  }
  const single = new PrefixCode(Uint8Array.of(0, 1));
  assert.equal(single.read(new BitReader(bytesOf("0"), 0)), 1);
  assert.equal(single.read(new BitReader(bytesOf("1"), 0)), undefined);
  for (const lengths of [Uint8Array.of(), Uint8Array.of(0, 0, 0)]) {
    assert.equal(new PrefixCode(lengths).read(new BitReader(bytesOf("01"), 0)), undefined);
  }
});
