/** A few power cuts in each test run; `test:power` makes hundreds. */
import assert from "node:assert/strict";
import { powerLoss, powerLossImpossible, renderPowerSummary } from "./power_loss.ts";

const ignore = await powerLossImpossible() !== undefined;
const seed = Number(Deno.env.get("TEST_SEED") ?? 1);

Deno.test({
  name: "the program survives 8 power cuts (as root, on an ext4 image)",
  ignore,
  async fn() {
    console.log(renderPowerSummary(await powerLoss({ cuts: 8, seed })));
  },
});

Deno.test({
  name: "the program survives 6 power cuts on days that come by patch (as root, on an ext4 image)",
  ignore,
  async fn() {
    const summary = await powerLoss({ cuts: 6, seed, patches: true });
    console.log(renderPowerSummary(summary));
    assert(summary.patches > 0);
  },
});
