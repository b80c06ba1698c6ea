/** A short run of the task that feeds hostile patches. */
import assert from "node:assert/strict";
import { type PatchFuzzSummary, renderPatchFuzzSummary } from "./fuzz_patches.ts";
import { runTask } from "./support/task.ts";

Deno.test("120 hostile patches end in the package's tree, or in a status that says why not", async () => {
  const [summary] = await runTask<PatchFuzzSummary>("fuzz_patches.ts", ["--cases", "120"]);
  console.log(renderPatchFuzzSummary(summary!));
  assert.equal(summary!.cases, 120);
  assert(summary!.patched > 8, "some get as far as making files");
  assert(summary!.fellBack > 24, "some are refused");
});
