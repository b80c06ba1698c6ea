/** zlib can begin at any block and any bit of a stream, with any window. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { WINDOW_SIZE } from "../../src/deflate/inflater.ts";
import { bridgeTo } from "../../src/grown/tail_bridge.ts";
import {
  type Block,
  csvRows,
  everySetting,
  mixture,
  patchwork,
  walkBlocks,
} from "../support/deflate_streams.ts";

/** The content from a block on, decoded by a zlib that knows nothing of what was before. */
function decodeFrom(stream: Uint8Array, content: Uint8Array, { bit, out }: Block): Uint8Array {
  const window = content.subarray(Math.max(0, out - WINDOW_SIZE), out);
  const first = bit >> 3;
  const bridge = bridgeTo(window, { bit: bit & 7, firstByte: stream[first]! });
  const whole = inflateRawSync(Buffer.concat([bridge, stream.subarray(first + 1)]));
  assert.equal(
    Buffer.compare(whole.subarray(0, window.length), window),
    0,
    "the window comes first",
  );
  return whole.subarray(window.length);
}

Deno.test("bridgeTo() lets zlib begin at every block of every kind, at each of the eight bits", () => {
  const seen = new Set<string>();
  for (const content of [csvRows(1, 2000), mixture(2, 8)]) {
    for (const options of everySetting()) {
      const stream = deflateRawSync(content, options);
      const { blocks } = walkBlocks(stream);
      // A few of many: the first, the last, and some between.
      const step = Math.ceil(blocks.length / 6);
      for (const block of blocks.filter((_, at) => at % step === 0 || at === blocks.length - 1)) {
        seen.add(`${block.type} ${block.bit & 7}`);
        const rest = decodeFrom(stream, content, block);
        assert.equal(Buffer.compare(rest, content.subarray(block.out)), 0, JSON.stringify(block));
      }
    }
  }
  for (const type of ["dynamic", "fixed", "stored"]) {
    for (let bit = 0; bit < 8; bit++) assert(seen.has(`${type} ${bit}`), `${type} at bit ${bit}`);
  }
});

Deno.test("bridgeTo() serves a window of any length, from none to the longest match's reach", () => {
  const far = Uint8Array.from({ length: WINDOW_SIZE }, (_, at) => (at * 31 ^ at >> 5) & 255);
  for (const length of [0, 1, 257, 258, 1000, WINDOW_SIZE - 1, WINDOW_SIZE]) {
    const before = far.subarray(0, length);
    // The second part repeats the first, so that its matches reach all the way back.
    const content = Buffer.concat([before, before, before]);
    const { stream } = patchwork([{ content, options: { level: 9 } }]);
    for (const block of walkBlocks(stream).blocks) {
      const rest = decodeFrom(stream, content, block);
      assert.equal(Buffer.compare(rest, content.subarray(block.out)), 0, `${length}`);
    }
  }
});
