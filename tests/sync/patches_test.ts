/** The day by patches: what it costs and what it makes, whatever was renamed, missed or changed by hand. */
import assert from "node:assert/strict";
import { EngineRig } from "../support/engine.ts";
import { type PlanSummary, reporterOf } from "../../src/sync/sync_context.ts";
import { noise, seededRandom } from "../support/random.ts";
import { rows } from "../support/random_days.ts";
import { PackedSite } from "../support/site.ts";
import { assertSameTree, type Tree, writeTree } from "../support/tree.ts";
import { day, started } from "./patched_client.ts";

Deno.test("a day's rows come by one patch and nothing else", async () => {
  await using site = await PackedSite.make();
  await using rig = await started(site);
  const { packageSize, patchSize } = await site.publish(day(1));
  const result = await rig.sync(site.url);
  assert.equal(result.status, "success", result.error);
  assertSameTree(await rig.tree(), day(1));
  const asked = site.asked();
  assert.equal(asked.length, 1);
  assert.match(asked[0]!, /^\/patch\//);
  assert.equal(result.bytesDownloaded, patchSize);
  assert.deepEqual(result.byPatch, { entries: 40, bytes: patchSize });
  assert(patchSize! < packageSize / 20, `${patchSize} of ${packageSize}`);
  assert.deepEqual(rig.warnings, []);
  assert.equal((await rig.sync(site.url)).status, "up_to_date");
  assert.deepEqual([...Deno.readDirSync((await rig.layout()).patches)], [], "patches were left");
});

Deno.test("a package that is published again with the same bytes costs the catalog alone", async () => {
  await using site = await PackedSite.make();
  await using rig = await started(site);
  await site.publish(day(0));
  const again = await rig.sync(site.url);
  assert.equal(again.status, "success", again.error);
  assert.equal(again.version, (await site.entry())["last_updated"]);
  assert.deepEqual([again.bytesDownloaded, again.entries, site.asked()], [0, 40, []]);
  assert.equal((await rig.sync(site.url)).status, "up_to_date");
  assert.deepEqual(site.asked(), []);
  // What was changed or removed here since is noticed as with any new version.
  const [changed, removed] = [...day(0).keys()].map((path) => `${rig.dataset.localDir}/${path}`);
  await Deno.writeTextFile(changed!, "mine\n");
  await Deno.remove(removed!);
  await site.publish(day(0));
  assert.equal((await rig.sync(site.url)).status, "success");
  assertSameTree(await rig.tree(), day(0));
  assert(site.asked().length > 0);
  // The next day's patch leads on from here.
  await site.publish(day(1));
  assert.equal((await rig.sync(site.url)).status, "success");
  assertSameTree(await rig.tree(), day(1));
  assert.match(site.asked()[0]!, /^\/patch\//);
});

Deno.test("files that were renamed, copied or renamed and grown cost their names", async () => {
  await using site = await PackedSite.make();
  const first = new Map([...day(0, 30), ["big.bin", noise(seededRandom(4), 17 << 20)]]);
  await using rig = await started(site, first);
  const [names, later] = [[...first.keys()], day(1, 30)];
  const next: Tree = new Map([
    ...names.slice(0, 10).map((name) => [`old/${name}`, first.get(name)!] as const),
    ...names.slice(10, 20).map((name) => [`grown/${name}`, later.get(name)!] as const),
    ...names.slice(20, 30).map((name) => [name, first.get(name)!] as const),
    ["copy.csv", first.get(names[25]!)!],
    ["large/big.bin", first.get("big.bin")!],
  ]);
  const { patchSize, packageSize } = await site.publish(next);
  assert(patchSize! < 5000, `${patchSize} bytes of ${packageSize}`);
  const result = await rig.sync(site.url);
  assert.equal(result.status, "success", result.error);
  assertSameTree(await rig.tree(), next);
  assert.deepEqual(rig.warnings, []);
  assert.equal(result.bytesDownloaded, patchSize);
  assert.deepEqual(result.byPatch, { entries: 22, bytes: patchSize });
});

Deno.test("a renamed file whose old one was changed or removed by hand falls back alone", async () => {
  await using site = await PackedSite.make();
  await using rig = await started(site);
  const paths = [...day(0).keys()];
  await Deno.writeTextFile(`${rig.dataset.localDir}/${paths[0]}`, "mine\n");
  await Deno.remove(`${rig.dataset.localDir}/${paths[1]}`);
  // The last one stays: a folder around everything is taken off.
  const next = new Map([...day(0)].map(([path, bytes], index) => [
    index < 39 ? `moved/${path}` : path,
    bytes,
  ]));
  await site.publish(next);
  const result = await rig.sync(site.url);
  assert.equal(result.status, "success", result.error);
  const tree = await rig.tree();
  // What was changed here stays, as whatever somebody put into the folder.
  tree.delete(paths[0]!);
  assertSameTree(tree, next);
  assert.equal(result.byPatch?.entries, 39 - 2);
  assert.match(site.asked()[0]!, /^\/patch\//);
});

Deno.test("a file that was renamed on one of several missed days is followed through its names", async () => {
  await using site = await PackedSite.make();
  await using rig = await started(site);
  const moved = (number: number, folder: string): Tree =>
    new Map([...day(number)].map(([path, bytes], index) => [
      index < 39 ? `${folder}/${path}` : path,
      bytes,
    ]));
  for (const tree of [day(1), moved(2, "a"), moved(3, "b")]) await site.publish(tree);
  const result = await rig.sync(site.url);
  assert.equal(result.status, "success", result.error);
  assertSameTree(await rig.tree(), moved(3, "b"));
  assert.deepEqual(site.asked().map((path) => path.split("/")[1]), ["patch", "patch", "patch"]);
  assert.equal(result.entriesFetched, 40);
});

Deno.test("days that were missed come by their patches, each file written once", async () => {
  await using site = await PackedSite.make();
  await using rig = await started(site);
  for (const number of [1, 2, 3]) await site.publish(day(number));
  const result = await rig.sync(site.url);
  assert.equal(result.status, "success", result.error);
  assertSameTree(await rig.tree(), day(3));
  assert.equal(result.entriesFetched, 40);
  const asked = site.asked();
  assert.deepEqual(asked.map((path) => path.split("/")[1]), ["patch", "patch", "patch"]);
});

Deno.test("a client that is too far behind takes the package", async () => {
  await using site = await PackedSite.make();
  await using rig = await started(site);
  for (const number of [1, 2]) await site.publish(day(number));
  await site.edit((entry) => void entry.patches!.shift());
  assert.equal((await rig.sync(site.url)).status, "success");
  assertSameTree(await rig.tree(), day(2));
  assert(site.asked().every((path) => path.startsWith("/package/")));
});

Deno.test("files that were changed or removed by hand fall back alone", async () => {
  await using site = await PackedSite.make();
  await using rig = await started(site);
  const { localDir } = rig.dataset;
  const [changed, removed, touched] = [...day(0).keys()].map((path) => `${localDir}/${path}`);
  await Deno.writeTextFile(changed!, "mine\n");
  await Deno.remove(removed!);
  await Deno.utime(touched!, new Date(), new Date());
  await site.publish(day(1));
  const result = await rig.sync(site.url);
  assert.equal(result.status, "success", result.error);
  assertSameTree(await rig.tree(), day(1));
  const asked = site.asked();
  assert.match(asked[0]!, /^\/patch\//);
  assert(asked.length > 1 && asked.slice(1).every((path) => path.startsWith("/package/")));
});

Deno.test("a file that was changed behind size and time falls back alone, too", async () => {
  await using site = await PackedSite.make();
  await using rig = await started(site);
  const path = `${rig.dataset.localDir}/sh600000.csv`;
  const { mtime } = await Deno.stat(path);
  const content = await Deno.readFile(path);
  content[10]! ^= 1;
  await Deno.writeFile(path, content);
  await Deno.utime(path, mtime!, mtime!);
  await site.publish(day(1));
  assert.equal((await rig.sync(site.url)).status, "success");
  assertSameTree(await rig.tree(), day(1));
});

Deno.test("a package of one file, whose directory is shorter than its reader's window, comes by patch", async () => {
  await using site = await PackedSite.make();
  const tree = (count: number): Tree => new Map([["only.csv", rows(1, count)]]);
  await using rig = await started(site, tree(6000));
  await site.publish(tree(6001));
  const result = await rig.sync(site.url);
  assert.equal(result.status, "success", result.error);
  assertSameTree(await rig.tree(), tree(6001));
  assert.deepEqual(rig.warnings, []);
  assert.deepEqual(site.asked().map((path) => path.split("/")[1]), ["patch"]);
});

Deno.test("settings that leave files out take what they want of a patch", async () => {
  await using site = await PackedSite.make();
  const dataset = { include: ["sh60000*.csv"], stripPrefix: "" };
  await site.publish(day(0));
  await using rig = await EngineRig.make({ dataset });
  assert.equal((await rig.sync(site.url)).status, "success");
  await site.publish(day(1));
  assert.equal((await rig.sync(site.url)).status, "success");
  const wanted = new Map([...day(1)].filter(([path]) => path.startsWith("sh60000")));
  assertSameTree(await rig.tree(), wanted);
});

Deno.test("a snapshot is made by patches, and the versions before it stay as they are", async () => {
  await using site = await PackedSite.make();
  await using rig = await started(site, day(0), { dataset: { publish: "snapshot" } });
  const before = await Deno.realPath(rig.dataset.localDir);
  await site.publish(day(1));
  assert.equal((await rig.sync(site.url)).status, "success");
  assertSameTree(await rig.tree(), day(1));
  assert.match(site.asked()[0]!, /^\/patch\//);
  const { readTree } = await import("../support/tree.ts");
  assertSameTree(await readTree(before), day(0));
});

Deno.test("a folder that another program filled takes the package's entries, not a patch", async () => {
  await using site = await PackedSite.make();
  await site.publish(day(0));
  await site.publish(day(1));
  await using rig = await EngineRig.make();
  await writeTree(rig.dataset.localDir, day(0));
  assert.equal((await rig.sync(site.url)).status, "success");
  assertSameTree(await rig.tree(), day(1));
  assert(site.asked().every((path) => path.startsWith("/package/")));
});

Deno.test("a dry run tells the patch that a sync will take, and asks for none", async () => {
  await using site = await PackedSite.make();
  await using rig = await started(site);
  const { patchSize } = await site.publish(day(1));
  const plans: PlanSummary[] = [];
  const reporter = reporterOf({ planned: ({ plan }) => void plans.push(plan) });
  await rig.sync(site.url, { job: { planOnly: true }, context: { reporter } });
  const [{ strategy, bytesToFetch, requests, patched, whole }] = plans as [PlanSummary];
  assert.deepEqual([strategy, bytesToFetch, requests], ["by patch", patchSize, 1]);
  assert.deepEqual([patched, whole], [40, 0]);
  assert(!site.asked().some((path) => path.startsWith("/patch/")));
  await rig.sync(site.url, { context: { reporter } });
  assert.deepEqual({ ...plans[1]!, kept: 0 }, { ...plans[0]!, kept: 0, diskNeeded: 0 });
});
