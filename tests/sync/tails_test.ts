/**
 * Files that only grow, through the whole engine: what they cost, and what a wrong guess costs.
 *
 * Longer than 250 lines because each way in which a guess can be wrong is a test.
 */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { DemoDataset } from "../../src/demo/dataset.ts";
import { pro } from "../../src/demo/profiles.ts";
import { InterruptedError } from "../../src/errors.ts";
import { RangeSet, sizeOf } from "../../src/ranges.ts";
import { Manifest } from "../../src/store/manifest.ts";
import { assertHonestManifest, EngineRig } from "../support/engine.ts";
import { startHub } from "../support/hub.ts";
import { assertSameTree, type Tree, writeTree } from "../support/tree.ts";
import { csvRows } from "../support/deflate_streams.ts";
import { hubWith, NAME, packageRequests, versionOf, watched, zipOf } from "./watched.ts";

const ROWS = 1500;
const FILES = 30;

/** Files of some 130 KB that have so many rows. */
function rowsTree(rows: (index: number) => number, seed = 0): Tree {
  const tree: Tree = new Map();
  for (let index = 0; index < FILES; index++) {
    tree.set(`sh6${String(index).padStart(5, "0")}.csv`, csvRows(seed + index, rows(index)));
  }
  return tree;
}

const first = rowsTree(() => ROWS);
const grown = rowsTree((index) => index % 10 === 0 ? ROWS : ROWS + 1);

Deno.test("a file that grew costs its tail", async () => {
  await using hub = hubWith({ version: versionOf(1), package: zipOf(first) });
  await using rig = await EngineRig.make();
  await rig.sync(hub.url);
  for (const day of [2, 3, 4]) {
    const tree = rowsTree((index) => index % 10 === 0 ? ROWS : ROWS + day);
    const package_ = zipOf(tree);
    hub.setDataset(NAME, { version: versionOf(day), package: package_ });
    hub.reset();
    const { result, plan } = await watched(rig, hub.url);
    assert.equal(result.status, "success", result.error);
    assert.equal(plan!.tails, FILES - 3);
    assert.equal(plan!.whole, 0);
    assert.equal(plan!.kept, 3);
    assert.match(plan!.strategy, /tails/);
    assert.equal(result.entriesFetched, FILES - 3);
    assertSameTree(await rig.tree(), tree);
    await assertHonestManifest(rig.dataset.localDir);
    assert.equal(packageRequests(hub).length, 2);
    // The directory's guess holds some of the package's end, too.
    const sent = hub.bytesSent("/package/") - 140_000;
    assert(sent < package_.length * 0.6, `${sent} of ${package_.length}, day ${day}`);
  }
});

Deno.test("the manifest remembers where the last blocks begin, in few bytes", async () => {
  await using hub = hubWith({ version: versionOf(1), package: zipOf(first) });
  await using rig = await EngineRig.make();
  await rig.sync(hub.url);
  const { manifest: path } = await rig.layout();
  const manifest = (await Manifest.load(path))!;
  const blocks = [...manifest.entries()].map(([, { block }]) => block);
  assert(blocks.every((block) => block !== undefined));
  const extra = blocks.map((block) => `,${block!.bit},${block!.out}`.length);
  assert(Math.max(...extra) < 24, `${Math.max(...extra)} bytes an entry`);
});

Deno.test("files that were rewritten cost a wrong guess and their whole, never a wrong file", async () => {
  await using hub = hubWith({ version: versionOf(1), package: zipOf(first) });
  await using rig = await EngineRig.make();
  await rig.sync(hub.url);
  const after = new Map(grown);
  // Longer than before, but from the first row on another file: a restated column.
  for (const index of [1, 2, 3]) {
    after.set(`sh6${String(index).padStart(5, "0")}.csv`, csvRows(900 + index, ROWS + 30));
  }
  hub.setDataset(NAME, { version: versionOf(2), package: zipOf(after) });
  const { result, plan } = await watched(rig, hub.url);
  assert.equal(result.status, "success", result.error);
  assert.equal(plan!.tails, FILES - 3, "they look as if they had grown");
  assert.equal(result.entriesFetched, FILES - 3);
  assertSameTree(await rig.tree(), after);
  await assertHonestManifest(rig.dataset.localDir);
});

Deno.test("a day on which everything was restated ends the guessing, and then the download", async () => {
  await using hub = hubWith({ version: versionOf(1), package: zipOf(first) });
  await using rig = await EngineRig.make();
  await rig.sync(hub.url);
  const after = rowsTree(() => ROWS + 20, 5000);
  const package_ = zipOf(after);
  hub.setDataset(NAME, { version: versionOf(2), package: package_ });
  hub.reset();
  const { result, plan } = await watched(rig, hub.url);
  assert.equal(result.status, "success", result.error);
  assert.equal(plan!.tails, FILES);
  assertSameTree(await rig.tree(), after);
  const sent = hub.bytesSent("/package/");
  assert(sent < package_.length * 1.1 + 140_000, `${sent} of ${package_.length}`);
  assert(packageRequests(hub).length < 10);
});

Deno.test("the hub sends no byte twice when the guessing ends in the middle of an answer", async () => {
  await using hub = hubWith({ version: versionOf(1), package: zipOf(first) });
  await using rig = await EngineRig.make();
  await rig.sync(hub.url);
  const after = rowsTree(() => ROWS + 20, 5000);
  hub.setDataset(NAME, { version: versionOf(2), package: zipOf(after) });
  hub.reset();
  hub.pace.bytesPerSecond = 4_000_000; // slow enough that entries fail while the rest is arriving
  const { result, plan } = await watched(rig, hub.url);
  assert.equal(result.status, "success", result.error);
  assert.equal(plan!.tails, FILES);
  const asked = packageRequests(hub).flatMap(({ range }) =>
    range!.slice("bytes=".length).split(",").map((one) => {
      const [start, last] = one.split("-").map(Number);
      return { start: start!, end: last! + 1 };
    })
  );
  assert.equal(sizeOf(asked), new RangeSet(asked).size);
});

Deno.test("a file that the user changed isn't guessed from", async () => {
  await using hub = hubWith({ version: versionOf(1), package: zipOf(first) });
  await using rig = await EngineRig.make();
  await rig.sync(hub.url);
  const [changed, gone, same] = [...first.keys()].slice(1, 4);
  const at = (path: string) => `${rig.dataset.localDir}/${path}`;
  const content = first.get(changed!)!;
  await Deno.writeFile(at(changed!), Uint8Array.from(content, (byte, at) => at === 7 ? 35 : byte));
  await Deno.remove(at(gone!));
  await Deno.utime(at(same!), 1000, 1000);
  hub.setDataset(NAME, { version: versionOf(2), package: zipOf(grown) });
  const { result, plan } = await watched(rig, hub.url);
  assert.equal(result.status, "success", result.error);
  assert.equal(plan!.whole, 3);
  assertSameTree(await rig.tree(), grown);
});

Deno.test("a file that changes or goes between the look and the decoding is fetched whole", async () => {
  await using hub = hubWith({ version: versionOf(1), package: zipOf(first) });
  await using rig = await EngineRig.make();
  await rig.sync(hub.url);
  const [changed, gone] = [...first.keys()].slice(1, 3);
  hub.setDataset(NAME, { version: versionOf(2), package: zipOf(grown) });
  let planned = false;
  const onStep = (step: string) => {
    if (step !== "planned" || planned) return;
    planned = true;
    Deno.writeFileSync(`${rig.dataset.localDir}/${changed}`, new Uint8Array(200_000).fill(48));
    Deno.removeSync(`${rig.dataset.localDir}/${gone}`);
  };
  const { result, plan } = await watched(rig, hub.url, { context: { onStep } });
  assert(planned);
  assert.equal(plan!.tails, FILES - 3);
  assert.equal(result.status, "success", result.error);
  assertSameTree(await rig.tree(), grown);
});

Deno.test("an interrupted day of tails goes on from what it has", async () => {
  await using hub = hubWith({ version: versionOf(1), package: zipOf(first) });
  await using rig = await EngineRig.make();
  await rig.sync(hub.url);
  hub.setDataset(NAME, { version: versionOf(2), package: zipOf(grown) });
  const onStep = (step: string) => {
    if (step === "downloaded") throw new InterruptedError("as if killed here");
  };
  const stopped = await rig.sync(hub.url, { context: { onStep } });
  assert.equal(stopped.status, "interrupted");
  assertSameTree(await rig.tree(), first);
  hub.reset();
  const { result, plan } = await watched(rig, hub.url);
  assert.equal(result.status, "success", result.error);
  assert.equal(plan!.staged, FILES - 3);
  assert.equal(packageRequests(hub).length, 1, "the directory only");
  assertSameTree(await rig.tree(), grown);
});

Deno.test("tails work on every kind of hub, whatever it makes of the ranges", async () => {
  for (const kind of ["deployed", "modern", "no_ranges"] as const) {
    await using hub = startHub({ kind, profile: pro({ scale: 0.004, rows: 900 }) });
    await using rig = await EngineRig.make();
    await rig.sync(hub.url);
    for (let day = 0; day < 2; day++) {
      hub.nextDay({ rewritten: 1, removed: 1, added: 1 });
      const result = await rig.sync(hub.url);
      assert.equal(result.status, "success", `${kind}: ${result.error}`);
      assertSameTree(await rig.tree(), hub.tree());
      await assertHonestManifest(rig.dataset.localDir);
    }
  }
});

Deno.test("packages with descriptors, stored entries or another compressor's levels still sync", async () => {
  for (const zip of [{ descriptors: true }, { level: 0 }, { level: 9 }, { zip64: true }]) {
    await using hub = hubWith({ version: versionOf(1), package: zipOf(first) });
    await using rig = await EngineRig.make();
    await rig.sync(hub.url);
    hub.setDataset(NAME, { version: versionOf(2), package: zipOf(grown, zip) });
    const result = await rig.sync(hub.url);
    assert.equal(result.status, "success", result.error);
    assertSameTree(await rig.tree(), grown);
    const last = rowsTree(() => ROWS + 2);
    hub.setDataset(NAME, { version: versionOf(3), package: zipOf(last) });
    assert.equal((await rig.sync(hub.url)).status, "success");
    assertSameTree(await rig.tree(), last);
  }
});

Deno.test("tails come out right where zip.js decodes all other entries", async () => {
  await using hub = hubWith({ version: versionOf(1), package: zipOf(first) });
  await using rig = await EngineRig.make();
  await rig.sync(hub.url);
  hub.setDataset(NAME, { version: versionOf(2), package: zipOf(grown) });
  const { result, plan } = await watched(rig, hub.url, { engine: "zipjs" });
  assert.equal(result.status, "success", result.error);
  assert(plan!.tails > 0);
  assertSameTree(await rig.tree(), grown);
});

Deno.test("DemoDataset's files only grow from one day to the next", () => {
  const day = DemoDataset.firstDay(pro({ scale: 0.002, rows: 50 }));
  assert(day.nextDay().files.some(({ rows }) => rows === 51), "what these tests rest on");
  assert.equal(
    Buffer.compare(csvRows(1, 11).subarray(0, csvRows(1, 10).length), csvRows(1, 10)),
    0,
  );
});

Deno.test("tails are made from the live version of a snapshot, into the next one", async () => {
  await using hub = hubWith({ version: versionOf(1), package: zipOf(first) });
  await using rig = await EngineRig.make({ dataset: { publish: "snapshot" } });
  await rig.sync(hub.url);
  for (const day of [2, 3]) {
    const tree = rowsTree(() => ROWS + day);
    hub.setDataset(NAME, { version: versionOf(day), package: zipOf(tree) });
    const { result, plan } = await watched(rig, hub.url);
    assert.equal(result.status, "success", result.error);
    assert.equal(plan!.tails, FILES);
    assertSameTree(await rig.tree(), tree);
  }
});

Deno.test("a folder that was taken over learns its blocks with the first whole fetch", async () => {
  await using hub = hubWith({ version: versionOf(1), package: zipOf(first) });
  await using rig = await EngineRig.make();
  await writeTree(rig.dataset.localDir, first);
  assert.equal((await watched(rig, hub.url)).plan!.kept, FILES);
  const plans: number[] = [];
  for (const day of [2, 3]) {
    const tree = rowsTree(() => ROWS + day);
    hub.setDataset(NAME, { version: versionOf(day), package: zipOf(tree) });
    const { result, plan } = await watched(rig, hub.url);
    assert.equal(result.status, "success", result.error);
    plans.push(plan!.tails);
    assertSameTree(await rig.tree(), tree);
  }
  assert.deepEqual(plans, [0, FILES]);
});
