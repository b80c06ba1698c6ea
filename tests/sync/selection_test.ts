/** Settings that choose files, changed while the hub's version stays: the next run applies them. */
import assert from "node:assert/strict";
import type { DatasetConfig } from "../../src/config/dataset_config.ts";
import type { FaultyHub } from "../support/faulty_hub/hub.ts";
import { Manifest } from "../../src/store/manifest.ts";
import { selectionOf } from "../../src/sync/selection.ts";
import { buildZip } from "../support/zip_builder.ts";
import { EngineRig } from "../support/engine.ts";
import { assertSameTree } from "../support/tree.ts";
import { hubWith, NAME, packageRequests, treeOf, versionOf, watched, zipOf } from "./watched.ts";

const files = treeOf({
  "sh1.csv": "1\n".repeat(2000),
  "sh2.csv": "2\n".repeat(2000),
  "sz1.csv": "3\n".repeat(2000),
});

const hubOf = (tree = files): FaultyHub => hubWith({ version: versionOf(1), package: zipOf(tree) });

/** The paths in the rig's folder. */
const paths = async (rig: EngineRig): Promise<string[]> => [...(await rig.tree()).keys()];

/** One more run has nothing to do, and that costs one request. */
async function assertSettled(rig: EngineRig, hub: FaultyHub): Promise<void> {
  hub.reset();
  assert.equal((await rig.sync(hub.url)).status, "up_to_date");
  assert.deepEqual(hub.requests.map(({ path }) => path), ["/api/datasets"]);
}

Deno.test("a run fetches what a wider include wants, keeps the rest unread, and then has nothing to do", async () => {
  await using hub = hubOf();
  await using rig = await EngineRig.make({ dataset: { include: ["sh1.*"] } });
  assert.equal((await rig.sync(hub.url)).entriesFetched, 1);
  await assertSettled(rig, hub);
  rig.dataset.include = ["sh*.csv"];
  hub.reset();
  const { result, plan, read } = await watched(rig, hub.url);
  assert.deepEqual([result.status, result.version], ["success", versionOf(1)]);
  assert.deepEqual([result.entries, result.entriesFetched, result.entriesDeleted], [2, 1, 0]);
  assert.deepEqual([plan?.kept, plan?.whole, read], [1, 1, 0]);
  assert.deepEqual(await paths(rig), ["sh1.csv", "sh2.csv"]);
  await assertSettled(rig, hub);
});

Deno.test("what is left out now stays, and is removed with delete_removed where it is ours", async () => {
  for (const deleteRemoved of [false, true]) {
    await using hub = hubOf();
    await using rig = await EngineRig.make({ dataset: { deleteRemoved } });
    await rig.sync(hub.url);
    await Deno.writeTextFile(`${rig.dataset.localDir}/sz9.csv`, "the user's");
    rig.dataset.exclude = ["sz*"];
    const dry = await watched(rig, hub.url, { job: { planOnly: true } });
    assert.equal(dry.plan?.deletes, deleteRemoved ? 1 : 0);
    const result = await rig.sync(hub.url);
    assert.deepEqual(
      [result.status, result.entriesFetched, result.entriesDeleted],
      deleteRemoved ? ["success", 0, 1] : ["up_to_date", 0, 0],
    );
    const left = ["sh1.csv", "sh2.csv", ...(deleteRemoved ? [] : ["sz1.csv"]), "sz9.csv"];
    assert.deepEqual(await paths(rig), left);
    await assertSettled(rig, hub);
    // And back again: what stayed is read once and taken over, not fetched.
    rig.dataset.exclude = [];
    const back = await watched(rig, hub.url);
    assert.equal(back.result.entriesFetched, deleteRemoved ? 1 : 0);
    assert.deepEqual(await paths(rig), ["sh1.csv", "sh2.csv", "sz1.csv", "sz9.csv"]);
    await assertSettled(rig, hub);
  }
});

Deno.test("delete_removed leaves a file that was changed here, and all where nothing is wanted", async () => {
  await using hub = hubOf();
  await using rig = await EngineRig.make({ dataset: { deleteRemoved: true } });
  await rig.sync(hub.url);
  await Deno.writeTextFile(`${rig.dataset.localDir}/sz1.csv`, "changed");
  rig.dataset.exclude = ["sz*"];
  assert.equal((await rig.sync(hub.url)).entriesDeleted, 0);
  assert(rig.warnings.includes("1 file no longer wanted, but changed here, so kept: sz1.csv"));
  rig.dataset.include = ["*.cvs"]; // a slip
  assert.equal((await rig.sync(hub.url)).entriesDeleted, 0);
  assert.match(rig.warnings.join("\n"), /include and exclude leave nothing of .* 3 files/);
  assert.deepEqual(await paths(rig), ["sh1.csv", "sh2.csv", "sz1.csv"]);
});

Deno.test("a strip_prefix that nothing of the package has is said once, at the first sync", async () => {
  await using hub = hubOf();
  await using rig = await EngineRig.make({ dataset: { stripPrefix: "./prp/" } });
  const said = async (force: boolean): Promise<string[]> => {
    await rig.sync(hub.url, { job: { force } });
    assertSameTree(await rig.tree(), files);
    return rig.warnings.filter((text) => text.startsWith("strip_prefix"));
  };
  assert.deepEqual(await said(false), ["strip_prefix: nothing of the package lies in prp/"]);
  assert.deepEqual(await said(true), []);
  await using right = await EngineRig.make({ dataset: { stripPrefix: "pro" } });
  await using wrapped = hubOf(new Map([...files].map(([path, text]) => [`pro/${path}`, text])));
  await right.sync(wrapped.url);
  assert.doesNotMatch(right.warnings.join("\n"), /strip_prefix/);
});

Deno.test("an empty package is said to be empty, and no strip_prefix is blamed for it", async () => {
  await using hub = hubOf(new Map());
  for (const stripPrefix of ["", "auto"]) {
    await using rig = await EngineRig.make({ dataset: { stripPrefix } });
    assert.equal((await rig.sync(hub.url)).status, "success");
    assert.deepEqual(rig.warnings, ["the package is empty: nothing is changed here"]);
  }
});

Deno.test("a changed strip_prefix moves the tree at the next run", async () => {
  const wrapped = new Map([...files].map(([path, content]) => [`pro/${path}`, content]));
  for (const deleteRemoved of [false, true]) {
    await using hub = hubOf(wrapped);
    await using rig = await EngineRig.make({ dataset: { stripPrefix: "", deleteRemoved } });
    await rig.sync(hub.url);
    assertSameTree(await rig.tree(), wrapped);
    rig.dataset.stripPrefix = "pro";
    const result = await rig.sync(hub.url);
    assert.deepEqual([result.status, result.entriesFetched], ["success", 3]);
    const expected = deleteRemoved ? files : new Map([...wrapped, ...files]);
    assertSameTree(await rig.tree(), expected);
    await assertSettled(rig, hub);
  }
});

Deno.test("a changed filename_encoding gives the files their right names at the next run", async () => {
  const tree = treeOf({ "一般企业.csv": "x\n" });
  const package_ = zipOf(tree, { encoding: "gbk" });
  await using hub = hubWith({ version: versionOf(1), package: package_ });
  await using rig = await EngineRig.make();
  await rig.sync(hub.url);
  await assertSettled(rig, hub);
  rig.dataset.filenameEncoding = "gb18030";
  hub.reset();
  await rig.sync(hub.url);
  assert(packageRequests(hub).length > 0, "the package was looked at again");
  assertSameTree(await rig.tree(), tree);
  await assertSettled(rig, hub);
});

Deno.test("a snapshot follows changed settings, too", async () => {
  await using hub = hubOf();
  await using rig = await EngineRig.make({ dataset: { publish: "snapshot", include: ["sh1.*"] } });
  await rig.sync(hub.url);
  rig.dataset.include = ["sz*"];
  const result = await rig.sync(hub.url);
  assert.deepEqual([result.entriesFetched, result.entriesDeleted], [1, 1]);
  assert.deepEqual(await paths(rig), ["sz1.csv"]);
  await assertSettled(rig, hub);
});

Deno.test("a manifest of an earlier program, which doesn't say how it was chosen, is believed", async () => {
  await using hub = hubOf();
  await using rig = await EngineRig.make();
  await rig.sync(hub.url);
  const { manifest: path } = await rig.layout();
  const manifest = await Manifest.load(path);
  manifest!.selection = undefined;
  await manifest!.save(path);
  assert.doesNotMatch(await Deno.readTextFile(path), /selection/);
  rig.dataset.exclude = ["sz*"];
  await assertSettled(rig, hub);
  // The next version says it, and from then on a change is noticed.
  hub.setDataset(NAME, { version: versionOf(2), package: zipOf(files) });
  assert.equal((await rig.sync(hub.url)).status, "success");
  assert.match(await Deno.readTextFile(path), /"selection":"[0-9a-f]{16}"/);
});

Deno.test("settings that can't be applied don't count as applied", async () => {
  await using hub = hubOf();
  await using rig = await EngineRig.make({ dataset: { include: ["sh*"] } });
  await rig.sync(hub.url);
  rig.dataset.include = [];
  hub.faults.add({ name: "status_500", path: "/package/", times: 99 });
  assert.equal((await rig.sync(hub.url)).status, "download_failed");
  hub.reset();
  assert.equal((await rig.sync(hub.url)).entriesFetched, 1);
  assertSameTree(await rig.tree(), files);
});

const plain: Pick<DatasetConfig, "include" | "exclude" | "stripPrefix" | "filenameEncoding"> = {
  include: [],
  exclude: [],
  stripPrefix: "",
  filenameEncoding: "auto",
};

Deno.test("selectionOf() is the same for settings that mean the same", () => {
  const globs = { ...plain, include: ["a", "b"], exclude: ["c"] };
  assert.equal(selectionOf(globs), selectionOf({ ...globs, include: ["b", "a", "b"] }));
  // Written into manifests: another program has to find the same.
  assert.equal(selectionOf(plain), "44136fa355b3678a");
});

Deno.test("selectionOf() differs with each setting", () => {
  const all = [
    plain,
    { ...plain, include: ["x"] },
    { ...plain, exclude: ["x"] },
    { ...plain, stripPrefix: "x" },
    { ...plain, stripPrefix: "auto" },
    { ...plain, filenameEncoding: "utf-8" as const },
    { ...plain, include: ["x", "y"] },
    { ...plain, include: ['x","y'] },
  ];
  assert.equal(new Set(all.map(selectionOf)).size, all.length);
});

Deno.test("a ZIP made by the Finder gives the dataset's files, and that is said once", async () => {
  const files = treeOf({ "a.csv": "1\n", "d/b.csv": "2\n" });
  const junk = treeOf({ "__MACOSX/pro/._a.csv": "fork", "pro/.DS_Store": "x" });
  // The package has a wrapper folder beside the Finder's own.
  const all = new Map([...junk, ...[...files].map(([path, c]) => [`pro/${path}`, c] as const)]);
  await using hub = hubWith({ version: versionOf(1), package: zipOf(all) });
  await using rig = await EngineRig.make();
  assert.equal((await rig.sync(hub.url)).status, "success");
  assertSameTree(await rig.tree(), files);
  assert.match(rig.warnings.join(), /2 files of the macOS Finder/);
  hub.setDataset(NAME, { version: versionOf(2), package: zipOf(new Map([...all, ...files])) });
  assert.equal((await rig.sync(hub.url)).status, "success");
  assert.deepEqual(rig.warnings, []);
});

Deno.test("the Finder's files that an earlier version synced are let go like any other, and come back by include", async () => {
  const tree = treeOf({ "a.csv": "1\n", ".DS_Store": "x\n", "__MACOSX/._a.csv": "fork\n" });
  for (const deleteRemoved of [false, true]) {
    await using hub = hubWith({ version: versionOf(1), package: zipOf(tree) });
    await using rig = await EngineRig.make({ dataset: { deleteRemoved } });
    rig.dataset.include = ["**", ".DS_Store", "__MACOSX/**"];
    await rig.sync(hub.url);
    assertSameTree(await rig.tree(), tree);
    rig.dataset.include = [];
    assert((await rig.sync(hub.url)).success);
    assertSameTree(await rig.tree(), deleteRemoved ? treeOf({ "a.csv": "1\n" }) : tree);
  }
});

Deno.test("names that may be in two encodings are said, with the key to set", async () => {
  const raw = new Uint8Array([0x4d, 0x81, 0x6c, 0x6c, 0x65, 0x72]); // Müller in CP437
  const package_ = buildZip([{ path: raw, content: new Uint8Array(3) }]);
  await using hub = hubWith({ version: versionOf(1), package: package_ });
  await using rig = await EngineRig.make();
  assert((await rig.sync(hub.url)).success);
  assert.match(rig.warnings.join(), /Müller.*set filename_encoding/);
  rig.dataset.filenameEncoding = "cp437";
  assert((await rig.sync(hub.url)).success);
  assert.deepEqual(rig.warnings, []);
  assert.deepEqual([...(await rig.tree()).keys()], ["Müller"]);
});
