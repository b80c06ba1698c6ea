/** What clients of one file share, and what they never do. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { type PieceReader, SharedPieces } from "../../src/serve/shared_pieces.ts";
import { serve } from "../support/served.ts";
import { tempDir } from "../support/temp.ts";

const PIECE = 1 << 16;
const OLD = new Date("2026-01-01T00:00:00Z");

/** A folder with files of one size and time, each full of one byte. */
async function files() {
  const temp = await tempDir();
  const shared = new SharedPieces();
  let reads = 0;
  return {
    path: temp.at("file"),
    reads: () => reads,
    async write(byte: number, size: number, time = OLD): Promise<void> {
      await Deno.writeFile(temp.at("new"), new Uint8Array(size).fill(byte));
      await Deno.utime(temp.at("new"), time, time);
      await Deno.rename(temp.at("new"), temp.at("file"));
    },
    async open(now = Date.now()): Promise<PieceReader> {
      const file = await Deno.open(temp.at("file"));
      const read = file.read.bind(file);
      file.read = (into) => {
        reads++;
        return read(into);
      };
      return shared.open({ file, info: await file.stat() }, now);
    },
    [Symbol.asyncDispose]: () => temp[Symbol.asyncDispose](),
  };
}

const piece = (number: number) => ({ start: number * PIECE, end: (number + 1) * PIECE });

Deno.test("SharedPieces reads a piece once for all that come to it", async () => {
  await using of = await files();
  await of.write(1, 4 * PIECE);
  const readers = [await of.open(), await of.open(), await of.open()];
  for (const number of [0, 1, 2, 3]) {
    const pieces = await Promise.all(readers.map((reader) => reader.read(piece(number))));
    for (const bytes of pieces) assert.deepEqual(bytes, new Uint8Array(PIECE).fill(1));
  }
  assert.equal(of.reads(), 4);
  for (const reader of readers) {
    await reader.check();
    reader.close();
  }
});

Deno.test("SharedPieces gives nobody a piece of another file, however alike they are", async () => {
  await using of = await files();
  await of.write(1, PIECE);
  const [early, beside] = [await of.open(), await of.open()];
  await early.read(piece(0));
  await of.write(2, PIECE);
  const late = await of.open();
  assert.equal((await late.read(piece(0)))[0], 2);
  assert.equal((await beside.read(piece(0)))[0], 1);
  for (const reader of [early, beside, late]) reader.close();
});

Deno.test("SharedPieces shares no file whose time is so young that a write may not move it", async () => {
  await using of = await files();
  for (const [ms, reads] of [[-1999, 2], [1999, 2], [-2000, 1], [2000, 1]] as const) {
    await of.write(1, PIECE);
    const before = of.reads();
    const readers = [await of.open(OLD.getTime() + ms), await of.open(OLD.getTime() + ms)];
    for (const reader of readers) await reader.read(piece(0));
    assert.equal(of.reads() - before, reads, `${ms} ms after the last write`);
    for (const reader of readers) reader.close();
  }
});

Deno.test("a reader reads for itself what one that has gone was reading", async () => {
  await using of = await files();
  await of.write(1, 2 * PIECE);
  const [gone, stays] = [await of.open(), await of.open()];
  const reading = gone.read(piece(1));
  const beside = stays.read(piece(1));
  gone.close();
  await Promise.resolve(reading).catch(() => {});
  assert.deepEqual(await beside, new Uint8Array(PIECE).fill(1));
  stays.close();
});

Deno.test("SharedPieces keeps a few MB for who is behind, and nothing for who is alone", async () => {
  await using of = await files();
  const count = (12 << 20) / PIECE;
  await of.write(1, count * PIECE);
  const [first, behind] = [await of.open(), await of.open()];
  for (let number = 0; number < count; number++) {
    await first.read(piece(number));
    await behind.read(piece(number));
  }
  assert.equal(of.reads(), count);
  await behind.read(piece(0)); // long gone
  assert.equal(of.reads(), count + 1);
  behind.close();
  const bytes = await first.read(piece(3));
  await first.read(piece(4));
  assert.equal(bytes.length, 0, "its memory was given back");
  first.close();
});

Deno.test("PieceReader.check() notices a file that was written to in place, or grew", async () => {
  await using of = await files();
  for (
    const write of [
      () => Deno.writeFile(of.path, new Uint8Array(PIECE).fill(2)),
      () => Deno.writeFile(of.path, new Uint8Array(1), { append: true }),
      () => Deno.truncate(of.path, 1),
    ]
  ) {
    await of.write(1, PIECE);
    const reader = await of.open();
    await reader.check();
    await write();
    await assert.rejects(reader.check(), /was changed while it was sent/);
    reader.close();
  }
});

Deno.test("serve gives each of many clients one file, while it is exchanged again and again", async () => {
  await using hub = await serve();
  const path = join(hub.site, "package", "daily.zip");
  const size = 1_500_000;
  let byte = 1;
  const exchange = async () => {
    const fresh = `${path}.${byte}`;
    await Deno.writeFile(fresh, new Uint8Array(size).fill(byte++));
    await Deno.utime(fresh, OLD, OLD);
    await Deno.rename(fresh, path);
  };
  await exchange();
  const seen = new Set<number>();
  let left = 30;
  const client = async () => {
    while (left-- > 0) {
      const response = await fetch(`${hub.url}/package/daily.zip`);
      const bytes = new Uint8Array(await response.arrayBuffer());
      assert.equal(bytes.length, size);
      assert.equal(bytes.findIndex((one) => one !== bytes[0]), -1, "a mixture of two files");
      seen.add(bytes[0]!);
      if (left % 3 === 0) await exchange();
    }
  };
  await Promise.all(Array.from({ length: 8 }, client));
  assert(seen.size > 1, "one file only was seen");
});
