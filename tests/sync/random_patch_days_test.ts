/** Random days, some of them missed and some of their patches gone, all come out as they were published. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { seededRandom } from "../support/random.ts";
import { nextDay, rows } from "../support/random_days.ts";
import { PackedSite } from "../support/site.ts";
import { assertSameTree, type Tree } from "../support/tree.ts";
import { started } from "./patched_client.ts";

Deno.test("random days come out as they were published", async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(1e6), async (seed) => {
      const random = seededRandom(seed);
      const pick = (most: number) => Math.floor(random() * most);
      let tree: Tree = new Map(
        Array.from(
          { length: 12 },
          (_, index) => [`d${index % 3}/f${index}`, rows(index, 50 + pick(300))],
        ),
      );
      await using site = await PackedSite.make();
      await using rig = await started(site, tree);
      for (let number = 0; number < 4; number++) {
        tree = nextDay(tree, random);
        await site.publish(tree);
        // Some days are missed, and some patches are gone.
        if (random() < 0.3) continue;
        if (random() < 0.2) {
          for (const path of await site.patches()) await Deno.remove(path).catch(() => {});
        }
        const result = await rig.sync(site.url);
        assert.equal(result.status, "success", result.error);
        assertSameTree(await rig.tree(), tree);
      }
    }),
    { numRuns: 6 },
  );
});
