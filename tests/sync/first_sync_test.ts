/** A first sync whose files are staged as the tree that goes live, stopped and gone on with. */
import assert from "node:assert/strict";
import { kindOf } from "../../src/store/publish/target_check.ts";
import { isStagedName, listStaging } from "../../src/store/staging.ts";
import { EngineRig } from "../support/engine.ts";
import type { FaultyHub } from "../support/faulty_hub/hub.ts";
import { canMount, mount } from "../support/mounts.ts";
import { assertSameTree, type Tree } from "../support/tree.ts";
import { hubWith, packageRequests, treeOf, versionOf, zipOf } from "./watched.ts";

const day1 = treeOf({ "a.csv": "1", "b/c.csv": "2", "b/d e.csv": "3", "e": "4", "股/名.csv": "5" });
/** `b` is a file now, and `e` a folder. */
const day2 = treeOf({ "a.csv": "1", "b": "22", "e/f.csv": "44", "股/名.csv": "5" });

/** Syncs until all is staged, and ends the run there. */
async function stageOnly(rig: EngineRig, hub: FaultyHub): Promise<void> {
  const onStep = (step: string): void => {
    if (step === "manifest_written") throw new Error("stopped before the journal");
  };
  const result = await rig.sync(hub.url, { context: { onStep } });
  assert.match(result.error ?? "", /stopped before the journal/);
}

function offer(hub: FaultyHub, day: number, tree: Tree): void {
  const [name] = hub.datasets.keys();
  hub.setDataset(name!, { version: versionOf(day), package: zipOf(tree) });
}

Deno.test("a first sync stages files under their final names, and what was staged isn't fetched again", async () => {
  await using hub = hubWith({ version: versionOf(1), package: zipOf(day1) });
  await using rig = await EngineRig.make();
  await stageOnly(rig, hub);
  const layout = await rig.layout();
  assert.deepEqual(listStaging(layout), new Set([...day1.keys()].map((path) => `tree/${path}`)));
  assert.equal(kindOf(layout.localDir), "missing");
  const result = await rig.sync(hub.url);
  assert.deepEqual([result.status, result.entriesFetched], ["success", 0]);
  assertSameTree(await rig.tree(), day1);
  assert.equal(kindOf(layout.staging), "missing");
});

Deno.test("what a first sync staged is used, too, where somebody made local_dir since", async () => {
  await using hub = hubWith({ version: versionOf(1), package: zipOf(day1) });
  await using rig = await EngineRig.make();
  await stageOnly(rig, hub);
  await Deno.mkdir(rig.dataset.localDir);
  await Deno.writeTextFile(`${rig.dataset.localDir}/mine.txt`, "mine");
  const result = await rig.sync(hub.url);
  assert.deepEqual([result.status, result.entriesFetched], ["success", 0]);
  assertSameTree(await rig.tree(), new Map([...day1, ...treeOf({ "mine.txt": "mine" })]));
});

Deno.test("a first sync goes on with another package whose files and folders have changed places", async () => {
  await using hub = hubWith({ version: versionOf(1), package: zipOf(day1) });
  await using rig = await EngineRig.make();
  await stageOnly(rig, hub);
  offer(hub, 2, day2);
  const result = await rig.sync(hub.url);
  assert.deepEqual([result.status, result.entriesFetched], ["success", 2]);
  assertSameTree(await rig.tree(), day2);
});

Deno.test("a local_dir that exists, and a snapshot, are staged under names that look like no data", async () => {
  for (const dataset of [{}, { publish: "snapshot" as const }]) {
    await using hub = hubWith({ version: versionOf(1), package: zipOf(day1) });
    await using rig = await EngineRig.make({ dataset });
    if (dataset.publish === undefined) await Deno.mkdir(rig.dataset.localDir);
    await stageOnly(rig, hub);
    const names = [...listStaging(await rig.layout())];
    assert.equal(names.length, day1.size);
    assert(names.every((name) => isStagedName(name) && !name.includes("/")), names.join());
    assert.equal((await rig.sync(hub.url)).status, "success");
    assertSameTree(await rig.tree(), day1);
  }
});

Deno.test({
  name: "a first sync keeps files apart whose folders are one on this disk, stopped or not",
  ignore: !canMount("exfat"),
  async fn() {
    const tree = treeOf({ "A/x.csv": "1", "a/y.csv": "2", "b.csv": "3" });
    using disk = mount("exfat");
    await using hub = hubWith({ version: versionOf(1), package: zipOf(tree) });
    for (const stopped of [false, true]) {
      await using rig = await EngineRig.make({ root: disk.path });
      if (stopped) await stageOnly(rig, hub);
      assert.equal((await rig.sync(hub.url)).status, "success");
      assert.deepEqual([...(await rig.tree()).keys()], ["A/x.csv", "A/y.csv", "b.csv"]);
    }
  },
});

Deno.test("a damaged file of a staged tree is fetched again, and the others aren't", async () => {
  await using hub = hubWith({ version: versionOf(1), package: zipOf(day1) });
  await using rig = await EngineRig.make();
  await stageOnly(rig, hub);
  await Deno.writeTextFile(`${(await rig.layout()).staging}/tree/b/c.csv`, "X");
  const before = packageRequests(hub).length;
  const result = await rig.sync(hub.url);
  assert.deepEqual([result.status, result.entriesFetched], ["success", 1]);
  assert(packageRequests(hub).length > before);
  assertSameTree(await rig.tree(), day1);
});
