/** The hashes of files that grew go on from where the day before's stood; what can go wrong with it. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { resolveLayout } from "../../src/store/layout.ts";
import { loadMidstates, saveMidstates } from "../../src/store/memory/midstates.ts";
import { makeDigestList } from "../../src/trust/digest_list.ts";
import { EngineRig } from "../support/engine.ts";
import { forgedFile, heldDay, HeldMirror } from "../support/held_mirror.ts";
import { digestOf, largeDay, midstatesOf } from "../support/large_day.ts";
import { PackedSite } from "../support/site.ts";
import { assertSameTree, type Tree } from "../support/tree.ts";

const remembered = async (rig: EngineRig): Promise<Map<string, string>> =>
  await loadMidstates((await resolveLayout(rig.dataset.localDir)).midstates);

/** Publishes a day and syncs it; answers what was asked for. */
async function follow(site: PackedSite, rig: EngineRig, tree: Tree): Promise<string[]> {
  await site.publish(tree, { all: false });
  const result = await rig.sync(site.url);
  assert.equal(result.status, "success", result.error);
  assert.deepEqual(rig.warnings, []);
  assertSameTree(await rig.tree(), tree);
  return site.asked().map((path) => path.split("/")[1]!);
}

Deno.test("after the first sync each day's hashes go on from the day before's", async () => {
  await using site = await PackedSite.make();
  await using rig = await EngineRig.make();
  const first = await follow(site, rig, largeDay(0));
  assert.deepEqual(first.filter((one) => one === "digests"), ["digests"]);
  assert.deepEqual(await remembered(rig), midstatesOf(largeDay(0)));
  for (const day of [1, 2]) {
    assert.deepEqual(await follow(site, rig, largeDay(day)), ["patch"]);
    // Nobody said them: they are known because the hashes went on.
    assert.deepEqual(await remembered(rig), midstatesOf(largeDay(day)));
  }
});

Deno.test("a file whose old beginning isn't kept is hashed from its start", async () => {
  await using site = await PackedSite.make();
  await using rig = await EngineRig.make();
  await follow(site, rig, largeDay(0));
  const tree = largeDay(1);
  const rewritten = tree.get("sh600001.csv")!;
  rewritten.fill(48, 100, 130);
  tree.set("sh600000.csv", tree.get("sh600000.csv")!.slice(0, 60));
  assert.deepEqual(await follow(site, rig, tree), ["patch"]);
  const known = await remembered(rig);
  assert(!known.has(digestOf(rewritten)));
  assert.equal(known.size, tree.size - 2);
});

Deno.test("a memory that is wrong, damaged or gone costs time, nothing else", async () => {
  await using site = await PackedSite.make();
  await using rig = await EngineRig.make();
  await follow(site, rig, largeDay(0));
  const { midstates: path } = await resolveLayout(rig.dataset.localDir);
  const pairs = [...await loadMidstates(path)];
  await saveMidstates(path, pairs.map(([sha256], index) => [sha256, pairs.at(index - 1)![1]]));
  // Nothing could be gone on with, so the hub is asked for its list again.
  assert.deepEqual(await follow(site, rig, largeDay(1)), ["patch", "digests"]);
  assert.deepEqual(await remembered(rig), midstatesOf(largeDay(1)));
  await Deno.writeTextFile(path, "{");
  await follow(site, rig, largeDay(2));
  await Deno.remove(path);
  await follow(site, rig, largeDay(3));
  assert.deepEqual(await remembered(rig), midstatesOf(largeDay(3)));
});

const faults: Record<string, (site: PackedSite) => Promise<void>> = {
  "isn't there": async (site) => await Deno.remove(await listPath(site)),
  "is cut short": async (site) => await Deno.truncate(await listPath(site), 100),
  "is another file": async (site) => {
    const path = await listPath(site);
    await Deno.writeFile(path, new Uint8Array((await Deno.stat(path)).size));
  },
  "says what isn't so": async (site) => {
    const wrong = makeDigestList([...largeDay(1).values()].map(digestOf), "midstates")!;
    await Deno.writeFile(await listPath(site), wrong);
    const sha256 = createHash("sha256").update(wrong).digest("hex");
    await site.edit((entry) =>
      Object.assign((entry["digests"] as { midstates: object }).midstates, { sha256 })
    );
  },
};

async function listPath(site: PackedSite): Promise<string> {
  const { digests } = await site.entry() as unknown as { digests: { midstates: { url: string } } };
  return site.at(digests.midstates.url);
}

for (const [fault, make] of Object.entries(faults)) {
  Deno.test(`a list of midstates that ${fault} costs time, nothing else`, async () => {
    await using site = await PackedSite.make();
    await using rig = await EngineRig.make();
    await site.publish(largeDay(0));
    await make(site);
    const first = await rig.sync(site.url);
    assert.equal(first.status, "success", first.error);
    assert.deepEqual(rig.warnings, []);
    assertSameTree(await rig.tree(), largeDay(0));
    site.asked();
    await follow(site, rig, largeDay(1));
  });
}

Deno.test("a mirror hands the upstream's list on", async () => {
  await using site = await PackedSite.make();
  await using rig = await EngineRig.make();
  await site.publish(largeDay(0));
  const dir = rig.at("mirror");
  const result = await rig.sync(site.url, { context: { mirror: { dir, keepHours: 24 } } });
  assert.equal(result.status, "success", result.error);
  const [mirrored] = JSON.parse(await Deno.readTextFile(`${dir}/api/datasets`)).datasets;
  assert.deepEqual(mirrored.digests, (await site.entry())["digests"]);
  const url = mirrored.digests.midstates.url;
  assert.deepEqual(await Deno.readFile(`${dir}/${url}`), await Deno.readFile(site.at(url)));
});

Deno.test("forged rows in a patch are refused where the hash goes on, too", async () => {
  await using hub = await HeldMirror.make();
  await using rig = await EngineRig.make();
  await hub.publish(heldDay(0));
  assert.equal((await rig.sync(hub.ownerUrl)).status, "success");
  const { midstates } = await resolveLayout(rig.dataset.localDir);
  await saveMidstates(midstates, midstatesOf(heldDay(0)));
  await hub.publish(heldDay(1));
  const { is } = await hub.forgePatch(forgedFile(heldDay(1)));
  await hub.edit((entry) => void Object.assign((entry["patches"] as object[])[0]!, is));
  const result = await rig.sync(hub.url);
  assert.equal(result.status, "success", result.error);
  assertSameTree(await rig.tree(), heldDay(1));
  // The other two went on; this one came by another way, and was hashed from its start.
  const known = midstatesOf(heldDay(1));
  known.delete(digestOf(forgedFile(heldDay(1))));
  assert.deepEqual(await remembered(rig), known);
});
