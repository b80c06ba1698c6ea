/** Batches are spread over workers, and a bad entry or a dead worker is an error of its own. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { crc32, deflateRawSync } from "node:zlib";
import { ArchiveError, StoreError } from "../../src/errors.ts";
import type { ExtractTask, TaskResult } from "../../src/zip/extract/extract_messages.ts";
import { toError } from "../../src/zip/extract/failure.ts";
import { WorkerPool } from "../../src/zip/extract/worker_pool.ts";
import { type TempDir, tempDir } from "../support/temp.ts";
import { csvRows } from "../support/deflate_streams.ts";
import { placed } from "./entry_fixture.ts";

/** A package file of entries with these contents, and their tasks. */
async function packageOf(
  temp: TempDir,
  contents: Uint8Array[],
): Promise<{ tasks: ExtractTask[]; bytes: Uint8Array; partial: string; total: number }> {
  const tasks: ExtractTask[] = [];
  const parts: Uint8Array[] = [];
  let offset = 0;
  for (const [id, content] of contents.entries()) {
    const { package: bytes, task } = placed(deflateRawSync(content), content);
    const { headerOffset, end } = task;
    tasks.push({
      ...task,
      id,
      headerOffset: headerOffset + offset,
      end: end + offset,
      target: temp.at(`out${id}`),
    });
    parts.push(bytes);
    offset += bytes.length;
  }
  const bytes = Buffer.concat(parts);
  await Deno.writeFile(temp.at("partial"), bytes);
  return { tasks, bytes, partial: temp.at("partial"), total: bytes.length };
}

function options(
  from: { partial: string; total: number },
  more: { flushFrom?: number } = {},
): Parameters<WorkerPool["open"]>[0] {
  const { partial, total } = from;
  return { partial, total, flushFrom: Infinity, ...more };
}

const contents = [5, 800, 1, 300].map((rows, seed) => csvRows(seed, rows));

Deno.test("WorkerPool extracts batches over its workers, flushed when told so", async () => {
  await using temp = await tempDir();
  const package_ = await packageOf(temp, contents);
  using pool = new WorkerPool(2).start();
  assert.equal(pool.size, 2);
  assert(pool.nextBatchSize !== undefined);
  for (const flushFrom of [0, 20_000, Infinity]) {
    pool.open(options(package_, { flushFrom }));
    const batches = package_.tasks.map((task) => pool.extract([task]));
    const results = (await Promise.all(batches)).flat();
    for (const [id, content] of contents.entries()) {
      const result = results[id]!;
      assert(!("failure" in result), JSON.stringify(result));
      const info = await Deno.stat(temp.at(`out${id}`));
      assert.equal(result.mtimeMs, info.mtime!.getTime());
      assert.equal(Buffer.compare(await Deno.readFile(temp.at(`out${id}`)), content), 0);
    }
  }
});

Deno.test("WorkerPool has a next batch size until each worker has the next batch, too", async () => {
  await using temp = await tempDir();
  const package_ = await packageOf(temp, contents);
  for (const [executors, taken] of [[1, 1], [2, 3]]) {
    using pool = new WorkerPool(executors!).start();
    pool.open(options(package_));
    const batches: Promise<TaskResult[]>[] = [];
    while (pool.nextBatchSize !== undefined) batches.push(pool.extract([package_.tasks[1]!]));
    assert.equal(batches.length, taken, "one on this thread, two at a worker");
    batches.push(pool.extract([package_.tasks[2]!]), pool.extract([package_.tasks[3]!]));
    const results = (await Promise.all(batches)).flat();
    assert.deepEqual(results.slice(-2).map(({ id }) => id), [2, 3]);
    assert(results.every((result) => !("failure" in result)));
    assert(pool.nextBatchSize !== undefined);
  }
});

Deno.test("WorkerPool starts no thread for little, and one that starts late finds the package", async () => {
  await using temp = await tempDir();
  const package_ = await packageOf(temp, contents);
  using pool = new WorkerPool(2);
  pool.open(options(package_));
  pool.expect({ files: 58, bytes: 5 << 20 });
  assert.equal(pool.size, 1);
  for (const much of [{ files: 256, bytes: 0 }, { files: 1, bytes: 16 << 20 }]) {
    using other = new WorkerPool(2);
    other.open(options(package_));
    other.expect(much);
    assert.equal(other.size, 2);
    const results = await Promise.all(package_.tasks.map((task) => other.extract([task])));
    assert(results.flat().every((result) => !("failure" in result)), "by both of them");
  }
});

Deno.test("a bad entry fails alone, with the error that it met", async () => {
  await using temp = await tempDir();
  const package_ = await packageOf(temp, contents);
  using pool = new WorkerPool(1);
  pool.open(options(package_));
  const [first, second, third, fourth] = package_.tasks;
  const results = await pool.extract([
    first!,
    { ...second!, size: second!.size, nameCrc: 7 },
    { ...third!, target: temp.at("none/out") },
    fourth!,
  ]);
  assert.deepEqual(results.map((result) => "failure" in result), [false, true, true, false]);
  const errors = results.map((result) => "failure" in result ? toError(result.failure) : undefined);
  assert(errors[1] instanceof ArchiveError);
  assert.equal(errors[1].code, "bad_local_header");
  assert.equal(errors[1].evidence.entry, "sh600000.csv");
  assert(errors[2] instanceof StoreError);
  assert.equal(errors[2].evidence.path, temp.at("none/out"));
  assert.equal(toError({ area: "bug", code: "bug", message: "x" }).constructor, Error);
});

Deno.test("WorkerPool follows an entry while it arrives, and works on beside it", async () => {
  await using temp = await tempDir();
  const package_ = await packageOf(temp, contents);
  const [small, big] = package_.tasks;
  await Deno.writeFile(package_.partial, package_.bytes.subarray(0, big!.headerOffset + 200));
  using file = await Deno.open(package_.partial, { write: true });
  using pool = new WorkerPool(2).start();
  pool.open(options(package_));
  let done = false;
  const following = pool.follow(big!, big!.headerOffset + 200).then((results) => {
    done = true;
    return results;
  });
  assert(!pool.canFollow, "another would stop all other work");
  const [beside] = await pool.extract([small!]);
  assert(!("failure" in beside!));
  assert(!done, "it waits for its bytes");
  for (let at = big!.headerOffset + 200; at < big!.end;) {
    const next = Math.min(at + 30_000, big!.end);
    await file.seek(at, Deno.SeekMode.Start);
    for (let done = at; done < next;) {
      done += await file.write(package_.bytes.subarray(done, next));
    }
    pool.available(next);
    at = next;
  }
  const [result] = await following;
  assert(!("failure" in result!), JSON.stringify(result));
  assert.equal(Buffer.compare(await Deno.readFile(big!.target), contents[1]!), 0);
  assert(pool.canFollow);
});

Deno.test("an entry that is followed is given up when told, and leaves nothing", async () => {
  await using temp = await tempDir();
  const package_ = await packageOf(temp, contents);
  const big = package_.tasks[1]!;
  using pool = new WorkerPool(2).start();
  pool.open(options(package_));
  const following = pool.follow(big, big.headerOffset + 2000);
  pool.available(-1);
  const [result] = await following;
  assert("failure" in result!);
  await assert.rejects(Deno.stat(big.target), Deno.errors.NotFound);
});

for (const executors of [1, 2]) {
  Deno.test(`an entry that waits to be followed is given up with all (${executors} executors)`, async () => {
    await using temp = await tempDir();
    const package_ = await packageOf(temp, contents);
    const big = package_.tasks[1]!;
    using pool = new WorkerPool(executors).start();
    pool.open(options(package_));
    const before: Promise<TaskResult[]>[] = [];
    while (pool.nextBatchSize !== undefined) before.push(pool.extract([big]));
    const target = temp.at("late");
    const following = pool.follow({ ...big, target }, big.headerOffset + 2000);
    pool.available(-1);
    await Promise.all(before);
    const [result] = await following;
    assert("failure" in result!);
    await assert.rejects(Deno.stat(target), Deno.errors.NotFound);
    // The next package begins with a clean slate.
    const again = pool.follow({ ...big, target }, big.end);
    assert(!("failure" in (await again)[0]!));
  });
}

Deno.test("WorkerPool.check() says what files hold, and nothing of what is no file", async () => {
  await using temp = await tempDir();
  await Deno.writeFile(temp.at("file"), contents[1]!);
  await Deno.writeFile(temp.at("empty"), new Uint8Array());
  await Deno.symlink(temp.at("file"), temp.at("link"));
  await Deno.mkdir(temp.at("folder"));
  const { mtime } = await Deno.stat(temp.at("file"));
  using pool = new WorkerPool(1);
  const names = ["file", "empty", "link", "folder", "none"];
  const results = await pool.check(names.map((name, id) => ({ id, path: temp.at(name) })));
  const { length } = contents[1]!;
  assert.deepEqual(results[0], {
    id: 0,
    crc: crc32(contents[1]!),
    size: length,
    mtimeMs: mtime!.getTime(),
  });
  assert.equal(results[1]!.size, 0);
  assert.deepEqual(results.slice(2), [{ id: 2 }, { id: 3 }, { id: 4 }]);
});

Deno.test("WorkerPool fails each task with the path of a package that can't be opened", async () => {
  await using temp = await tempDir();
  const { tasks } = await packageOf(temp, contents);
  using pool = new WorkerPool(2).start();
  pool.open(options({ partial: temp.at("none"), total: 1 }));
  const [one] = await pool.extract([tasks[0]!]);
  assert.match(
    "failure" in one! ? one.failure.message : "",
    /^Can't use the files \(.*none\): it isn't there$/,
  );
  assert(!pool.isDead);
});

Deno.test("WorkerPool answers with the death of a worker instead of never", async () => {
  await using temp = await tempDir();
  const { tasks } = await packageOf(temp, contents);
  for (const executors of [1, 2]) {
    using pool = new WorkerPool(executors).start();
    pool.open(options({ partial: temp.at("partial"), total: 1 }));
    await assert.rejects(Promise.all([pool.extract([null!]), pool.extract([null!])]));
    await assert.rejects(pool.extract([tasks[0]!]), "and whoever comes later");
    await assert.rejects(pool.check([{ id: 0, path: temp.at("partial") }]));
    assert(pool.isDead, "and its owner can see it");
  }
});

Deno.test("WorkerPool can be disposed of at any time", async () => {
  await using temp = await tempDir();
  const package_ = await packageOf(temp, contents);
  const pool = new WorkerPool(2).start();
  pool.open(options(package_));
  void pool.extract(package_.tasks);
  pool[Symbol.dispose]();
  assert.equal(pool.size, 0);
});
