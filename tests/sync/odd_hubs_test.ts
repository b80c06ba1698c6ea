/**
 * Servers that answer ranges in their own way: each kind delivers a first day and an update, also
 * with `hub.retries: 0`, and what was learnt of it serves the next run.
 */
import assert from "node:assert/strict";
import { noise, seededRandom } from "../support/random.ts";
import { EngineRig } from "../support/engine.ts";
import { ODD_HUBS, type OddHub, startOddHub } from "../support/odd_hub.ts";
import { assertSameTree, type Tree } from "../support/tree.ts";
import { evenClock, NAME, versionOf, zipOf } from "./watched.ts";

const FILES = 80;
/** Large enough for entries to be worth asking for one by one, and too much to be joined. */
const SIZE = 30_000;

/** Every third file is another one each day. */
function treeOn(day: number): Tree {
  const tree: Tree = new Map();
  for (let index = 0; index < FILES; index++) {
    const random = seededRandom(index % 3 === 0 ? 1000 * day + index : index);
    tree.set(`f${String(index).padStart(3, "0")}.bin`, noise(random, SIZE));
  }
  return tree;
}

const days = [1, 2, 3].map((day) => {
  const tree = treeOn(day);
  return { tree, version: versionOf(day), package: zipOf(tree, { level: 1 }) };
});

async function syncDay(day: number, hub: OddHub, rig: EngineRig): Promise<number> {
  const { tree, version, package: package_ } = days[day]!;
  hub.put(version, package_);
  hub.ranges.length = 0;
  const result = await rig.sync(hub.url, {
    client: { ...evenClock(), retries: 0 },
    context: { retries: 0 },
  });
  assert.equal(result.status, "success", result.error);
  assertSameTree(await rig.tree(), tree);
  assert(hub.ranges.length < 300, `${hub.ranges.length} requests`);
  return hub.ranges.length;
}

for (const [name, kind] of Object.entries(ODD_HUBS)) {
  Deno.test(`syncAll() follows a hub with ${name}, without a retry`, async () => {
    const [first] = days;
    await using hub = startOddHub(kind, { name: NAME, ...first! });
    await using rig = await EngineRig.make();
    await syncDay(0, hub, rig);
    const learning = await syncDay(1, hub, rig);
    if (/several|more than/.test(name)) {
      assert(hub.ranges.some((range) => range?.includes(",")), "several ranges were asked for");
    }
    const learnt = await syncDay(2, hub, rig);
    assert(learnt <= learning, `${learnt} requests after ${learning}`);
    if (kind.noRanges) {
      assert.deepEqual(hub.ranges, [undefined], "it is asked once, for all");
    }
  });
}
