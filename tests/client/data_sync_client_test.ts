/**
 * The library: what a program gets from each call, and what v2.0's callers still get. Longer than
 * 250 lines because each call and each of v2.0's fields is a case.
 */
import assert from "node:assert/strict";
import {
  type DataSyncClient,
  HubError,
  InterruptedError,
  type SyncReporter,
  UsageError,
} from "../../src/mod.ts";
import { Manifest } from "../../src/store/manifest.ts";
import { ClientRig } from "./rig.ts";

Deno.test("syncAll() brings every dataset up to date, in the configuration's order", async () => {
  await using rig = await ClientRig.make();
  await using client = rig.client();
  const results = await client.syncAll();
  assert.deepEqual(results.map(({ datasetName, status }) => [datasetName, status]), [
    ["bars", "success"],
    ["fin", "success"],
  ]);
  assert.equal(await rig.read("data", "fin", "sz", "一般企业.csv"), "3\n");
  assert.deepEqual(Object.keys(JSON.parse(await rig.read(".last_sync.json"))), ["bars", "fin"]);
});

Deno.test("syncDataset() gives v2.0's fields and ours", async () => {
  await using rig = await ClientRig.make();
  await using client = rig.client();
  const result = await client.syncDataset("bars");
  assert.equal(result.datasetName, "bars");
  assert.equal(result.dataset, "bars");
  assert.equal(result.success, true);
  assert.equal(result.error, undefined);
  assert.equal(Date.parse(result.timestamp), result.startedAt + result.durationMs);
  assert.equal(result.entries, 2);
  assert.equal(result.entriesFetched, 2);
  assert.equal(result.plan?.whole, 2);
  assert.deepEqual(JSON.parse(JSON.stringify(result)), result);
});

Deno.test("syncDataset() rejects for a name that isn't configured", async () => {
  await using rig = await ClientRig.make();
  await using client = rig.client();
  await assert.rejects(client.syncDataset("bar"), (error) => {
    assert(error instanceof UsageError);
    assert.match(error.hint ?? "", /did you mean "bars"\?/);
    return true;
  });
});

Deno.test("syncDataset() with dryRun plans and changes nothing", async () => {
  await using rig = await ClientRig.make();
  await using client = rig.client();
  const { plan, status } = await client.syncDataset("bars", { dryRun: true });
  assert.equal(status, "planned");
  assert.equal(plan?.whole, 2);
  assert.deepEqual([...Deno.readDirSync(rig.dir.path)], []);
});

Deno.test("syncDataset() with force reads the files again, though nothing is new", async () => {
  await using rig = await ClientRig.make();
  await using client = rig.client();
  await client.syncDataset("bars");
  await Deno.writeTextFile(rig.dir.at("data", "bars", "a.csv"), "x\n");
  assert.equal((await client.syncDataset("bars")).status, "up_to_date");
  assert.equal((await client.syncDataset("bars", { force: true })).entriesFetched, 1);
  assert.equal(await rig.read("data", "bars", "a.csv"), "1\n");
});

Deno.test("syncDataset() fetches a newer version", async () => {
  await using rig = await ClientRig.make();
  await using client = rig.client();
  await client.syncDataset("bars");
  await rig.hub.offer("bars", { "a.csv": "1\n", "b.csv": "2\n2\n" });
  const result = await client.syncDataset("bars");
  assert.equal(result.entriesFetched, 1);
  assert.notEqual(result.version, result.versionBefore);
  assert.equal(await rig.read("data", "bars", "b.csv"), "2\n2\n");
});

Deno.test("calls on one client take turns", async () => {
  await using rig = await ClientRig.make();
  const order: string[] = [];
  await using client = rig.client({
    reporter: {
      started: (dataset) => void order.push(`${dataset} starts`),
      finished: ({ datasetName }) => void order.push(`${datasetName} ends`),
    },
  });
  await Promise.all([client.syncDataset("fin"), client.syncDataset("bars")]);
  assert.deepEqual(order, ["fin starts", "fin ends", "bars starts", "bars ends"]);
});

Deno.test("a call that fails doesn't hold up the next", async () => {
  await using rig = await ClientRig.make();
  await using client = rig.client();
  await Deno.writeTextFile(rig.statePath, "no JSON");
  const failing = client.syncAll();
  const next = client.syncAll();
  await assert.rejects(failing, { code: "bad_format" });
  await assert.rejects(next, { code: "bad_format" });
  await Deno.remove(rig.statePath);
  assert.equal((await client.syncDataset("bars")).success, true);
});

Deno.test("two clients work side by side on one state and lose nothing", async () => {
  await using rig = await ClientRig.make();
  const told: string[][] = [[], []];
  const reporter = (at: number): SyncReporter => ({
    finished: ({ datasetName }) => void told[at]!.push(datasetName),
  });
  await using first = rig.client({ reporter: reporter(0) });
  await using second = rig.client({ reporter: reporter(1) }, rig.configIn("other"));
  const results = await Promise.all([first.syncDataset("bars"), second.syncDataset("fin")]);
  assert.deepEqual(results.map(({ status }) => status), ["success", "success"]);
  assert.deepEqual(told, [["bars"], ["fin"]]);
  const state = JSON.parse(await rig.read(".last_sync.json"));
  assert.deepEqual(Object.keys(state).sort(), ["bars", "fin"]);
});

Deno.test("syncDataset() is locked while another run works on the dataset", async () => {
  await using rig = await ClientRig.make();
  await using client = rig.client();
  await client.syncDataset("bars");
  await rig.hub.offer("bars", { "a.csv": "new\n" });
  const held = await Deno.open(rig.dir.at("data", ".bars.datahubsync", "lock"), { write: true });
  await held.lock(true);
  const { status, success } = await client.syncDataset("bars");
  assert.deepEqual([status, success], ["locked", false]);
  held.close();
  assert.equal((await client.syncDataset("bars")).status, "success");
});

Deno.test("a client that is closed doesn't end another", async () => {
  await using rig = await ClientRig.make();
  await using stays = rig.client();
  const goes = rig.client({}, rig.configIn("other"));
  await goes.syncDataset("bars");
  await stays.syncDataset("fin");
  await goes.close();
  assert.equal((await stays.syncDataset("fin")).status, "up_to_date");
  await assert.rejects(goes.syncAll(), UsageError);
  await goes.close();
});

Deno.test("close() interrupts what is under way and waits for its end", async () => {
  await using rig = await ClientRig.make();
  let closed: Promise<void> | undefined;
  const client = rig.client({ reporter: { phase: () => void (closed ??= client.close()) } });
  const results = await client.syncAll();
  assert.deepEqual(results.map(({ status }) => status), ["interrupted", "interrupted"]);
  await closed;
  await using again = rig.client();
  assert.equal((await again.syncAll()).every(({ success }) => success), true);
});

Deno.test("a call's signal ends that call only", async () => {
  await using rig = await ClientRig.make();
  await using client = rig.client();
  const stopped = await client.syncDataset("bars", { signal: AbortSignal.abort() });
  assert.equal(stopped.status, "interrupted");
  await assert.rejects(client.checkUpdates({ signal: AbortSignal.abort() }), InterruptedError);
  assert.equal((await client.syncDataset("bars")).status, "success");
});

Deno.test("a client's signal ends all of its calls", async () => {
  await using rig = await ClientRig.make();
  const stop = new AbortController();
  await using client = rig.client({ signal: stop.signal });
  assert.equal((await client.syncDataset("bars")).status, "success");
  stop.abort();
  assert.equal((await client.syncDataset("fin")).status, "interrupted");
});

Deno.test("checkUpdates() tells what a sync would ask for, with one request", async () => {
  await using rig = await ClientRig.make();
  await using client = rig.client();
  await client.syncDataset("bars");
  const asked = rig.hub.requests.length;
  const statuses = async () =>
    (await client.checkUpdates()).map(({ datasetName, status }) => [datasetName, status]);
  assert.deepEqual(await statuses(), [["bars", "up_to_date"], ["fin", "update_available"]]);
  assert.deepEqual(rig.hub.requests.slice(asked), ["/api/datasets"]);
  await rig.hub.offer("bars", { "a.csv": "new\n" });
  assert.deepEqual((await statuses())[0], ["bars", "update_available"]);
});

Deno.test("checkUpdates() doesn't believe the state where the folder is gone", async () => {
  await using rig = await ClientRig.make();
  await using client = rig.client();
  await client.syncDataset("bars");
  await Deno.remove(rig.dir.at("data", "bars"), { recursive: true });
  assert.equal((await client.checkUpdates())[0]?.status, "update_available");
});

Deno.test("checkUpdates() and a sync agree where the folder is ahead of the state, or chosen otherwise", async () => {
  await using rig = await ClientRig.make();
  await using client = rig.client();
  const [first] = await client.syncAll();
  const { version } = first!;
  const agree = async (client: DataSyncClient, status: string) => {
    assert.equal((await client.checkUpdates())[0]?.status, status);
    const plan = (await client.syncDataset("bars", { dryRun: true })).plan;
    assert.equal(plan !== undefined, status === "update_available", "a plan is made where asked");
  };
  await agree(client, "up_to_date");
  // As after a run that died between publishing and recording.
  const path = rig.dir.at("data", ".bars.datahubsync", "manifest");
  const manifest = await Manifest.load(path);
  manifest!.version = "2020-01-01T00:00:00";
  await manifest!.save(path);
  await agree(client, "update_available");
  manifest!.version = version;
  await manifest!.save(path);
  await agree(client, "up_to_date");
  const [bars, fin] = rig.config.datasets;
  const datasets = [{ ...bars!, include: ["a.*"] }, fin!];
  await using other = rig.client({}, { ...rig.config, datasets });
  await agree(other, "update_available");
  await other.syncDataset("bars");
  await agree(other, "up_to_date");
  await agree(client, "update_available");
});

Deno.test("checkUpdates() asks the next hub where one is away, and rejects when all are", async () => {
  await using rig = await ClientRig.make();
  const { hub } = rig.config;
  const away = "http://127.0.0.1:9";
  const both = { ...rig.config, hub: { ...hub, urls: [away, ...hub.urls] } };
  await using client = rig.client({}, both);
  assert.equal((await client.checkUpdates()).length, 2);
  await using lost = rig.client({}, { ...both, hub: { ...hub, urls: [away] } });
  await assert.rejects(
    lost.checkUpdates(),
    (error) => error instanceof HubError && error.code === "unreachable",
  );
});

Deno.test("verify() names what is missing, damaged and extra, and fixes it on request", async () => {
  await using rig = await ClientRig.make();
  await using client = rig.client();
  await client.syncDataset("bars");
  const folder = rig.dir.at("data", "bars");
  await Deno.writeTextFile(`${folder}/a.csv`, "9\n");
  await Deno.remove(`${folder}/b.csv`);
  await Deno.writeTextFile(`${folder}/mine.txt`, "mine");
  for (const offline of [false, true]) {
    const { success, missing, damaged, extra } = await client.verify("bars", { offline });
    assert.deepEqual([success, missing, damaged, extra], [false, ["b.csv"], ["a.csv"], [
      "mine.txt",
    ]]);
  }
  assert.equal((await client.verify("bars", { repair: true })).entriesRepaired, 2);
  assert.equal((await client.verify("bars")).success, true);
});

Deno.test("verify() offline of what was never synced says so in its result", async () => {
  await using rig = await ClientRig.make();
  await using client = rig.client();
  const result = await client.verify("bars", { offline: true });
  assert.equal(result.success, false);
  assert.match(result.error ?? "", /no manifest/);
  assert.match(result.hint ?? "", /run a sync first/);
});

Deno.test("secrets of the configuration are in no result", async () => {
  await using rig = await ClientRig.make();
  const hub = { ...rig.config.hub, urls: ["http://user:s3cr3t@127.0.0.1:9"], token: "t0k3n" };
  await using client = rig.client({}, { ...rig.config, hub });
  const [result] = await client.syncAll();
  assert.equal(result?.status, "download_failed");
  assert.match(result?.error ?? "", /127\.0\.0\.1:9/);
  assert.doesNotMatch(JSON.stringify(result), /s3cr3t|t0k3n/);
});
