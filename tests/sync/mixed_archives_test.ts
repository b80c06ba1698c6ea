/**
 * Right packages that are odd in many ways at once, day after day: what is live is the day's tree,
 * a run without news makes no change, and another reader agrees that the packages are right.
 *
 * `TEST_SEED` draws others; `MIXED_CASES` more of them.
 *
 * @module
 */
import assert from "node:assert/strict";
import { FaultyHub } from "../support/faulty_hub/hub.ts";
import { EngineRig } from "../support/engine.ts";
import { judge } from "../support/judge.ts";
import { mixedDays } from "../support/mixed_zip.ts";
import { runSeed, seededRandom } from "../support/random.ts";
import { assertSameTree, compareTrees } from "../support/tree.ts";

const NAME = "stock-trading-data-pro";
const CASES = Number(Deno.env.get("MIXED_CASES") ?? 5);
const DAYS = 3;

Deno.test("syncAll() follows packages that are odd in many ways at once", async () => {
  for (let number = 0; number < CASES; number++) {
    const seed = runSeed() * 1000 + number;
    const kind = (["modern", "deployed", "no_ranges"] as const)[number % 3]!;
    await using rig = await EngineRig.make({ dataset: { stripPrefix: "" } });
    await using hub = new FaultyHub({ kind });
    for (const [day, { tree, package: bytes }] of mixedDays(seededRandom(seed), DAYS).entries()) {
      const about = `seed ${seed}, day ${day}, ${kind}`;
      hub.setDataset(NAME, { version: `2026-01-0${day + 1}T20:15:00`, package: bytes });
      const engine = number % 2 === 0 ? "fast" : "zipjs";
      const result = await rig.sync(hub.url, { engine });
      assert.equal(result.status, "success", `${about}: ${result.error}`);
      assert.deepEqual(rig.waits, [], about);
      try {
        assertSameTree(await rig.tree(), tree);
      } catch (cause) {
        throw new Error(about, { cause });
      }
      const again = await rig.sync(hub.url, { engine, job: { force: true } });
      assert.equal(again.error, undefined, about);
      assert.equal((await rig.sync(hub.url, { engine })).status, "up_to_date", about);
    }
  }
});

Deno.test("another reader makes the same trees of such packages", () => {
  for (let number = 0; number < CASES; number++) {
    const seed = runSeed() * 1000 + number;
    for (const { tree, package: bytes } of mixedDays(seededRandom(seed), DAYS, { plain: true })) {
      assert.deepEqual(compareTrees(judge(bytes), tree), [], `seed ${seed}`);
    }
  }
});
