/**
 * An update fetches what changed and ends in the tree of a full sync. Longer than 250 lines
 * because every way in which a package can change is a case.
 */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import fc from "fast-check";
import { noise, seededRandom } from "../support/random.ts";
import { assertHonestManifest, EngineRig } from "../support/engine.ts";
import { startHub } from "../support/hub.ts";
import { judge } from "../support/judge.ts";
import { assertSameTree, type Tree, writeTree } from "../support/tree.ts";
import { csvRows } from "../support/deflate_streams.ts";
import { hubWith, NAME, packageRequests, treeOf, versionOf, watched, zipOf } from "./watched.ts";

const path = fc.tuple(
  fc.constantFrom("", "d/", "d/e/", "中文/"),
  fc.integer({ min: 0, max: 9 }),
  fc.constantFrom(".csv", ".txt", "_一般企业.csv"),
).map(([folder, number, ending]) => `${folder}f${number}${ending}`);
const content = fc.oneof(
  fc.tuple(fc.nat(50), fc.nat(40)).map(([seed, rows]) => csvRows(seed, rows)),
  fc.uint8Array({ maxLength: 300 }),
  fc.constant(new Uint8Array()),
);
const tree: fc.Arbitrary<Tree> = fc.dictionary(path, content, { maxKeys: 12 })
  .map((files) => new Map(Object.entries(files)));
const change = fc.oneof(
  fc.record({ kind: fc.constant("put" as const), path, content }),
  fc.record({ kind: fc.constant("remove" as const), path }),
  fc.record({ kind: fc.constant("append" as const), path, content }),
  fc.record({ kind: fc.constant("touch" as const), path }),
);
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

/** What becomes of a package's tree; `touch` is for the folder only. */
function changed(before: Tree, changes: readonly Change[]): Tree {
  const after: Tree = new Map(before);
  for (const one of changes) {
    if (one.kind === "put") after.set(one.path, one.content);
    if (one.kind === "remove") after.delete(one.path);
    const old = after.get(one.path);
    if (one.kind === "append" && old) after.set(one.path, Buffer.concat([old, one.content]));
  }
  return after;
}

function differing(before: Tree, after: Tree): string[] {
  return [...after].filter(([path, content]) => {
    const old = before.get(path);
    return old === undefined || Buffer.compare(old, content) !== 0;
  }).map(([path]) => path);
}

Deno.test("an update fetches exactly what changed and ends in the tree of a full sync", async () => {
  await fc.assert(
    fc.asyncProperty(
      tree,
      fc.array(fc.array(change, { maxLength: 6 }), { minLength: 1, maxLength: 3 }),
      fc.constantFrom("deployed" as const, "modern" as const, "no_ranges" as const),
      fc.record({ descriptors: fc.boolean(), level: fc.integer({ min: 0, max: 9 }) }),
      async (first, days, kind, zip) => {
        let before = new Map([...first, ["always.txt", new Uint8Array(2)] as const]);
        await using hub = hubWith({ version: versionOf(1), package: zipOf(before, zip) }, { kind });
        await using rig = await EngineRig.make({ dataset: { stripPrefix: "" } });
        assert.equal((await rig.sync(hub.url)).status, "success");
        for (const [index, changes] of days.entries()) {
          const after = changed(before, changes);
          const package_ = zipOf(after, zip);
          hub.setDataset(NAME, { version: versionOf(2 + index), package: package_ });
          for (const { kind, path } of changes) {
            if (kind !== "touch" || !before.has(path)) continue;
            await Deno.utime(`${rig.dataset.localDir}/${path}`, 1000, 1000 + index);
          }
          const { result, plan } = await watched(rig, hub.url);
          assert.equal(result.status, "success", result.error);
          const wanted = differing(before, after);
          assert.equal(result.entriesFetched, wanted.length);
          assert.equal(plan!.kept, after.size - wanted.length);
          assertSameTree(await rig.tree(), after);
          await assertHonestManifest(rig.dataset.localDir);
          assertSameTree(await rig.tree(), judge(package_));
          before = after;
        }
      },
    ),
    { numRuns: 25 },
  );
});

/** 60 files of noise, 64 KB each, so that gaps count. */
function largeTree(seed = 1): Tree {
  const random = seededRandom(seed);
  const tree: Tree = new Map();
  for (let index = 0; index < 60; index++) {
    tree.set(`f${index}.bin`, noise(random, 1 << 16));
  }
  return tree;
}

Deno.test("an update costs its changed entries and the directory, not the package", async () => {
  const before = largeTree();
  await using hub = hubWith({ version: versionOf(1), package: zipOf(before) });
  await using rig = await EngineRig.make();
  await rig.sync(hub.url);
  const after = new Map(before);
  for (const index of [3, 30, 55]) after.set(`f${index}.bin`, csvRows(index, 500));
  hub.setDataset(NAME, { version: versionOf(2), package: zipOf(after) });
  hub.reset();
  const { result, plan } = await watched(rig, hub.url);
  assert.equal(result.entriesFetched, 3);
  assert.equal(plan!.kept, 57);
  const sent = hub.bytesSent("/package/");
  assert(sent < 300_000, `${sent} of ${result.bytesTotal} bytes`);
  assert(result.bytesDownloaded <= sent);
  assert(packageRequests(hub).length <= 4);
  assertSameTree(await rig.tree(), after);
});

Deno.test("an update costs one sequential download where nearly all changed", async () => {
  await using hub = hubWith({ version: versionOf(1), package: zipOf(largeTree()) });
  await using rig = await EngineRig.make();
  await rig.sync(hub.url);
  const after = largeTree(2);
  hub.setDataset(NAME, { version: versionOf(2), package: zipOf(after) });
  hub.reset();
  const { result, plan } = await watched(rig, hub.url, { context: { connections: 1 } });
  assert.equal(result.entriesFetched, 60);
  assert.equal(plan!.requests, 1);
  assert.equal(packageRequests(hub).length, 2, "the directory and the rest");
  assertSameTree(await rig.tree(), after);
});

Deno.test("a folder that another program filled is taken over: nothing but the directory comes", async () => {
  await using hub = startHub({ kind: "deployed" });
  await using rig = await EngineRig.make();
  const tree = judge(hub.package);
  await writeTree(rig.dataset.localDir, tree);
  const { result, plan, read } = await watched(rig, hub.url);
  assert.equal(result.entriesFetched, 0);
  assert.equal(read, tree.size, "each file is read");
  assert.equal(plan!.kept, tree.size);
  assert.equal(result.success, true);
  assert.equal(result.version, hub.dataset.version);
  assertSameTree(await rig.tree(), tree);
  // Taken over means known: the next update reads nothing.
  hub.nextDay({ share: 0.1 });
  const next = await watched(rig, hub.url);
  assert.equal(next.read, 0);
  assert(next.result.entriesFetched < 12);
  assertSameTree(await rig.tree(), hub.tree());
});

Deno.test("a folder that differs a little is taken over and fixed", async () => {
  const files = Object.fromEntries(
    Array.from({ length: 40 }, (_, at) => [`f${at}.csv`, `${at}\n`]),
  );
  await using hub = hubWith({ version: versionOf(1), package: zipOf(treeOf(files)) });
  await using rig = await EngineRig.make();
  const { "f1.csv": _, ...rest } = files;
  await writeTree(
    rig.dataset.localDir,
    treeOf({ ...rest, "f2.csv": "X\n", "f3.csv": "longer\n", "mine.txt": "mine" }),
  );
  const { result } = await watched(rig, hub.url);
  assert.equal(result.entriesFetched, 3);
  assertSameTree(await rig.tree(), treeOf({ ...files, "mine.txt": "mine" }));
});

Deno.test("a damaged, missing or lying manifest costs reading, never a wrong answer", async () => {
  const before = treeOf({ "a.csv": "aaaa", "b.csv": "bbbb", "c.csv": "cccc" });
  const after = treeOf({ "a.csv": "aaaa", "b.csv": "BBBB", "c.csv": "cccc" });
  for (const harm of ["damaged", "missing", "cut"]) {
    await using hub = hubWith({ version: versionOf(1), package: zipOf(before) });
    await using rig = await EngineRig.make();
    await rig.sync(hub.url);
    const { manifest } = await rig.layout();
    if (harm === "missing") await Deno.remove(manifest);
    else if (harm === "cut") await Deno.truncate(manifest, 100);
    else await Deno.writeTextFile(manifest, (await Deno.readTextFile(manifest)).replace("b", "x"));
    hub.setDataset(NAME, { version: versionOf(2), package: zipOf(after) });
    const { result, read } = await watched(rig, hub.url);
    assert.equal(result.status, "success", result.error);
    assert.equal(result.entriesFetched, 1, harm);
    assert.equal(read, 3);
    assert.equal(rig.warnings.some((text) => /manifest/.test(text)), harm !== "missing", harm);
    assertSameTree(await rig.tree(), after);
    await assertHonestManifest(rig.dataset.localDir);
  }
});

/** Writes a file as a user does later: file systems tell times apart by some 10 ms only. */
async function rewrite(path: string, text: string): Promise<void> {
  const { mtime } = await Deno.stat(path);
  await Deno.writeTextFile(path, text);
  await Deno.utime(path, new Date(), new Date(mtime!.getTime() + 1000));
}

Deno.test("a file that somebody touched is read once and judged by its content", async () => {
  const before = treeOf({ "a.csv": "aaaa", "b.csv": "bbbb", "c.csv": "cccc" });
  await using hub = hubWith({ version: versionOf(1), package: zipOf(before) });
  await using rig = await EngineRig.make();
  await rig.sync(hub.url);
  const at = (name: string) => `${rig.dataset.localDir}/${name}`;
  await Deno.utime(at("a.csv"), 1000, 1000);
  await rewrite(at("b.csv"), "mine");
  const after = new Map([...before, ["d.csv", Buffer.from("d")] as const]);
  hub.setDataset(NAME, { version: versionOf(2), package: zipOf(after) });
  const { result, read } = await watched(rig, hub.url);
  assert.equal(read, 2);
  assert.equal(result.entriesFetched, 2, "b.csv, and the new one");
  assertSameTree(await rig.tree(), after);
  assert(rig.warnings.some((text) => /b\.csv/.test(text) && /changed here/.test(text)));
  hub.setDataset(NAME, { version: versionOf(3), package: zipOf(after) });
  assert.equal((await watched(rig, hub.url)).read, 0, "and then it is known");
});

Deno.test("delete_removed takes away what is ours and unchanged, and nothing else", async () => {
  const before = treeOf({
    "stays.csv": "1",
    "goes.csv": "2",
    "changed.csv": "3",
    "touched.csv": "4",
    "deep/er/goes.csv": "5",
    "deep/stays.csv": "6",
    "with/goes.csv": "7",
  });
  await using hub = hubWith({ version: versionOf(1), package: zipOf(before) });
  await using rig = await EngineRig.make({ dataset: { deleteRemoved: true } });
  await rig.sync(hub.url);
  const at = (name: string) => `${rig.dataset.localDir}/${name}`;
  await rewrite(at("changed.csv"), "X"); // the same size
  await Deno.utime(at("touched.csv"), 1000, 1000);
  await Deno.writeTextFile(at("with/mine.txt"), "mine");
  await Deno.writeTextFile(at("mine.csv"), "mine");
  const after = treeOf({ "stays.csv": "1", "deep/stays.csv": "6" });
  hub.setDataset(NAME, { version: versionOf(2), package: zipOf(after) });
  const result = await rig.sync(hub.url);
  assert.equal(result.status, "success");
  assert.equal(result.entriesFetched, 0);
  const left = await rig.tree();
  const expected = treeOf({
    "stays.csv": "1",
    "deep/stays.csv": "6",
    "changed.csv": "X",
    "with/mine.txt": "mine",
    "mine.csv": "mine",
  });
  assertSameTree(left, expected);
  assert.equal(result.entriesDeleted, 4, "the touched one, too: its content is ours");
  await assert.rejects(
    Deno.stat(at("deep/er")),
    Deno.errors.NotFound,
    "an empty folder that it made",
  );
  assert(rig.warnings.some((text) => /changed\.csv/.test(text) && /kept/.test(text)));
  // What was kept isn't ours any more: nothing comes back to it.
  hub.setDataset(NAME, { version: versionOf(3), package: zipOf(after) });
  const again = await rig.sync(hub.url);
  assert.equal(again.entriesDeleted, 0);
  assertSameTree(await rig.tree(), left);
});

Deno.test("without delete_removed everything stays, and can still be removed later", async () => {
  const before = treeOf({ "a.csv": "1", "b.csv": "2" });
  await using hub = hubWith({ version: versionOf(1), package: zipOf(before) });
  await using rig = await EngineRig.make({ dataset: { deleteRemoved: false } });
  await rig.sync(hub.url);
  hub.setDataset(NAME, { version: versionOf(2), package: zipOf(treeOf({ "a.csv": "1" })) });
  const result = await rig.sync(hub.url);
  assert.equal(result.entriesDeleted, 0);
  assertSameTree(await rig.tree(), before);
  rig.dataset.deleteRemoved = true;
  hub.setDataset(NAME, { version: versionOf(3), package: zipOf(treeOf({ "a.csv": "1" })) });
  assert.equal((await rig.sync(hub.url)).entriesDeleted, 1);
  assertSameTree(await rig.tree(), treeOf({ "a.csv": "1" }));
});
