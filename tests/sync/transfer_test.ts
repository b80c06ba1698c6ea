/**
 * How the bytes come: resume across runs, several connections, every kind of hub, packages that are
 * replaced meanwhile.
 *
 * Longer than 250 lines because each way in which bytes can come is crossed with the kinds of hubs.
 */
import assert from "node:assert/strict";
import type { FaultyHub, HubKind } from "../support/faulty_hub/hub.ts";
import { reporterOf } from "../../src/sync/sync_context.ts";
import type { DatasetResult } from "../../src/types.ts";
import { seededRandom } from "../support/random.ts";
import { EngineRig } from "../support/engine.ts";
import { assertSameTree, type Tree } from "../support/tree.ts";
import {
  evenClock,
  hubWith,
  NAME,
  packageRequests,
  treeOf,
  versionOf,
  watched,
  zipOf,
} from "./watched.ts";

const MB = 1 << 20;

/** So many files of noise, which doesn't deflate. */
function noiseTree(files: number, size: number, seed = 1): Tree {
  const random = seededRandom(seed);
  const tree: Tree = new Map();
  for (let index = 0; index < files; index++) {
    const content = new Uint8Array(size);
    for (let at = 0; at < size; at += 4) {
      const bits = random() * 2 ** 32;
      content[at] = bits;
      content[at + 1] = bits >>> 8;
      content[at + 2] = bits >>> 16;
      content[at + 3] = bits >>> 24;
    }
    tree.set(`f${String(index).padStart(3, "0")}.bin`, content);
  }
  return tree;
}

/** Ten minutes after {@linkcode versionOf} the hub has built the next package. */
const REBUILT = "2026-01-01T20:20:00";

const kinds: HubKind[] = ["deployed", "modern"];
const tree = noiseTree(60, 100_000);
const package_ = zipOf(tree, { level: 1 });

/**
 * Syncs until so many bytes have come and so many entries are verified, and stops the run then. The hub
 * goes on at a snail's pace meanwhile, so that the run isn't over before, however busy the machine is.
 */
async function syncUntil(
  rig: EngineRig,
  hub: FaultyHub,
  goal: { bytes: number; entries: number },
): Promise<DatasetResult> {
  const controller = new AbortController();
  const { bytesPerSecond } = hub.pace;
  let [bytes, entries] = [0, 0];
  const look = () => {
    if (bytes >= goal.bytes) hub.pace.bytesPerSecond = 1;
    if (bytes >= goal.bytes && entries >= goal.entries) controller.abort();
  };
  const reporter = reporterOf({
    received(event) {
      bytes += event.bytes;
      look();
    },
    extracted(event) {
      entries += event.entries;
      look();
    },
  });
  const result = await rig.sync(hub.url, { context: { signal: controller.signal, reporter } });
  hub.pace.bytesPerSecond = bytesPerSecond;
  return result;
}

for (const kind of kinds) {
  Deno.test(`an interrupted download goes on where it was (${kind})`, async () => {
    await using hub = hubWith({ version: versionOf(1), package: package_ }, {
      kind,
      bytesPerSecond: 20 * MB,
    });
    await using rig = await EngineRig.make();
    let sent = 0;
    for (let run = 0; run < 2; run++) {
      const result = await syncUntil(rig, hub, { bytes: 1.5 * MB, entries: 6 });
      assert.equal(result.status, "interrupted");
      assertSameTree(await rig.tree(), new Map());
      assert.equal(await rig.recorded(), null);
      sent += hub.bytesSent("/package/");
      hub.reset();
    }
    const { result, plan } = await watched(rig, hub.url);
    sent += hub.bytesSent("/package/");
    assert.equal(result.status, "success", result.error);
    assert(plan!.staged > 5, "what was verified is kept");
    assert(plan!.bytesToFetch < package_.length - 2 * MB);
    assertSameTree(await rig.tree(), tree);
    // Three directories, and what was under way when the run ended.
    assert(sent < package_.length * 1.05 + 3 * 140_000 + 2 * MB, `${sent} of ${package_.length}`);
  });
}

Deno.test("a connection that breaks again and again costs no byte twice", async () => {
  await using hub = hubWith({ version: versionOf(1), package: package_ }, { kind: "deployed" });
  for (let turn = 0; turn < 8; turn++) hub.faults.add({ name: "reset", after: 700_000 });
  await using rig = await EngineRig.make();
  const result = await rig.sync(hub.url, { context: { retries: 2 } });
  assert.equal(result.status, "success", result.error);
  assertSameTree(await rig.tree(), tree);
  const sent = hub.bytesSent("/package/");
  assert(sent < package_.length * 1.1 + 140_000, `${sent} of ${package_.length}`);
  assert(Object.values(result.retries).reduce((sum, count) => sum + count, 0) >= 7);
});

Deno.test("several connections share the work, and no byte comes twice", async () => {
  const large = noiseTree(24, MB);
  const package_ = zipOf(large, { level: 0 });
  for (const connections of [2, 3] as const) {
    await using hub = hubWith({ version: versionOf(1), package: package_ }, { kind: "modern" });
    await using rig = await EngineRig.make();
    await rig.sync(hub.url, { job: { planOnly: true } });
    hub.reset();
    // A folder that isn't empty, so that the whole doesn't come with the directory.
    await using warm = await EngineRig.make();
    const small = treeOf({ "f000.bin": "x" });
    hub.setDataset(NAME, { version: versionOf(1), package: zipOf(small) });
    await warm.sync(hub.url);
    hub.setDataset(NAME, { version: versionOf(2), package: package_ });
    hub.reset();
    const result = await warm.sync(hub.url, { context: { connections } });
    assert.equal(result.status, "success", result.error);
    assertSameTree(await warm.tree(), large);
    const requests = packageRequests(hub);
    assert(requests.length > connections, `${requests.length} requests`);
    const sent = hub.bytesSent("/package/");
    assert(sent < package_.length + 200_000, `${sent} of ${package_.length}`);
  }
});

Deno.test("auto stays at one connection with a hub that answers one request at a time", async () => {
  const large = noiseTree(12, MB);
  await using hub = hubWith({ version: versionOf(1), package: zipOf(treeOf({ "a.csv": "1" })) }, {
    kind: "deployed",
  });
  await using rig = await EngineRig.make({ dataset: { stripPrefix: "" } });
  await rig.sync(hub.url);
  hub.setDataset(NAME, { version: versionOf(2), package: zipOf(large, { level: 0 }) });
  hub.reset();
  const result = await rig.sync(hub.url);
  assert.equal(result.status, "success", result.error);
  assert.equal(packageRequests(hub).length, 2, "the directory, and all the rest in one");
  assertSameTree(await rig.tree(), large);
});

Deno.test("a hub without ranges serves updates by its whole package, once", async () => {
  const before = noiseTree(20, 50_000);
  await using hub = hubWith({ version: versionOf(1), package: zipOf(before) }, {
    kind: "no_ranges",
  });
  await using rig = await EngineRig.make();
  await rig.sync(hub.url);
  assert.equal(packageRequests(hub).length, 1, "the directory came with the package");
  const after = new Map([...before, ["f003.bin", new Uint8Array(9)] as const]);
  const package_ = zipOf(after);
  hub.setDataset(NAME, { version: versionOf(2), package: package_ });
  hub.reset();
  const { result } = await watched(rig, hub.url);
  assert.equal(result.status, "success", result.error);
  assert.equal(result.entriesFetched, 1);
  assertSameTree(await rig.tree(), after);
  const sent = hub.bytesSent("/package/");
  assert(sent < package_.length * 2 + 500_000, `${sent} of ${package_.length}`);
});

Deno.test("many small changes come in few requests where one can hold many ranges", async () => {
  const before = noiseTree(120, 20_000);
  await using hub = hubWith({ version: versionOf(1), package: zipOf(before) }, { kind: "modern" });
  await using rig = await EngineRig.make();
  await rig.sync(hub.url);
  const after = new Map(before);
  for (let index = 0; index < 120; index += 3) {
    after.set(
      `f${String(index).padStart(3, "0")}.bin`,
      noiseTree(1, 3000, index + 7).get("f000.bin")!,
    );
  }
  const package_ = zipOf(after);
  hub.setDataset(NAME, { version: versionOf(2), package: package_ });
  hub.reset();
  const result = await rig.sync(hub.url, { client: evenClock() });
  assert.equal(result.status, "success", result.error);
  assert.equal(result.entriesFetched, 40);
  assertSameTree(await rig.tree(), after);
  const requests = packageRequests(hub);
  assert(requests.some(({ range }) => range!.split(",").length > 30), "all in one header");
  assert.equal(requests.length, 2);
  const sent = hub.bytesSent("/package/");
  assert(sent < 40 * 3500 + 150_000, `${sent} of ${package_.length}`);
});

Deno.test("a hub that refuses many ranges is asked for fewer, and that is remembered", async () => {
  const before = noiseTree(120, 20_000);
  await using hub = hubWith({ version: versionOf(1), package: zipOf(before) }, { kind: "modern" });
  await using rig = await EngineRig.make();
  await rig.sync(hub.url);
  const after = new Map(before);
  for (const path of [...before.keys()].filter((_, at) => at % 3 === 0)) {
    after.set(path, new Uint8Array(5));
  }
  hub.setDataset(NAME, { version: versionOf(2), package: zipOf(after) });
  hub.reset();
  // The first answer is the directory's; the second request has many ranges and is refused.
  hub.faults.add({ name: "slow_first_byte", ms: 1 }, { name: "status_416" }, {
    name: "status_416",
  });
  const result = await rig.sync(hub.url, { client: evenClock() });
  assert.equal(result.status, "success", result.error);
  assertSameTree(await rig.tree(), after);
  const counts = packageRequests(hub).map(({ range }) => range!.split(",").length);
  const [directory, first, second, ...rest] = counts;
  assert.equal(directory, 1);
  assert(first! > 30 && second === first! >> 1, `${counts}`);
  assert(rest.length > 2 && rest.every((count) => count <= second! >> 1), `${counts}`);
});

for (const kind of kinds) {
  for (const then of ["cut", "old", "new"] as const) {
    Deno.test(`a package replaced in mid-download is planned again (${kind}, ${then})`, async () => {
      const next = new Map(tree);
      next.set("f002.bin", new Uint8Array(10));
      next.set("f050.bin", new Uint8Array(20));
      await using hub = hubWith({ version: versionOf(1), package: package_ }, { kind });
      const other = zipOf(next, { level: 1 });
      hub.faults.add({
        name: "replace_package",
        after: 3 * MB,
        package: other,
        version: REBUILT,
        then,
      });
      await using rig = await EngineRig.make();
      const result = await rig.sync(hub.url);
      if (result.status === "success") {
        const found = await rig.tree();
        assertSameTree(found, then === "old" && found.get("f002.bin")!.length > 10 ? tree : next);
      } else {
        assert.equal(result.status, "download_failed", result.error);
        assertSameTree(await rig.tree(), new Map());
      }
      const again = await rig.sync(hub.url);
      assert(again.success, again.error);
      assertSameTree(await rig.tree(), next);
      assert.equal(await rig.recorded(), REBUILT);
      const sent = hub.bytesSent("/package/");
      assert(sent < 2.2 * package_.length, `${sent} of ${package_.length}`);
    });
  }
}

Deno.test("a package that is replaced without end fails after a bounded number of rounds", async () => {
  const trees = [0, 1, 2].map((seed) => noiseTree(30, 50_000, seed));
  const packages = trees.map((one) => zipOf(one, { level: 1 }));
  await using hub = hubWith({ version: versionOf(1), package: packages[0]! }, { kind: "modern" });
  await using rig = await EngineRig.make();
  for (let turn = 1; turn < 60; turn++) {
    hub.faults.add({ name: "replace_package", after: 20_000, package: packages[turn % 3]! });
  }
  const result = await rig.sync(hub.url);
  assert.equal(result.status, "download_failed", result.error);
  assertSameTree(await rig.tree(), new Map());
  assert(packageRequests(hub).length < 60, `${packageRequests(hub).length} requests`);
  hub.reset();
  const again = await rig.sync(hub.url);
  assert.equal(again.status, "success", again.error);
});

Deno.test("bytes that come damaged are fetched again, the good ones aren't", async () => {
  await using hub = hubWith({ version: versionOf(1), package: package_ }, { kind: "modern" });
  hub.faults.add({ name: "bit_flip", offset: 2_500_000 });
  await using rig = await EngineRig.make();
  const result = await rig.sync(hub.url);
  assert.equal(result.status, "success", result.error);
  assertSameTree(await rig.tree(), tree);
  const sent = hub.bytesSent("/package/");
  assert(sent < package_.length + 600_000, `${sent} of ${package_.length}`);
});

Deno.test("an entry that always comes damaged fails the sync with its name", async () => {
  await using hub = hubWith({ version: versionOf(1), package: package_ }, { kind: "modern" });
  hub.faults.add({ name: "bit_flip", offset: 2_500_000, times: Infinity });
  await using rig = await EngineRig.make();
  const result = await rig.sync(hub.url);
  assert.equal(result.status, "extract_failed");
  assert.match(result.error!, /f0\d\d\.bin/);
  assertSameTree(await rig.tree(), new Map());
  hub.reset();
  const again = await rig.sync(hub.url);
  assert.equal(again.status, "success", again.error);
  assertSameTree(await rig.tree(), tree);
});

/** One file that is extracted while it arrives, between two small ones. */
const bigTree: Tree = new Map([
  ["a.csv", new Uint8Array(10).fill(49)],
  ["big.bin", noiseTree(1, 24 * MB).get("f000.bin")!],
  ["z.csv", new Uint8Array(10).fill(50)],
]);
const bigZip = zipOf(bigTree, { level: 1 });

for (const kind of ["deployed", "modern", "no_ranges"] as const) {
  Deno.test(`a big entry survives interruptions and cut connections (${kind})`, async () => {
    await using hub = hubWith({ version: versionOf(1), package: bigZip }, {
      kind,
      bytesPerSecond: 80 * MB,
    });
    await using rig = await EngineRig.make();
    const stopped = await syncUntil(rig, hub, { bytes: 14 * MB, entries: 0 });
    assert.equal(stopped.status, "interrupted", stopped.error);
    const left = [...Deno.readDirSync((await rig.layout()).staging)].length;
    assert(left <= 1, "a half-made file was left");
    hub.faults.add({ name: "reset", after: 5 * MB });
    const result = await rig.sync(hub.url);
    assert.equal(result.status, "success", result.error);
    assertSameTree(await rig.tree(), bigTree);
  });

  Deno.test(`a big entry that is replaced or damaged while it arrives is fetched again (${kind})`, async () => {
    const next = new Map(bigTree);
    next.set("big.bin", noiseTree(1, 22 * MB, 5).get("f000.bin")!);
    const faults = [
      { name: "bit_flip", offset: 15 * MB } as const,
      { name: "replace_package", after: 15 * MB, package: zipOf(next, { level: 1 }) } as const,
    ];
    for (const fault of faults) {
      await using hub = hubWith({ version: versionOf(1), package: bigZip }, { kind });
      hub.faults.add(fault);
      await using rig = await EngineRig.make();
      const result = await rig.sync(hub.url);
      assert.equal(result.status, "success", `${fault.name}: ${result.error}`);
      assertSameTree(await rig.tree(), fault.name === "bit_flip" ? bigTree : next);
    }
  });
}
