import { powerLoss, powerLossImpossible, renderPowerSummary } from "./power_loss.ts";

Deno.test({
  name: "the program survives 8 power cuts (as root, on an ext4 image)",
  ignore: await powerLossImpossible() !== undefined,
  async fn() {
    const seed = Number(Deno.env.get("TEST_SEED") ?? 1);
    console.log(renderPowerSummary(await powerLoss({ cuts: 8, seed })));
  },
});
