/**
 * The odd packages are what they are named after, as far as `unzip` can tell.
 *
 * @module
 */
import assert from "node:assert/strict";
import { oddZips } from "./odd_zip.ts";
import { installed } from "./installed.ts";
import { assertSameTree, unzipTree } from "./tree.ts";

const cases = oddZips();

Deno.test("oddZips() names every case once", () => {
  assert.equal(new Set(cases.map(({ name }) => name)).size, cases.length);
});

Deno.test({
  name: "oddZips() accepts what unzip extracts to the same tree",
  ignore: !installed("unzip"),
  async fn(t) {
    for (const { name, bytes, expect, tree, unlikeUnzip } of cases) {
      if (expect === "refused" || unlikeUnzip) continue;
      await t.step(name, async () => {
        assertSameTree(await unzipTree(bytes), new Map(Object.entries(tree!)));
      });
    }
  },
});
