/** The packer's deflater makes what the runtime's public call makes. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { Appendable } from "../../src/deflate/appendable.ts";
import { Deflater } from "../../src/deflate/deflater.ts";
import { noise, seededRandom } from "../support/random.ts";
import { rows } from "../support/random_days.ts";

const random = seededRandom(5);
const CONTENTS = [
  new Uint8Array(),
  Buffer.from("a"),
  rows(1, 10),
  rows(2, 20_000),
  noise(random, 300_000),
  new Uint8Array(3 << 20),
  rows(3, 500),
];

for (const handle of [true, false]) {
  for (const level of [1, 6, 9]) {
    Deno.test(`Deflater makes deflateRawSync()'s bytes at level ${level}, ${handle ? "by the handle" : "by the public call"}`, () => {
      const deflater = new Deflater(level, { handle });
      // Too small for most of them, so that it has to grow.
      const out = new Appendable(new ArrayBuffer(100));
      const ends = CONTENTS.map((content) => {
        deflater.deflate(content, out);
        return out.length;
      });
      for (const [index, content] of CONTENTS.entries()) {
        const made = out.buffer.subarray(ends[index - 1] ?? 0, ends[index]);
        const expected = deflateRawSync(content, { level, chunkSize: 8 << 20 });
        assert.equal(Buffer.compare(made, expected), 0, `${index}`);
        assert.equal(Buffer.compare(inflateRawSync(made), content), 0);
      }
    });
  }
}
