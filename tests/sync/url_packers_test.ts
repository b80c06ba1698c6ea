/** A dataset with an address of its own, whoever packed it: two days of each packer's packages. */
import assert from "node:assert/strict";
import { EngineRig } from "../support/engine.ts";
import { FaultyHub } from "../support/faulty_hub/hub.ts";
import { judge } from "../support/judge.ts";
import { canPack, PACKERS, packWith } from "../support/packers.ts";
import { seededRandom } from "../support/random.ts";
import { tempDir } from "../support/temp.ts";
import { assertSameTree, type Tree, writeTree } from "../support/tree.ts";
import { syncUrl } from "../support/url_sync.ts";

const NAME = "companyfacts";
/** What the judge doesn't decode: the plain tree stands in for it. */
const UNJUDGED = ["7zz with deflate64"];

/** 40 files whose content doesn't compress well; two of them are others each day. */
function treeOn(day: number): Tree {
  const tree: Tree = new Map();
  for (let index = 0; index < 40; index++) {
    const random = seededRandom(index < 2 ? 1000 * day + index : index);
    const digits = Array.from({ length: 10_000 }, () => Math.floor(random() * 1e6)).join(",");
    tree.set(`部${index % 3}/CIK${index}.json`, new TextEncoder().encode(`{"facts":[${digits}]}`));
  }
  return tree;
}

const TREES = [treeOn(1), treeOn(2)] as const;

/** The Finder's own files are left out unless asked for. */
function withoutFinders(tree: Tree): Tree {
  return new Map([...tree].filter(([path]) => !/^__MACOSX\/|(^|\/)\.DS_Store$/.test(path)));
}

for (const name of Object.keys(PACKERS)) {
  Deno.test({
    name: `a url dataset follows packages of other tools: ${name}`,
    ignore: !canPack(name),
    async fn() {
      await using temp = await tempDir();
      const folders = TREES.map((_, index) => temp.at(`${index}`));
      for (const [index, tree] of TREES.entries()) await writeTree(folders[index]!, tree);
      const [first, second] = await packWith(name, folders) as [Uint8Array, Uint8Array];
      const offer = (bytes: Uint8Array) => ({ version: null, package: bytes });
      await using hub = new FaultyHub({ kind: "modern", datasets: { [NAME]: offer(first) } });
      await using rig = await EngineRig.make();
      const url = `${hub.url}/package/${NAME}.zip`;
      for (const [tree, bytes] of [[TREES[0], first], [TREES[1], second]] as const) {
        hub.setDataset(NAME, offer(bytes));
        hub.reset();
        const result = await syncUrl(rig, url);
        assert.equal(result.status, "success", result.error);
        const found = await rig.tree();
        assertSameTree(found, tree);
        if (!UNJUDGED.includes(name)) assertSameTree(found, withoutFinders(judge(bytes)));
      }
      assert(hub.bytesSent() < second.length / 4, `${hub.bytesSent()} of ${second.length} bytes`);
    },
  });
}
