/**
 * The old beside the new: a client from before patches, digests and signatures at a site of today,
 * and today's client at a site as a mirror of that time made it.
 */
import assert from "node:assert/strict";
import { replay } from "../support/earlier/client.ts";
import schema from "../support/earlier/hub-catalog.schema.json" with { type: "json" };
import mirrored from "../support/earlier/mirror_catalog.json" with { type: "json" };
import { signSite } from "../../src/site/sign_site.ts";
import { loadSigningKey, makeKeyFile } from "../../src/trust/keys.ts";
import { violations } from "../docs/json_schema.ts";
import { EngineRig } from "../support/engine.ts";
import { judge } from "../support/judge.ts";
import { rows } from "../support/random_days.ts";
import { PackedSite } from "../support/site.ts";
import { tempDir } from "../support/temp.ts";
import { assertSameTree, type Tree } from "../support/tree.ts";

const NAME = "stock-trading-data-pro";

/** Files that fill more than one of the old client's windows. */
function day(number: number): Tree {
  return new Map(
    Array.from(
      { length: 30 },
      (_, index) => [`sh${600000 + index}.csv`, rows(index + 1, 3000 + number)] as const,
    ),
  );
}

/** Signs what the site holds, as `pack --sign` does. */
async function sign(site: PackedSite): Promise<void> {
  await using temp = await tempDir();
  await makeKeyFile(temp.at("key"));
  const key = await loadSigningKey(temp.at("key"));
  const how = { keys: [key], validMs: 24 * 3600_000, packed: [NAME], durable: false };
  await signSite(site.at(), { ...how, clock: Date.now });
}

Deno.test("a client from before patches gets each day of today's site, signed or not", async () => {
  await using site = await PackedSite.make();
  for (const [number, run] of (["first sync", "next day", "next day"] as const).entries()) {
    await site.publish(day(number));
    if (number === 2) await sign(site);
    const { version, bytes, paths } = await replay(run, site.url);
    const entry = await site.entry();
    assert.equal(version, entry["last_updated"]);
    assert.equal(entry.patches?.length ?? 0, number, "a site of today has patches");
    assertSameTree(judge(bytes), day(number));
    assert.deepEqual(paths, ["api/datasets", entry["package_url"], entry["package_url"]]);
    for (const other of ["verify", "cut off", "nothing new"] as const) {
      assert.equal((await replay(other, site.url)).version, version);
    }
  }
});

Deno.test("today's catalog is one of the schema from before patches", async () => {
  await using site = await PackedSite.make();
  for (const number of [0, 1]) await site.publish(day(number));
  await sign(site);
  const catalog = JSON.parse(await Deno.readTextFile(site.at("api", "datasets")));
  assert.deepEqual(violations(schema, catalog), []);
  assert.notDeepEqual(violations(schema, { datasets: [{ ...catalog.datasets[0], name: "" }] }), []);
});

Deno.test("today's client follows a site as a mirror from before patches made it, and one that is upgraded", async () => {
  await using site = await PackedSite.make();
  await using rig = await EngineRig.make();
  const keys = Object.keys(mirrored.datasets[0]!);
  for (const number of [0, 1, 2]) {
    const { packageSize } = await site.publish(day(number));
    const today = await Deno.readTextFile(site.at("api", "datasets"));
    // As the earlier program wrote it: these keys and no others.
    await site.edit((entry) => {
      assert(keys.every((key) => key in entry), "a key of that time is gone");
      for (const key of Object.keys(entry)) if (!keys.includes(key)) delete entry[key];
    });
    site.asked();
    const result = await rig.sync(site.url);
    assert.equal(result.status, "success", result.error);
    assertSameTree(await rig.tree(), day(number));
    assert.deepEqual(rig.warnings, []);
    assert(site.asked().every((path) => path.startsWith("/package/")));
    if (number > 0) assert(result.bytesDownloaded < packageSize / 2, "the day came by ranges");
    await Deno.writeTextFile(site.at("api", "datasets"), today);
  }
  // Upgraded, its next day comes by a patch from what the earlier program's catalog led to.
  await site.publish(day(3));
  assert.equal((await rig.sync(site.url)).status, "success");
  assertSameTree(await rig.tree(), day(3));
  assert.match(site.asked()[0]!, /^\/patch\//);
});
