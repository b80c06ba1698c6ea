/** A site's tasks on several threads. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { brotliDecompressSync } from "node:zlib";
import { StoreError } from "../../src/errors.ts";
import { makePatch } from "../../src/site/make_patch.ts";
import { SitePool } from "../../src/site/site_pool.ts";
import { buildZip } from "../support/zip_builder.ts";
import { seededRandom } from "../support/random.ts";
import { nextDay, rows } from "../support/random_days.ts";
import { tempDir } from "../support/temp.ts";
import type { Tree } from "../support/tree.ts";

Deno.test("SitePool answers each order with its own result, on any number of threads", async () => {
  for (const count of [1, 2, 3]) {
    using pool = new SitePool(count);
    const contents = Array.from({ length: 12 }, (_, index) => rows(index, 50 + index));
    const made = await Promise.all(contents.map(async (content) => {
      const { length } = content;
      const done = await pool.order<"brotli">(
        { kind: "brotli", length, quality: 5 },
        content.slice().buffer,
      );
      const block = done.bytes.slice(0, done.result);
      pool.recycle(done);
      return block;
    }));
    for (const [index, block] of made.entries()) {
      assert.equal(Buffer.compare(brotliDecompressSync(block), contents[index]!), 0);
    }
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
      });
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
    pool.order<"brotli">(
      { kind: "brotli", length: 50_000, quality: 9 },
      rows(1, 2000).slice().buffer,
    );
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
