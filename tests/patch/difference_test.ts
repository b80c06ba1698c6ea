/**
 * The difference of two contents makes the second out of the first, and costs about what changed.
 */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import fc from "fast-check";
import { commonStart, difference } from "../../src/patch/difference.ts";

const TEXT = new TextEncoder();

/** What the pieces make. */
function made(old: Uint8Array, { pieces, inserted }: ReturnType<typeof difference>): Uint8Array {
  const parts: Uint8Array[] = [];
  let at = 0;
  for (const { from, length, insert } of pieces) {
    parts.push(old.subarray(from, from + length), inserted.subarray(at, at + insert));
    at += insert;
  }
  assert.equal(at, inserted.length);
  return Buffer.concat(parts);
}

const isSame = (a: Uint8Array, b: Uint8Array) => assert.equal(Buffer.compare(a, b), 0);

Deno.test("difference() makes any content out of any other", () => {
  const bytes = fc.uint8Array({ maxLength: 400, max: 2 });
  fc.assert(fc.property(bytes, bytes, bytes, bytes, (head, a, b, tail) => {
    const old = Buffer.concat([head, a, tail]);
    const now = Buffer.concat([head, b, tail]);
    isSame(made(old, difference(old, now)), now);
  }));
});

Deno.test("difference() costs what was appended, put in front or inserted", () => {
  const old = TEXT.encode("2026-11-24,10.0,11.0\n".repeat(500));
  const row = TEXT.encode("2026-11-25,10.5,11.5\n");
  for (const at of [0, 21 * 250, old.length]) {
    const now = Buffer.concat([old.subarray(0, at), row, old.subarray(at)]);
    assert(difference(old, now).inserted.length <= row.length, `at ${at}`);
    isSame(made(old, difference(old, now)), now);
  }
  assert.equal(difference(old, old.subarray(0, 5000)).inserted.length, 0);
});

Deno.test("difference() copies nothing that is shorter than what saying so costs", () => {
  const [old, now] = [TEXT.encode("ab____"), TEXT.encode("ab++++")];
  assert.deepEqual(difference(old, now).pieces, [{ from: 0, length: 0, insert: 6 }]);
});

Deno.test("commonStart() finds the first byte that differs", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 300 }), fc.nat(), (bytes, pick) => {
      const other = bytes.slice();
      const at = pick % bytes.length;
      other[at]! ^= 1;
      assert.equal(commonStart(bytes, other), at);
      assert.equal(commonStart(bytes, bytes), bytes.length);
      assert.equal(commonStart(bytes, bytes.subarray(0, at)), at);
    }),
  );
});
