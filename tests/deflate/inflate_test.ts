/** Both inflaters give what zlib gives, of any stream in any pieces. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { deflateRawSync } from "node:zlib";
import { HandleInflater, handleWorks } from "../../src/deflate/handle_inflater.ts";
import { createInflater, PublicInflater } from "../../src/deflate/inflate.ts";
import type { Inflated, Inflater } from "../../src/deflate/inflater.ts";
import { csvRows, everySetting, mixture, walkBlocks } from "../support/deflate_streams.ts";
import { archiveError } from "../zip/reading.ts";

const content = mixture(7, 9);

/** Both ways to inflate. */
const WAYS: Record<string, (bufferSize: number) => Inflater> = {
  handle: (bufferSize) => new HandleInflater(bufferSize),
  public: () => new PublicInflater(),
};

function inflate(
  inflater: Inflater,
  stream: Uint8Array,
  options: { limit?: number; piece?: number; length?: number } = {},
): Inflated & { content: Uint8Array } {
  const { limit = content.length, piece = stream.length || 1 } = options;
  const chunks: Uint8Array[] = [];
  inflater.start(limit, (chunk) => void chunks.push(chunk.slice()), options.length);
  for (let at = 0; at < stream.length; at += piece) inflater.push(stream.subarray(at, at + piece));
  const result = inflater.finish();
  return { ...result, content: Buffer.concat(chunks) };
}

Deno.test("handleWorks() finds the runtime's zlib handle in the pinned runtime", () => {
  assert.equal(handleWorks(), true);
});

for (const [way, newInflater] of Object.entries(WAYS)) {
  Deno.test(`an inflater inflates every level and strategy of zlib (${way})`, () => {
    const inflater = newInflater(1 << 20);
    for (const options of everySetting()) {
      const stream = deflateRawSync(content, options);
      const result = inflate(inflater, stream);
      assert.equal(Buffer.compare(result.content, content), 0, JSON.stringify(options));
      assert.equal(result.consumed, stream.length, JSON.stringify(options));
      assert.equal(result.produced, content.length);
    }
  });

  Deno.test(`an inflater takes any pieces through any buffer (${way})`, () => {
    const stream = deflateRawSync(content);
    for (const bufferSize of [1, 7, 4096, 32_768, content.length - 1, content.length]) {
      const inflater = newInflater(bufferSize);
      for (const piece of [1 + (bufferSize === 1 ? 1000 : 0), 777, stream.length]) {
        const result = inflate(inflater, stream, { piece });
        const what = `buffer ${bufferSize}, pieces of ${piece}`;
        assert.equal(Buffer.compare(result.content, content), 0, what);
        assert.equal(result.consumed, stream.length, what);
      }
    }
  });

  Deno.test(`an inflater refuses a stream without its last block, complete as it looks (${way})`, () => {
    const inflater = newInflater(1 << 20);
    const stream = deflateRawSync(content.subarray(0, 1000));
    stream[0]! &= ~1; // its only block no longer says that it is the last
    assert.throws(() => inflate(inflater, stream), archiveError("bad_data"));
    assert.equal(inflate(inflater, deflateRawSync(content)).produced, content.length, "goes on");
  });

  Deno.test(`an inflater stops at its limit, a bomb too (${way})`, () => {
    const inflater = newInflater(1000);
    const stream = deflateRawSync(content);
    for (const limit of [0, 1, 999, 1000, 1001, content.length - 1]) {
      assert.throws(() => inflate(inflater, stream, { limit }), archiveError("wrong_size"));
    }
    const bomb = deflateRawSync(new Uint8Array(64 << 20));
    let written = 0;
    inflater.start(5000, (chunk) => void (written += chunk.length));
    assert.throws(() => {
      inflater.push(bomb);
      inflater.finish();
    }, archiveError("wrong_size"));
    assert(written <= 6000, `${written} bytes came out`);
    assert.equal(Buffer.compare(inflate(inflater, stream).content, content), 0, "goes on after it");
  });

  Deno.test(`an inflater says where a stream ended before its input did (${way})`, () => {
    const inflater = newInflater(4096);
    const stream = deflateRawSync(content);
    for (const garbage of [Uint8Array.of(0), new Uint8Array(5000).fill(0xff), stream]) {
      for (const piece of [100, undefined]) {
        const input = Buffer.concat([stream, garbage]);
        const result = inflate(inflater, input, piece === undefined ? {} : { piece });
        assert.equal(result.consumed, stream.length);
        assert.equal(Buffer.compare(result.content, content), 0);
      }
    }
  });

  Deno.test(`an inflater never calls a cut or damaged stream whole (${way})`, () => {
    const inflater = newInflater(4096);
    const stream = deflateRawSync(csvRows(3, 2000));
    const whole = inflate(inflater, stream, { limit: 1 << 24 }).content;
    for (const length of [0, 1, 2, 100, stream.length >> 1, stream.length - 1]) {
      let result: ReturnType<typeof inflate> | undefined;
      try {
        result = inflate(inflater, stream.subarray(0, length), { limit: whole.length });
      } catch (error) {
        archiveError("bad_data")(error);
      }
      if (result === undefined) continue;
      // What isn't refused is shorter than the content, or lacks the end-of-block code only.
      const lacksTheEnd = result.produced === whole.length && length === stream.length - 1;
      assert(result.produced < whole.length || lacksTheEnd, `cut at ${length}`);
      assert.equal(Buffer.compare(result.content, whole.subarray(0, result.produced)), 0);
    }
    const damaged = Uint8Array.from(stream);
    damaged.fill(0xff, 50, 90);
    assert.throws(() => {
      const { produced } = inflate(inflater, damaged, { limit: whole.length });
      assert.notEqual(produced, whole.length);
    }, archiveError("bad_data"));
    assert.equal(Buffer.compare(inflate(inflater, stream, { limit: 1 << 24 }).content, whole), 0);
  });

  Deno.test(`an inflater inflates an empty stream to nothing (${way})`, () => {
    const inflater = newInflater(16);
    const result = inflate(inflater, deflateRawSync(new Uint8Array()), { limit: 0 });
    assert.deepEqual({ ...result, content: result.content.length }, {
      consumed: 2,
      produced: 0,
      boundaries: [],
      content: 0,
    });
  });
}

Deno.test("a stream of one block, pushed whole, comes out as one pushed in pieces", () => {
  const csv = csvRows(4, 30);
  for (const options of everySetting().filter(({ memLevel }) => memLevel === 8)) {
    const stream = deflateRawSync(csv, options);
    assert.equal(walkBlocks(stream).blocks.length, 1);
    const [whole, pieces] = [stream.length, 100].map((piece) =>
      inflate(createInflater(1 << 20), stream, { limit: csv.length, length: stream.length, piece })
    );
    assert.deepEqual(whole, pieces);
    assert.deepEqual(whole!.boundaries, [{ consumed: 0, out: 0 }]);
    assert.equal(Buffer.compare(whole!.content, csv), 0);
  }
});

Deno.test("a stream of one block, pushed whole, is refused where it is wrong", () => {
  const csv = csvRows(4, 30);
  const stream = deflateRawSync(csv);
  const inflater = createInflater(1 << 20);
  const pushed = (bytes: Uint8Array, limit = csv.length) =>
    inflate(inflater, bytes, { limit, length: bytes.length });
  for (const limit of [0, 1, csv.length - 1]) {
    assert.throws(() => pushed(stream, limit), archiveError("wrong_size"));
  }
  for (const length of [1, 2, 100, stream.length - 1]) {
    assert.throws(() => pushed(stream.subarray(0, length)), archiveError("bad_data"));
  }
  const damaged = Uint8Array.from(stream).fill(0xff, 60, 90);
  assert.throws(() => pushed(damaged, 1 << 19), archiveError("bad_data"));
  const longer = Buffer.concat([stream, Uint8Array.of(1, 2, 3)]);
  assert.equal(pushed(longer).consumed, stream.length);
  const bomb = deflateRawSync(new Uint8Array(4 << 20));
  assert.throws(() => pushed(bomb, 1000), archiveError("wrong_size"));
  assert.equal(Buffer.compare(pushed(stream).content, csv), 0, "goes on after all that");
});

Deno.test("the handle notes where the last two blocks begin, whatever the pieces", () => {
  for (const options of everySetting().filter(({ memLevel }) => memLevel === 8)) {
    const stream = deflateRawSync(content, options);
    const { blocks } = walkBlocks(stream);
    const expected = blocks.slice(1).filter(({ out }) => out < content.length)
      .map(({ bit, out }) => ({ consumed: Math.ceil(bit / 8), out }))
      .reverse().slice(0, 2);
    for (const bufferSize of [500, 1 << 20]) {
      for (const piece of [1000, stream.length]) {
        const { boundaries } = inflate(createInflater(bufferSize), stream, { piece });
        // One that falls on a buffer's or piece's very end may be missed: it is never made up.
        for (const boundary of boundaries) {
          assert(
            blocks.some(({ bit, out }) =>
              Math.ceil(bit / 8) === boundary.consumed && out === boundary.out
            ),
            `no block begins at ${JSON.stringify(boundary)}`,
          );
        }
        if (bufferSize > content.length && piece === stream.length) {
          assert.deepEqual(boundaries, expected, JSON.stringify(options));
        }
      }
    }
  }
});

Deno.test("the public call learns no boundaries", () => {
  const result = inflate(new PublicInflater(), deflateRawSync(content));
  assert.deepEqual(result.boundaries, []);
});
