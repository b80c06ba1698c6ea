/** The head of a deflate block is read whole and right, or refused. */
import assert from "node:assert/strict";
import { deflateRawSync } from "node:zlib";
import { BLOCK_HEADER_BYTES, readHead } from "../../src/grown/block_header.ts";
import { ArchiveError } from "../../src/errors.ts";
import { csvRows, everySetting, mixture } from "../support/deflate_streams.ts";
import { spell } from "./spelling.ts";

const isDamaged = (error: unknown) => error instanceof ArchiveError && error.code === "bad_data";

Deno.test("readHead() reads up to a dynamic block's first symbol, in the bytes that it takes", () => {
  let heads = 0;
  for (const content of [csvRows(1, 200), mixture(2, 3)]) {
    for (const options of everySetting()) {
      const stream = deflateRawSync(content, options);
      for (const { type, bit, last, symbols } of spell(stream)) {
        const first = Math.floor(bit / 8);
        const bytes = stream.subarray(first, first + BLOCK_HEADER_BYTES);
        if (type !== "dynamic") {
          assert.throws(() => readHead(bytes, bit % 8), isDamaged, type);
          continue;
        }
        const head = readHead(bytes, bit % 8);
        assert.deepEqual([head.bit + first * 8, head.last], [symbols[0]!.bit, last]);
        heads++;
        const size = Math.ceil(head.bit / 8);
        assert.deepEqual(readHead(bytes.subarray(0, size), bit % 8), head, "needs no more");
        assert.throws(() => readHead(bytes.subarray(0, size - 1), bit % 8), isDamaged, "cut");
      }
    }
  }
  assert(heads > 200, `${heads} heads`);
});

Deno.test("readHead() refuses what is no block's head", () => {
  for (const value of [0, 0xff, 0x55, 0xaa, 4, 5]) {
    for (let bit = 0; bit < 8; bit++) {
      const bytes = new Uint8Array(BLOCK_HEADER_BYTES).fill(value);
      assert.throws(() => readHead(bytes, bit), isDamaged, `${value} at ${bit}`);
    }
  }
  assert.throws(() => readHead(new Uint8Array(0), 0), isDamaged);
});
