/** Several servers behind one address, of which not every one has the package yet. */
import assert from "node:assert/strict";
import type { DatasetResult } from "../../src/types.ts";
import { EngineRig } from "../support/engine.ts";
import { type OddKind, startOddHub } from "../support/odd_hub.ts";
import { noise, seededRandom } from "../support/random.ts";
import { assertSameTree, type Tree } from "../support/tree.ts";
import { syncUrl } from "../support/url_sync.ts";
import { evenClock, NAME, versionOf, zipOf } from "./watched.ts";

const random = seededRandom(1);
const tree: Tree = new Map(
  Array.from({ length: 20 }, (_, index) => [
    `f${index}.bin`,
    noise(random, 20_000),
  ]),
);
const package_ = zipOf(tree, { level: 1 });

/** Answers those of the requests that `has` lets pass, counted from 0, and 404 to the others. */
function lagging(has: (index: number) => boolean): OddKind {
  let asked = 0;
  return {
    ranged: ({ spans: [span], all }) => {
      if (!has(asked++) || span === undefined) return { status: 404 };
      const claim = `bytes ${span[0]}-${span[1] - 1}/${all.length}`;
      return { status: 206, headers: { "Content-Range": claim }, body: all.subarray(...span) };
    },
  };
}

const WAYS: Record<string, (rig: EngineRig, url: string) => Promise<DatasetResult>> = {
  "a hub": (rig, url) => rig.sync(url, { client: evenClock() }),
  "an address": (rig, url) => syncUrl(rig, `${url}/package/${NAME}.zip`),
};

for (const [way, sync] of Object.entries(WAYS)) {
  for (const [what, has] of [["even", 0], ["odd", 1]] as const) {
    // An address that isn't there at its first request is wrong.
    if (way === "an address" && has === 1) continue;
    Deno.test(`${way} of two servers is read where the ${what} requests alone find the package`, async () => {
      const kind = lagging((index) => index % 2 === has);
      const offered = { name: NAME, version: versionOf(1), package: package_ };
      await using server = startOddHub(kind, offered);
      await using rig = await EngineRig.make();
      const result = await sync(rig, server.url);
      assert.equal(result.status, "success", result.error);
      assertSameTree(await rig.tree(), tree);
    });
  }

  Deno.test(`${way} whose package goes once its directory was read blames no setting`, async () => {
    const kind = lagging((index) => index < 2);
    const offered = { name: NAME, version: versionOf(1), package: package_ };
    await using server = startOddHub(kind, offered);
    await using rig = await EngineRig.make();
    const { status, error, hint } = await sync(rig, server.url);
    assert.equal(status, "download_failed");
    assert.match(error!, /404/);
    assert.match(hint!, /^it was there a moment ago/);
    assert(server.ranges.length < 12, `${server.ranges.length} requests`);
  });
}
