/** The bit at which a dynamic block begins is found, and noise isn't taken for one. */
import assert from "node:assert/strict";
import { deflateRawSync } from "node:zlib";
import { seededRandom } from "../support/random.ts";
import { BLOCK_HEADER_BYTES } from "../../src/grown/block_header.ts";
import { findBlockStart } from "../../src/grown/block_start.ts";
import {
  type Block,
  csvRows,
  everySetting,
  mixture,
  walkBlocks,
} from "../support/deflate_streams.ts";

/** What is found for a block, given what zlib tells: the byte at which it stopped. */
function found(stream: Uint8Array, { bit, last }: Block): number | undefined {
  const consumed = Math.ceil(bit / 8);
  const bytes = stream.subarray(consumed - 1, consumed - 1 + BLOCK_HEADER_BYTES);
  return findBlockStart(bytes, { consumed, last });
}

Deno.test("findBlockStart() finds the exact bit of dynamic blocks, and no other's", () => {
  const seen = new Map<string, number>();
  const phases = new Set<number>();
  for (const content of [csvRows(1, 2500), mixture(2, 8)]) {
    for (const options of everySetting()) {
      const stream = deflateRawSync(content, options);
      for (const block of walkBlocks(stream).blocks.slice(1)) {
        const bit = found(stream, block);
        const what = bit === undefined ? "none" : bit === block.bit ? "right" : "wrong";
        const key = `${block.type} ${what}`;
        seen.set(key, (seen.get(key) ?? 0) + 1);
        if (what === "right") phases.add(block.bit & 7);
      }
    }
  }
  assert.equal(seen.get("dynamic wrong"), undefined);
  const right = seen.get("dynamic right") ?? 0;
  const none = seen.get("dynamic none") ?? 0;
  assert(right > 500 && none <= right / 100, `${right} found, ${none} not`);
  assert.equal(phases.size, 8, "blocks begin at every bit");
  // What is no dynamic block isn't claimed to be one, but for one chance in millions.
  assert.equal(seen.get("fixed wrong"), undefined);
  assert.equal(seen.get("stored wrong"), undefined);
});

Deno.test("findBlockStart() counts bits beyond what 32 hold", () => {
  const stream = deflateRawSync(csvRows(1, 4000));
  const { bit, last } = walkBlocks(stream).blocks.at(-1)!;
  const consumed = Math.ceil(bit / 8);
  const bytes = stream.subarray(consumed - 1, consumed - 1 + BLOCK_HEADER_BYTES);
  for (const before of [2 ** 28, 2 ** 29, 2 ** 40]) {
    const there = findBlockStart(bytes, { consumed: before + consumed, last });
    assert.equal(there, before * 8 + bit);
  }
});

Deno.test("findBlockStart() takes next to no noise for a block", () => {
  const random = seededRandom(5);
  const noise = Uint8Array.from({ length: 100_000 + BLOCK_HEADER_BYTES }, () => random() * 256);
  let claims = 0;
  for (let at = 0; at < 100_000; at++) {
    const bytes = noise.subarray(at, at + BLOCK_HEADER_BYTES);
    if (findBlockStart(bytes, { consumed: at + 1, last: at % 2 === 0 }) !== undefined) claims++;
  }
  // 800,000 bit positions; the claim is one in ten million.
  assert(claims <= 2, `${claims} claims`);
});

Deno.test("findBlockStart() gives no answer on what is cut off or constant", () => {
  const stream = deflateRawSync(csvRows(1, 4000));
  const block = walkBlocks(stream).blocks[1]!;
  const consumed = Math.ceil(block.bit / 8);
  assert.equal(found(stream, block), block.bit);
  for (let length = 0; length < 30; length++) {
    const bytes = stream.subarray(consumed - 1, consumed - 1 + length);
    assert.equal(findBlockStart(bytes, { consumed, last: block.last }), undefined, `${length}`);
  }
  for (const value of [0, 0xff, 0x55, 0xaa, 4]) {
    const bytes = new Uint8Array(BLOCK_HEADER_BYTES).fill(value);
    for (const last of [true, false]) {
      assert.equal(findBlockStart(bytes, { consumed: 9, last }), undefined);
    }
  }
});

Deno.test("findBlockStart() tells a last block from one that others follow", () => {
  const stream = deflateRawSync(csvRows(1, 4000));
  for (const block of walkBlocks(stream).blocks.slice(1)) {
    assert.equal(found(stream, { ...block, last: !block.last }), undefined);
  }
});
