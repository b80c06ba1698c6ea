/** Folders are walked without following links, and files are summed as zlib sums them. */
import assert from "node:assert/strict";
import { crc32 } from "node:zlib";
import { crcOfFile } from "../../src/fs/crc_file.ts";
import { flushAll, flushDirectory } from "../../src/fs/flush.ts";
import { deviceId, freeSpace } from "../../src/fs/space.ts";
import { walk } from "../../src/fs/walk.ts";
import { TempFolder } from "../support/temp.ts";

Deno.test("walk() lists files with size and mtime, follows no link, reports the rest", () => {
  using temp = new TempFolder();
  Deno.mkdirSync(temp.at("b/c"), { recursive: true });
  Deno.mkdirSync(temp.at(".datahubsync/deep"), { recursive: true });
  for (const name of ["z.csv", "b/c/股.csv", "b/a.csv", ".datahubsync/deep/partial"]) {
    Deno.writeTextFileSync(temp.at(name), name);
    Deno.utimeSync(temp.at(name), new Date(1_700_000_000_123), new Date(1_700_000_000_123));
  }
  Deno.symlinkSync("b", temp.at("link"));
  Deno.symlinkSync("..", temp.at("b/up"));
  const others: string[] = [];
  const folders: string[] = [];
  const found = walk(temp.path, {
    skip: [".datahubsync"],
    onOther: (path) => others.push(path),
    onFolder: (path) => folders.push(path),
  });
  assert.deepEqual(found, [
    { path: "z.csv", size: 5, mtimeMs: 1_700_000_000_123 },
    { path: "b/a.csv", size: 7, mtimeMs: 1_700_000_000_123 },
    { path: "b/c/股.csv", size: 11, mtimeMs: 1_700_000_000_123 },
  ]);
  assert.deepEqual(others, ["link", "b/up"]);
  assert.deepEqual(folders, ["b", "b/c"]);
});

Deno.test("walk() finds nothing where nothing is, and refuses a file", () => {
  using temp = new TempFolder();
  assert.deepEqual(walk(temp.at("none")), []);
  Deno.writeTextFileSync(temp.at("file"), "");
  assert.throws(() => walk(temp.at("file")), { code: "wrong_type" });
});

Deno.test("crcOfFile() agrees with zlib whatever the buffer's size", () => {
  using temp = new TempFolder();
  const bytes = crypto.getRandomValues(new Uint8Array(10_000));
  for (const length of [0, 1, 9_999, 10_000]) {
    const content = bytes.subarray(0, length);
    Deno.writeFileSync(temp.at("f"), content);
    for (const buffer of [7, 10_000, 1 << 20]) {
      assert.deepEqual(crcOfFile(temp.at("f"), new Uint8Array(buffer)), {
        crc: crc32(content),
        size: length,
      });
    }
  }
  assert.throws(() => crcOfFile(temp.at("none")), { name: "StoreError" });
});

Deno.test("flushAll() flushes more files than it opens at once, and names one that is missing", async () => {
  using temp = new TempFolder();
  const paths = Array.from({ length: 200 }, (_, n) => temp.at(`f${n}`));
  for (const path of paths) Deno.writeTextFileSync(path, "x");
  await flushAll(paths);
  await flushAll([]);
  await flushDirectory(temp.path);
  await assert.rejects(flushAll([...paths, temp.at("none")]), {
    name: "StoreError",
    message: /none/,
  });
});

Deno.test("freeSpace() and deviceId() answer for folders that aren't there yet", async () => {
  using temp = new TempFolder();
  const free = await freeSpace(temp.at("a/b/c"));
  assert(free.bytes > 0 && free.inodes > 0);
  assert.equal(await deviceId(temp.at("a/b/c")), Deno.statSync(temp.path).dev);
});
