/** A few kills in each test run; `test:kill` makes hundreds. */
import assert from "node:assert/strict";
import { killLoop, renderSummary } from "./kill_loop.ts";

Deno.test("the program survives 60 kills, at least a tenth of them in each phase", async () => {
  const summary = await killLoop({ kills: 60, seed: Number(Deno.env.get("TEST_SEED") ?? 1) });
  console.log(renderSummary(summary));
  for (const phase of ["download", "extract", "publish", "record"] as const) {
    assert(summary.byPhase[phase] * 10 >= summary.kills, `few kills in ${phase}`);
  }
  assert(summary.reader.files > 1000, "the reader has read");
});
