/** Bits come in order, and past the end as zeros that are announced. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { BitReader } from "../../src/grown/bit_reader.ts";

/** A reader's bits, the lowest of each byte first, then zeros without an end. */
function bitAt(bytes: Uint8Array, at: number): number {
  return (bytes[Math.floor(at / 8)] ?? 0) >> (at % 8) & 1;
}

/** The number that bits make, the first of them lowest. */
function numberAt(bytes: Uint8Array, at: number, count: number): number {
  let value = 0;
  for (let bit = 0; bit < count; bit++) value += bitAt(bytes, at + bit) * 2 ** bit;
  return value;
}

Deno.test("BitReader takes the bits that are there, in their order", () => {
  const bytes = fc.uint8Array({ maxLength: 40 });
  const counts = fc.array(fc.nat(16), { maxLength: 60 });
  fc.assert(fc.property(bytes, fc.nat(400), counts, (bytes, start, counts) => {
    const bits = new BitReader(bytes, start);
    let at = start;
    for (const count of counts) {
      assert.equal(bits.bit, at);
      assert.equal(bits.peek() & 0x1ffff, numberAt(bytes, at, 17));
      assert.equal(bits.take(count), numberAt(bytes, at, count));
      at += count;
      assert.equal(bits.exhausted, at > bytes.length * 8);
    }
  }));
});

Deno.test("BitReader gives zeros past the end and says that it is exhausted", () => {
  const bits = new BitReader(Uint8Array.of(0xff, 0xff), 0);
  assert.equal(bits.take(16), 0xffff);
  assert.equal(bits.exhausted, false, "all was read, and no more");
  assert.equal(bits.take(0), 0);
  assert.equal(bits.exhausted, false);
  assert.equal(bits.take(1), 0);
  assert.equal(bits.exhausted, true);
  for (let times = 0; times < 100; times++) assert.equal(bits.take(16), 0);
  bits.skip(2 ** 40);
  assert.equal(bits.take(16), 0);
  assert.equal(bits.exhausted, true);

  const half = new BitReader(Uint8Array.of(0xff), 5);
  assert.equal(half.take(16), 0b111, "zeros behind the bits that are left");
  assert.equal(half.exhausted, true);

  const none = new BitReader(new Uint8Array(0), 0);
  assert.equal(none.exhausted, false);
  assert.equal(none.peek(), 0);
  assert.equal(none.exhausted, false, "looking takes nothing");
});

Deno.test("BitReader moves on to where a byte begins", () => {
  const bytes = Uint8Array.of(0, 0x5a, 0xa5);
  for (let start = 0; start <= 16; start++) {
    const bits = new BitReader(bytes, start);
    bits.alignToByte();
    assert.equal(bits.bit, Math.ceil(start / 8) * 8);
    bits.alignToByte();
    assert.equal(bits.bit, Math.ceil(start / 8) * 8, "no further");
    assert.equal(bits.take(8), [0, 0x5a, 0xa5][Math.ceil(start / 8)]);
  }
});
