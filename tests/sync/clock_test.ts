/** A clock that is set back while a run goes on. */
import assert from "node:assert/strict";
import { EngineRig } from "../support/engine.ts";
import { startHub } from "../support/hub.ts";
import { assertSameTree } from "../support/tree.ts";

Deno.test("a clock that is set back during a run changes the data not at all, and makes no time negative", async () => {
  await using hub = startHub();
  for (let jumpAt = 1; jumpAt <= 20; jumpAt++) {
    await using rig = await EngineRig.make();
    let calls = 0;
    const clock = () => Date.now() - (++calls > jumpAt ? 3_600_000 : 0);
    const result = await rig.sync(hub.url, { context: { clock }, client: { clock } });
    assert.equal(result.status, "success", result.error);
    assertSameTree(await rig.tree(), hub.tree());
    const times = [result.durationMs, ...Object.values(result.phases)];
    assert(times.every((time) => time >= 0), `${jumpAt}: ${times.join(" ")}`);
  }
});
