/** What a day on which 1 % of the files changed costs hubs of every kind, in bytes that they send. */
import assert from "node:assert/strict";
import { FaultyHub, type HubKind } from "../support/faulty_hub/hub.ts";
import { fin } from "../../src/demo/profiles.ts";
import { EngineRig } from "../support/engine.ts";
import { startHub } from "../support/hub.ts";
import { assertSameTree } from "../support/tree.ts";

const PROFILE = fin({ scale: 0.03, rows: 250 });
const CHANGED = 2; // of 176

interface Case {
  name: string;
  kind: HubKind;
  /** The way to the hub; without it, as near and fast as it gets. */
  way?: { latencyMs: number; bytesPerSecond: number };
  /** Whether the same hub was synced from the day before. */
  seen: boolean;
  /** Of the package's bytes, directory and all. */
  most: number;
}

const CASES: Case[] = [
  { name: "a near hub of several ranges a request", kind: "modern", seen: true, most: 0.03 },
  { name: "the same, never seen before", kind: "modern", seen: false, most: 0.03 },
  { name: "a near hub of one range a request", kind: "deployed", seen: true, most: 0.05 },
  { name: "the same, never seen before", kind: "deployed", seen: false, most: 0.05 },
  {
    name: "a hub at 1 ms and 5 Mbit/s, never seen before",
    kind: "modern",
    way: { latencyMs: 1, bytesPerSecond: 625_000 },
    seen: false,
    most: 0.03,
  },
  {
    name: "one of one range a request at 1 ms and 5 Mbit/s, never seen before",
    kind: "deployed",
    way: { latencyMs: 1, bytesPerSecond: 625_000 },
    seen: false,
    most: 0.03,
  },
];

for (const { name, kind, way, seen, most } of CASES) {
  Deno.test(`1 % of the files changed, ${name}: at most ${most * 100} % of the bytes`, async () => {
    await using hub = startHub({ kind, profile: PROFILE });
    await using other = new FaultyHub({ kind });
    other.setDataset(hub.name, { version: hub.dataset.version, package: hub.package });
    await using rig = await EngineRig.make();
    assert.equal((await rig.sync(seen ? hub.url : other.url)).status, "success");
    hub.nextDay({ share: 0, added: 0, rewritten: CHANGED });
    if (way !== undefined) Object.assign(hub.hub.pace, way);
    hub.hub.reset();
    const result = await rig.sync(hub.url);
    assert.equal(result.status, "success", result.error);
    const bytes = hub.hub.requests.reduce((sum, { bytesSent }) => sum + bytesSent, 0);
    const share = bytes / hub.package.length;
    assert(share <= most, `${(share * 100).toFixed(1)} % in ${hub.hub.requests.length} requests`);
    assert(bytes > 0 && result.entriesFetched === CHANGED, `${result.entriesFetched} fetched`);
    assertSameTree(await rig.tree(), hub.tree());
  });
}

Deno.test("the pace of a hub is remembered from one run to the next", async () => {
  await using hub = startHub({ profile: PROFILE, latencyMs: 5, bytesPerSecond: 20_000_000 });
  await using rig = await EngineRig.make();
  await rig.sync(hub.url);
  const path = rig.at(".data.datahubsync", "hubs");
  const [[url, , , , roundTripMs, bytesPerMs]] = JSON.parse(await Deno.readTextFile(path)).hubs;
  assert.equal(url, `${hub.url}/`);
  assert(roundTripMs >= 4, `${roundTripMs} ms`);
  assert(bytesPerMs > 0 && bytesPerMs < 30_000, `${bytesPerMs} bytes per ms`);
});
