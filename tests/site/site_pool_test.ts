/** A site's tasks on several threads. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { StoreError } from "../../src/errors.ts";
import { unpackBlock } from "../../src/patch/block.ts";
import { makePatch } from "../../src/site/patch/make_patch.ts";
import { readPatch } from "../../src/patch/read_patch.ts";
import { SitePool } from "../../src/site/site_pool.ts";
import { buildZip } from "../support/zip_builder.ts";
import { noise, seededRandom } from "../support/random.ts";
import { nextDay, rows } from "../support/random_days.ts";
import { tempDir } from "../support/temp.ts";
import type { Tree } from "../support/tree.ts";

Deno.test("SitePool answers each order with its own result, on any number of threads", async () => {
  for (const count of [1, 2, 3]) {
    using pool = new SitePool(count);
    const contents = Array.from({ length: 12 }, (_, index) => rows(index, 50 + index));
    const made = await Promise.all(contents.map(async (content) => {
      const { length } = content;
      const done = await pool.order<"brotli">({ kind: "brotli", length, quality: 5 }, {
        buffer: content.slice().buffer,
      });
      const block = done.bytes.slice(0, done.result);
      pool.recycle(done);
      return block;
    }));
    for (const [index, block] of made.entries()) {
      assert.equal(Buffer.compare(unpackBlock(block), contents[index]!), 0);
    }
  }
});

Deno.test("SitePool works on after it rested, with new threads", async () => {
  await using temp = await tempDir();
  await Deno.writeTextFile(temp.at("file"), "content");
  using pool = new SitePool(3);
  const task = { kind: "deflate", level: 6, previous: undefined } as const;
  for (let round = 0; round < 3; round++) {
    const orders = Array.from(
      { length: 12 },
      () => pool.order<"deflate">({ ...task, files: [{ path: temp.at("file") }] }, { bytes: 100 }),
    );
    for (const { result } of await Promise.all(orders)) assert.equal(result[0]!.size, 7);
    pool.rest();
  }
});

Deno.test("SitePool gives an order's error to who made it, and does the others", async () => {
  await using temp = await tempDir();
  await Deno.writeTextFile(temp.at("there"), "content");
  for (const count of [1, 2]) {
    using pool = new SitePool(count);
    const deflate = (name: string) =>
      pool.order<"deflate">({
        kind: "deflate",
        level: 6,
        previous: undefined,
        files: [{ path: temp.at(name) }],
      }, { bytes: 100 });
    const results = await Promise.allSettled(["gone", "there", "gone", "there"].map(deflate));
    assert.deepEqual(results.map(({ status }) => status), [
      "rejected",
      "fulfilled",
      "rejected",
      "fulfilled",
    ]);
    assert((results[0] as PromiseRejectedResult).reason instanceof StoreError);
  }
});

Deno.test("SitePool rejects what is under way when it is closed, and whatever comes later", async () => {
  const pool = new SitePool(2);
  const order = () =>
    pool.order<"brotli">({ kind: "brotli", length: 50_000, quality: 9 }, {
      buffer: rows(1, 2000).slice().buffer,
    });
  const under = Promise.allSettled([order(), order(), order()]);
  pool[Symbol.dispose]();
  assert((await under).every(({ status }) => status === "rejected"));
  await assert.rejects(order(), /closed/);
});

Deno.test("makePatch() makes the same bytes on any number of threads", async () => {
  await using temp = await tempDir();
  const first: Tree = new Map(
    Array.from({ length: 60 }, (_, index) => [`${index}.csv`, rows(index, 300 + index * 20)]),
  );
  const second = nextDay(first, seededRandom(8));
  for (const [name, tree] of [["a", first], ["b", second]] as const) {
    const files = [...tree].map(([path, content]) => ({ path, content }));
    await Deno.writeFile(temp.at(name), buildZip(files));
  }
  const made: string[] = [];
  for (const count of [1, 2, 4]) {
    using pool = new SitePool(count);
    made.push((await makePatch(temp.at("a"), temp.at("b"), temp.path, { pool }))!.sha256);
  }
  assert.deepEqual(made, [made[0], made[0], made[0]]);
});

Deno.test("SitePool leaves large buffers to large tasks", async () => {
  await using temp = await tempDir();
  await Deno.writeTextFile(temp.at("file"), "content");
  using pool = new SitePool(1);
  const order = (bytes: number) =>
    pool.order<"deflate">({
      kind: "deflate",
      level: 6,
      previous: undefined,
      files: [{ path: temp.at("file") }],
    }, { bytes });
  const [large, small] = [await order(4 << 20), await order(100)];
  assert(large.bytes.length >= 4 << 20);
  pool.recycle(large);
  pool.recycle(small);
  const again = await order(100);
  assert.equal(again.bytes.buffer, small.bytes.buffer);
  assert.equal((await order(4 << 20)).bytes.buffer, large.bytes.buffer);
  // One that doesn't suffice makes room for one that does.
  pool.recycle(again);
  assert((await order(2 << 20)).bytes.length >= 2 << 20);
  assert.notEqual((await order(100)).bytes.buffer, small.bytes.buffer);
});

Deno.test("makePatch() finds the row in the middle of a file that is compared alone", async () => {
  await using temp = await tempDir();
  const old = noise(seededRandom(3), 3 << 20);
  const now = Buffer.concat([
    old.subarray(0, 1 << 20),
    Buffer.from("a row\n"),
    old.subarray(1 << 20),
  ]);
  for (const [name, content] of [["a", old], ["b", now]] as const) {
    await Deno.writeFile(temp.at(name), buildZip([{ path: "big.csv", content }]));
  }
  const made = await makePatch(temp.at("a"), temp.at("b"), temp.path);
  using file = await Deno.open(made!.path);
  let data = "";
  await readPatch(file, { maxDirectorySize: Infinity }, ({ recipe }) => {
    assert.deepEqual(JSON.parse(recipe), [[1, 0, 1 << 20, 6, 1 << 20, 2 << 20, 0]]);
    return Promise.resolve({ writeSync: (bytes) => (data += bytes, bytes.length) });
  });
  assert.equal(data, "a row\n");
});
