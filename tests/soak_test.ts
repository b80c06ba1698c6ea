/** A short soak: the task that runs for hours works, and finds nothing left behind. */
import assert from "node:assert/strict";
import { renderSoakSummary, type SoakSummary } from "./soak.ts";
import { runTask } from "./support/task.ts";

Deno.test("40 syncs in a row against a changing, failing hub leave nothing behind", async () => {
  const [summary] = await runTask<SoakSummary>("soak.ts", ["--syncs", "40", "--fresh", "0"]);
  console.log(renderSoakSummary("in one process", summary!));
  assert(summary!.succeeded > 20);
});
