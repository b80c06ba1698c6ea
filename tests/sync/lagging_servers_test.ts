/** Several servers behind one address, of which not every one has the package yet. */
import assert from "node:assert/strict";
import { HubError } from "../../src/errors.ts";
import { fetchDigests } from "../../src/sync/proof/content_proof.ts";
import type { DatasetResult } from "../../src/types.ts";
import { Manifest } from "../../src/store/manifest.ts";
import { failure, testClient } from "../hub/client_fixture.ts";
import { EngineRig } from "../support/engine.ts";
import { type OddKind, startOddHub } from "../support/odd_hub.ts";
import { noise, seededRandom } from "../support/random.ts";
import { PackedSite } from "../support/site.ts";
import { assertSameTree, type Tree } from "../support/tree.ts";
import { syncUrl } from "../support/url_sync.ts";
import { day, started } from "./patched_client.ts";
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

/** A way to a site whose first servers, as many as `lag`, have nothing yet of a part of it. */
function behindBalancer(part: string, lag: number): { fetch: typeof fetch; asked: () => number } {
  let asked = 0;
  return {
    asked: () => asked,
    fetch: async (input, init) => {
      const isLate = new URL(String(input)).pathname.startsWith(part) && asked++ < lag;
      return isLate ? new Response("", { status: 404 }) : await fetch(input, init);
    },
  };
}

Deno.test("a patch that the first of two servers lacks is taken from the second", async () => {
  await using site = await PackedSite.make();
  await using rig = await started(site);
  await site.publish(day(1));
  const { fetch, asked } = behindBalancer("/patch/", 1);
  const result = await rig.sync(site.url, { client: { fetch } });
  assert.equal(result.status, "success", result.error);
  assert.deepEqual([asked(), rig.warnings], [2, []]);
  assert(result.byPatch!.entries > 0);
  assertSameTree(await rig.tree(), day(1));
});

Deno.test("a patch that two servers lack is said once and asked for no more, by the next run neither", async () => {
  await using site = await PackedSite.make();
  await using rig = await started(site);
  await site.publish(day(1));
  const { fetch, asked } = behindBalancer("/patch/", Infinity);
  const stop = new AbortController();
  const onStep = (step: string) => void (step === "planned" && stop.abort());
  await rig.sync(site.url, { client: { fetch }, context: { onStep, signal: stop.signal } });
  assert.deepEqual([asked(), rig.warnings.length], [2, 1]);
  assert.equal((await rig.sync(site.url, { client: { fetch } })).status, "success");
  assert.deepEqual([asked(), rig.warnings], [2, []]);
  assertSameTree(await rig.tree(), day(1));
});

for (const [what, lag, proven] of [["the first", 1, true], ["each", 2, false]] as const) {
  Deno.test(`a list of digests that ${what} of two servers lacks is asked for twice`, async () => {
    await using site = await PackedSite.make();
    await site.publish(day(0));
    await using rig = await EngineRig.make({ dataset: { include: ["sh60000*.csv"] } });
    const { fetch, asked } = behindBalancer("/digests/", lag);
    const result = await rig.sync(site.url, { client: { fetch } });
    assert.equal(result.status, "success", result.error);
    assert.equal(asked(), 2);
    const manifest = await Manifest.load((await rig.layout()).manifest);
    assert.equal(manifest?.digests !== null, proven);
  });
}

Deno.test("a list of digests that isn't there blames neither the hub's address nor its root", async () => {
  await using site = await PackedSite.make();
  await site.publish(day(0));
  const { fetch } = behindBalancer("/digests/", Infinity);
  using client = testClient(site.url, { fetch });
  const { datasets: [listed] } = await client.catalog();
  const { digests } = listed!;
  const error = await failure(fetchDigests(digests!, {
    remote: client.package(listed!, digests!.url),
    entries: day(0).size,
    retry: { retries: 1, random, sleep: () => Promise.resolve(), onRetry: () => {} },
    signal: new AbortController().signal,
    onReceived: () => {},
  }));
  assert(error instanceof HubError);
  assert.match(error.message, /^the list of digests isn't where the catalog says: .*\/digests\//);
  assert.doesNotMatch(error.hint ?? "", /hub\.url/);
});
