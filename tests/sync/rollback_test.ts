/** A version recorded by a run that died isn't believed. */
import assert from "node:assert/strict";
import { offer } from "../support/faulty_hub/dataset_package.ts";
import { pro } from "../../src/demo/profiles.ts";
import { EngineRig } from "../support/engine.ts";
import { startHub } from "../support/hub.ts";
import { assertSameTree } from "../support/tree.ts";

Deno.test("syncAll() believes no recorded version that a run which died has overtaken", async () => {
  await using hub = startHub({ kind: "modern", profile: pro({ scale: 0.002 }) });
  await using rig = await EngineRig.make();
  await rig.sync(hub.url);
  const [first, tree] = [hub.dataset, hub.tree()];
  hub.nextDay({ rewritten: 2 });
  const onStep = (step: string) => {
    if (step === "published") throw new Error("died");
  };
  assert.equal((await rig.sync(hub.url, { context: { onStep } })).success, false);
  assert.equal(await rig.recorded(), first.version);
  hub.hub.setDataset(hub.name, offer(first)); // and the hub goes back to the day before
  const result = await rig.sync(hub.url);
  assert(result.success, result.error);
  assertSameTree(await rig.tree(), tree);
});

Deno.test("syncAll() asks nothing further where state and folder agree", async () => {
  await using hub = startHub({ kind: "modern", profile: pro({ scale: 0.002 }) });
  await using rig = await EngineRig.make();
  await rig.sync(hub.url);
  hub.hub.reset();
  assert.equal((await rig.sync(hub.url)).status, "up_to_date");
  assert.deepEqual(hub.hub.requests.map(({ path }) => path), ["/api/datasets"]);
});
