/** Counts of symbols survive their bytes, and any bytes can be read as counts. */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { CodeLengths } from "../../src/grown/block_header.ts";
import { SymbolCounts } from "../../src/grown/symbol_counts.ts";
import { DISTANCES, LITERALS } from "../../src/grown/symbols.ts";
import { codesOf, countsOf, everyBlock } from "./spelling.ts";

const SYMBOLS = LITERALS + DISTANCES;

/** Counts as blocks have them: mostly none, small ones, now and then a big one. */
const counts = fc.array(
  fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 3, arbitrary: fc.nat(300) }, {
    weight: 1,
    arbitrary: fc.nat(2 ** 28 - 1),
  }),
  { minLength: SYMBOLS, maxLength: SYMBOLS },
).map((numbers) => Uint32Array.from(numbers));

/** What adding so many of each symbol gives; they are added one by one. */
function added(numbers: ArrayLike<number>): SymbolCounts {
  const sum = new SymbolCounts();
  for (let symbol = 0; symbol < SYMBOLS; symbol++) {
    for (let times = 0; times < numbers[symbol]!; times++) {
      if (symbol < LITERALS) sum.addLiteral(symbol);
      else sum.addDistance(symbol - LITERALS);
    }
  }
  return sum;
}

/** Codes of any lengths; what counts take with them depends on each one of these. */
const codesOfAnyLength = fc.record({
  literals: fc.uint8Array({ min: 1, max: 15, minLength: LITERALS, maxLength: LITERALS }),
  distances: fc.uint8Array({ min: 1, max: 15, minLength: DISTANCES, maxLength: DISTANCES }),
});

Deno.test("SymbolCounts come back from their bytes", () => {
  fc.assert(fc.property(counts, codesOfAnyLength, (numbers, codes) => {
    const bytes = new SymbolCounts(numbers).toBytes();
    const back = SymbolCounts.fromBytes(bytes)!;
    assert.deepEqual(back.toBytes(), bytes);
    assert.equal(back.sizeInBits(codes), new SymbolCounts(numbers).sizeInBits(codes));
  }));
  assert.equal(new SymbolCounts().toBytes().length, 0);
  assert.equal(SymbolCounts.fromBytes(new Uint8Array(0))?.toBytes().length, 0);
});

Deno.test("SymbolCounts differ in their bytes when one symbol more is counted", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(3), { maxLength: SYMBOLS }), fc.nat(SYMBOLS - 1), (few, at) => {
      const numbers = Uint32Array.from({ length: SYMBOLS }, (_, symbol) => few[symbol] ?? 0);
      const one = added(numbers);
      assert.deepEqual(one.toBytes(), new SymbolCounts(numbers).toBytes());
      const before = one.toBytes();
      if (at < LITERALS) one.addLiteral(at);
      else one.addDistance(at - LITERALS);
      assert.notDeepEqual(one.toBytes(), before);
      numbers[at]!++;
      assert.deepEqual(one.toBytes(), new SymbolCounts(numbers).toBytes());
    }),
  );
});

Deno.test("SymbolCounts take any bytes without throwing", () => {
  let refused = 0;
  let taken = 0;
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 700 }), codesOfAnyLength, (bytes, codes) => {
      const found = SymbolCounts.fromBytes(bytes);
      if (found === undefined) return void refused++;
      taken++;
      const again = SymbolCounts.fromBytes(found.toBytes());
      assert.equal(again?.sizeInBits(codes), found.sizeInBits(codes));
    }),
    { numRuns: 1000 },
  );
  assert(refused > 0 && taken > 0, `${refused} refused, ${taken} taken`);
});

Deno.test("SymbolCounts aren't made of what is too long, or cut behind a number of zeros", () => {
  const last = new SymbolCounts();
  last.addDistance(DISTANCES - 1);
  const bytes = last.toBytes();
  assert.deepEqual(SymbolCounts.fromBytes(bytes)?.toBytes(), bytes);
  assert.equal(SymbolCounts.fromBytes(Uint8Array.of(...bytes, 0, 1)), undefined, "a symbol more");
  assert.equal(SymbolCounts.fromBytes(bytes.subarray(0, -1)), undefined, "cut");
  assert.equal(SymbolCounts.fromBytes(new Uint8Array(700).fill(255)), undefined);
  assert.equal(
    SymbolCounts.fromBytes(Uint8Array.of(...new SymbolCounts().toBytes(), 5)),
    undefined,
  );
});

Deno.test("sizeInBits() is what the symbols take in a stream", () => {
  let blocks = 0;
  for (const { stream, block, about } of everyBlock()) {
    const codes = codesOf(stream, block);
    const { symbols } = block;
    for (const part of [symbols.length - 1, symbols.length >> 1, 0]) {
      const bits = countsOf(symbols.slice(0, part)).sizeInBits(codes);
      assert.equal(bits, symbols[part]!.bit - symbols[0]!.bit, about);
    }
    blocks++;
  }
  assert(blocks > 100, `${blocks} blocks`);
});

Deno.test("sizeInBits() gives nothing when a symbol has no code", () => {
  const codes: CodeLengths = {
    literals: new Uint8Array(270).fill(8),
    distances: Uint8Array.of(1, 0, 1),
  };
  codes.literals[65] = 0;
  const size = (numbers: Record<number, number>) =>
    added(Uint32Array.from({ length: SYMBOLS }, (_, symbol) => numbers[symbol] ?? 0))
      .sizeInBits(codes);
  assert.equal(size({}), 0);
  assert.equal(size({ 66: 3, [LITERALS]: 2 }), 26);
  assert.equal(size({ 269: 2 }), 20, "two bits behind it");
  assert.equal(size({ 65: 1 }), undefined, "a literal without a code");
  assert.equal(size({ 270: 1 }), undefined, "a length behind the last code");
  assert.equal(size({ [LITERALS + 1]: 1 }), undefined, "a distance without a code");
  assert.equal(size({ [LITERALS + 3]: 1 }), undefined, "a distance behind the last code");
});

Deno.test("SymbolCounts.clear() forgets all", () => {
  const some = added(Uint32Array.from({ length: SYMBOLS }, (_, symbol) => symbol % 3));
  some.clear();
  assert.deepEqual(some.toBytes(), new SymbolCounts().toBytes());
  assert.equal(some.sizeInBits({ literals: new Uint8Array(0), distances: new Uint8Array(0) }), 0);
});
