/**
 * Weeks by patch in which not everything goes well: patches that are missing, a day that is published
 * twice, a package that is taken back, days without anything new; and the old beside the new.
 */
import assert from "node:assert/strict";
import { serveSite } from "../../src/serve/serve_site.ts";
import { EngineRig } from "../support/engine.ts";
import { startHub } from "../support/hub.ts";
import { noise, seededRandom } from "../support/random.ts";
import { nextDay, rows } from "../support/random_days.ts";
import { PackedSite } from "../support/site.ts";
import { tempDir } from "../support/temp.ts";
import { assertSameTree, sorted, type Tree } from "../support/tree.ts";
import { buildZip } from "../support/zip_builder.ts";

const NAME = "stock-trading-data-pro";
const BALLAST = noise(seededRandom(9), 300_000);

/** A week's trees: each differs from the one before in every way. */
function week(days: number, seed = 1): Tree[] {
  const random = seededRandom(seed);
  const first: Tree = new Map(
    Array.from({ length: 20 }, (_, index) => [`d${index % 2}/f${index}.csv`, rows(index, 60)]),
  );
  const trees = [first];
  while (trees.length < days) trees.push(nextDay(trees.at(-1)!, random));
  for (const tree of trees) tree.set("z.bin", BALLAST);
  return trees;
}

/** Syncs, holds the folder against the day, and says what was asked for: `patch`, `package`. */
async function syncDay(rig: EngineRig, site: PackedSite, tree: Tree): Promise<string[]> {
  site.asked();
  const result = await rig.sync(site.url);
  assert(["success", "up_to_date"].includes(result.status), result.error);
  assertSameTree(await rig.tree(), sorted(tree));
  const asked = site.asked();
  assert(asked.length <= 12, `${asked.length} requests`);
  assert.equal((await rig.sync(site.url)).status, "up_to_date");
  assert.deepEqual(site.asked(), [], "the second run asked again");
  return asked.map((path) => path.split("/")[1]!);
}

Deno.test("a week with missing patches, a day twice, a step back and days of rest ends right each day", async () => {
  await using site = await PackedSite.make();
  await using rig = await EngineRig.make();
  const days = week(9) as [Tree, ...Tree[]];
  const publish = async (day: number): Promise<Tree> => {
    await site.publish(days[day]!);
    return days[day]!;
  };
  assert.deepEqual([...new Set(await syncDay(rig, site, await publish(0)))], ["package"]);
  assert.deepEqual(await syncDay(rig, site, await publish(1)), ["patch"]);

  // Its patch is gone before anybody came.
  const second = await publish(2);
  await Deno.remove((await site.patches()).at(-1)!);
  const [first, again, ...rest] = await syncDay(rig, site, second);
  assert.deepEqual([first, again], ["patch", "patch"]); // another server might have had it
  assert(rest.length > 0 && rest.every((kind) => kind === "package"), rest.join());

  // Published twice: another version's text, the same package.
  await publish(3);
  assert.deepEqual(await syncDay(rig, site, await publish(3)), ["patch"]);
  assert.deepEqual(await syncDay(rig, site, await publish(3)), []);

  // Nothing is published.
  assert.deepEqual(await syncDay(rig, site, days[3]!), []);

  // Two days are missed, and then it is taken back to a day that was there before.
  await publish(4);
  assert.deepEqual(await syncDay(rig, site, await publish(5)), ["patch", "patch"]);
  assert.deepEqual(await syncDay(rig, site, await publish(3)), ["patch"]);
  assert.deepEqual(await syncDay(rig, site, await publish(5)), ["patch"]);
  // Back and forth unseen: for this client nothing but the text has changed.
  await publish(3);
  assert.deepEqual(await syncDay(rig, site, await publish(5)), []);

  // Away over a step back: the short way, not the one around.
  await publish(6);
  await publish(5);
  assert.deepEqual(await syncDay(rig, site, await publish(7)), ["patch"]);
  assert.deepEqual(await syncDay(rig, site, await publish(8)), ["patch"]);
});

Deno.test("random weeks by patch end right, whatever is missing", async () => {
  for (const seed of [2, 3, 4]) {
    await using site = await PackedSite.make();
    await using rig = await EngineRig.make();
    const random = seededRandom(seed);
    const days = week(6, seed);
    await site.publish(days[0]!);
    await rig.sync(site.url);
    for (let step = 0; step < 8; step++) {
      const day = days[Math.floor(random() * days.length)]!;
      await site.publish(day);
      const patches = await site.patches();
      if (random() < 0.3 && patches.length > 0) {
        await Deno.remove(patches[Math.floor(random() * patches.length)]!).catch(() => {});
      }
      if (random() < 0.7) await syncDay(rig, site, day);
    }
  }
});

/** What v2.0 reads of a dataset's entry. */
const KNOWN_TO_V2 = ["name", "last_updated", "file_count", "total_size", "package_ready", "status"];

Deno.test("a client that knows no patches gets the same days from a site that has them", async () => {
  await using site = await PackedSite.make();
  await using rig = await EngineRig.make();
  for (const day of week(3, 5)) {
    await site.publish(day);
    const whole = await Deno.readTextFile(site.at("api", "datasets"));
    await site.edit((entry) => void delete entry.patches);
    const kinds = await syncDay(rig, site, day);
    assert(kinds.length > 0 && kinds.every((kind) => kind === "package"), kinds.join());
    // The patches stay in the catalog for the next day's packer.
    await Deno.writeTextFile(site.at("api", "datasets"), whole);
  }
});

Deno.test("a client of v2.0's reading finds the newest package where it always was", async () => {
  await using site = await PackedSite.make();
  await using rig = await EngineRig.make();
  for (const day of week(2, 6)) {
    await site.publish(day);
    const whole = await Deno.readTextFile(site.at("api", "datasets"));
    await site.edit((entry) => {
      for (const key of Object.keys(entry)) if (!KNOWN_TO_V2.includes(key)) delete entry[key];
    });
    site.asked();
    const result = await rig.sync(site.url);
    assert.equal(result.status, "success", result.error);
    assertSameTree(await rig.tree(), sorted(day));
    assert(site.asked().every((path) => path.startsWith("/package/")));
    await Deno.writeTextFile(site.at("api", "datasets"), whole);
  }
});

Deno.test("a client that came by patches goes on with a hub that has none, and comes back", async () => {
  await using site = await PackedSite.make();
  await using rig = await EngineRig.make();
  const days = week(5, 7) as [Tree, Tree, Tree, Tree, Tree];
  await site.publish(days[0]);
  await syncDay(rig, site, days[0]);
  await site.publish(days[1]);
  assert.deepEqual(await syncDay(rig, site, days[1]), ["patch"]);
  await using old = startHub({ kind: "deployed" });
  const package_ = buildZip([...days[2]].map(([path, content]) => ({ path, content })));
  old.hub.setDataset(NAME, { version: "2027-01-01T00:00:00", package: package_ });
  const result = await rig.sync(old.url);
  assert.equal(result.status, "success", result.error);
  assertSameTree(await rig.tree(), sorted(days[2]));
  // The site's days have gone on meanwhile; no patch begins at the old hub's package.
  await site.publish(days[3], { version: "2027-01-02T00:00:00" });
  const kinds = await syncDay(rig, site, days[3]);
  assert(kinds.includes("package") && !kinds.includes("patch"), kinds.join());
  await site.publish(days[4], { version: "2027-01-03T00:00:00" });
  assert.deepEqual(await syncDay(rig, site, days[4]), ["patch"]);
});

Deno.test("a mirror of a site with patches takes packages, and its clients come by its own patches", async () => {
  await using upstream = await PackedSite.make();
  await using temp = await tempDir();
  await Deno.mkdir(temp.at("mirror"));
  const asked: string[] = [];
  const served = serveSite({
    site: await Deno.realPath(temp.at("mirror")),
    hostname: "127.0.0.1",
    port: 0,
    onRequest: ({ path }) => void asked.push(path),
  });
  try {
    await using feeder = await EngineRig.make();
    await using client = await EngineRig.make();
    const mirror = { dir: temp.at("mirror"), keepHours: 24 };
    for (const [number, day] of week(4, 8).entries()) {
      await upstream.publish(day);
      upstream.asked();
      const fed = await feeder.sync(upstream.url, { context: { mirror } });
      assert.equal(fed.status, "success", fed.error);
      assertSameTree(await feeder.tree(), sorted(day));
      assert(upstream.asked().every((path) => path.startsWith("/package/")));
      asked.splice(0);
      const result = await client.sync([served.url, upstream.url]);
      assert.equal(result.status, "success", result.error);
      assertSameTree(await client.tree(), sorted(day));
      assert.deepEqual(upstream.asked(), [], "the client asked the upstream");
      if (number === 0) continue;
      assert.deepEqual(asked.map((path) => path.split("/")[1]), ["api", "patch"]);
      // Both ends made the same patch of the same two packages.
      const text = await Deno.readTextFile(temp.at("mirror", "api", "datasets"));
      const { patches } = JSON.parse(text).datasets[0];
      assert.deepEqual(patches, (await upstream.entry()).patches);
    }
    // By either of them: the packages are the same.
    assert.equal((await client.sync(upstream.url)).status, "up_to_date");
  } finally {
    await served.stop(0);
  }
});
