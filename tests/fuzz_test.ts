/** A short run of the task that feeds broken packages. */
import assert from "node:assert/strict";
import { type FuzzSummary, renderFuzzSummary } from "./fuzz.ts";
import { runTask } from "./support/task.ts";

Deno.test("3,000 broken packages end in typed errors, or in the tree that other readers make", async () => {
  const [summary] = await runTask<FuzzSummary>("fuzz.ts", ["--cases", "3000"]);
  console.log(renderFuzzSummary(summary!));
  assert.equal(summary!.cases, 3000);
  assert(summary!.decoded * 2 >= 3000, "at least half get as far as decoding");
  assert(summary!.accepted > 100, "some are accepted, so that trees are compared");
});
