/** The site lies on a disk whose power is cut while a folder is packed: readers see whole packages. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { judge } from "../support/judge.ts";
import { endOf, runProgram, startProgram } from "../support/program.ts";
import { between, seededRandom } from "../support/random.ts";
import { tempDir } from "../support/temp.ts";
import { assertSameTree, type Tree, writeTree } from "../support/tree.ts";
import { Image, powerLossImpossible } from "./power_loss.ts";

const CUTS = 6;

function day(number: number): Tree {
  return new Map(Array.from({ length: 200 }, (_, file) => {
    const random = seededRandom(file + 1);
    const rows = Array.from({ length: 200 + number }, () => `${(random() * 1e9).toFixed(3)}\n`);
    return [`${file}.csv`, new TextEncoder().encode(rows.join(""))];
  }));
}

Deno.test({
  name: `pack survives ${CUTS} power cuts (as root, on an ext4 image)`,
  ignore: await powerLossImpossible() !== undefined,
  async fn() {
    const random = seededRandom(Number(Deno.env.get("TEST_SEED") ?? 1));
    await using temp = await tempDir();
    const image = Image.make(temp.path);
    image.mount();
    try {
      const site = join(image.mountPoint, "site");
      const pack = ["pack", temp.at("data"), "--output", site, "--all"];
      await writeTree(temp.at("data"), day(0));
      const first = await runProgram(pack);
      assert.equal(first.code, 0, first.stderr);
      for (let cut = 1; cut <= CUTS; cut++) {
        await writeTree(temp.at("data"), day(cut));
        const power = await image.arm({ commit: cut % 2 === 0 });
        const packing = endOf(startProgram(pack));
        await new Promise((resolve) => setTimeout(resolve, between(random, 200, 1500)));
        await power.cut();
        await packing;
        await image.unmount();
        image.mount();
        const number = assertWhole(site, cut);
        assert(number === cut - 1 || number === cut, `day ${number} after cut ${cut}`);
        const again = await runProgram(pack);
        assert.equal(again.code, 0, again.stderr);
        assert.equal(assertWhole(site, cut), cut);
      }
    } finally {
      await image.unmount();
    }
  },
});

/** Checks what the catalog offers; says of which day the package is. */
function assertWhole(site: string, latest: number): number {
  const text = Deno.readTextFileSync(join(site, "api", "datasets"));
  const [{ package_url: url, sha256, patches = [] }] = JSON.parse(text).datasets;
  const bytes = Deno.readFileSync(join(site, url));
  assert.equal(createHash("sha256").update(bytes).digest("hex"), sha256);
  for (const patch of patches) {
    const file = Deno.readFileSync(join(site, patch.url));
    assert.equal(createHash("sha256").update(file).digest("hex"), patch.sha256, patch.url);
  }
  const tree = judge(bytes);
  judge(Deno.readFileSync(join(site, "package", "data.zip")));
  const rows = new TextDecoder().decode(tree.get("0.csv")).trimEnd().split("\n").length;
  const number = rows - 200;
  assert(number <= latest);
  assertSameTree(tree, day(number));
  return number;
}
