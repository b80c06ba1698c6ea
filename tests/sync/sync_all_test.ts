/** Datasets and hubs one after another: a bad one holds up none of the others. */
import assert from "node:assert/strict";
import { FaultyHub } from "../support/faulty_hub/hub.ts";
import type { DatasetConfig } from "../../src/config/dataset_config.ts";
import type { DatasetResult } from "../../src/types.ts";
import { RawServer, write } from "../hub/raw_server.ts";
import { untilClosed } from "../support/faulty_hub/response_writer.ts";
import { CLOSED_PORT } from "../support/closed_port.ts";
import { EngineRig } from "../support/engine.ts";
import { assertSameTree, readTree } from "../support/tree.ts";
import { hubWith, NAME, treeOf, versionOf, zipOf } from "./watched.ts";

const files = treeOf({ "a.csv": "1\n", "b.csv": "2\n".repeat(3000) });
const package_ = zipOf(files);

/** A hub that nobody listens behind. */
const dead = `http://127.0.0.1:${CLOSED_PORT}`;

Deno.test("syncAll() goes on after a bad dataset, and gives each a result in its order", async () => {
  await using hub = new FaultyHub({
    kind: "modern",
    datasets: {
      one: { version: versionOf(1), package: package_ },
      bad: { version: versionOf(1), package: package_.subarray(0, 100) },
      unready: { version: versionOf(1) },
      two: { version: versionOf(1), package: package_ },
    },
  });
  await using rig = await EngineRig.make();
  const datasets = ["one", "bad", "none", "unready", "two"].map((name): DatasetConfig => ({
    ...rig.dataset,
    name,
    localDir: rig.at(name),
  }));
  const results: DatasetResult[] = [];
  const onResult = (result: DatasetResult) => {
    results.push(result);
    return Promise.resolve();
  };
  await rig.sync(hub.url, { job: { datasets, onResult } });
  assert.deepEqual(results.map(({ dataset, status }) => [dataset, status]), [
    ["one", "success"],
    ["bad", "download_failed"],
    ["none", "not_found"],
    ["unready", "package_not_ready"],
    ["two", "success"],
  ]);
  assert.equal(
    hub.requests.filter(({ path }) => path === "/api/datasets").length,
    1,
    "one catalog",
  );
  for (const name of ["one", "two"]) assertSameTree(await readTree(rig.at(name)), files);
  const state = JSON.parse(await Deno.readTextFile(rig.statePath));
  assert.deepEqual(state, { one: versionOf(1), two: versionOf(1) });
});

Deno.test("syncAll() asks the next hub where one is dead, and says so when all are", async () => {
  await using hub = hubWith({ version: versionOf(1), package: package_ });
  await using rig = await EngineRig.make();
  const none = await rig.sync([dead, dead]);
  assert.equal(none.status, "download_failed");
  assert(none.error!.length > 10);
  const result = await rig.sync([dead, hub.url]);
  assert.equal(result.status, "success", result.error);
  assertSameTree(await rig.tree(), files);
});

Deno.test("syncAll() counts the time of a hub that is dead once", async () => {
  await using rig = await EngineRig.make();
  let now = 0;
  const clock = () => now += 1000;
  const { status, startedAt, durationMs } = await rig.sync([dead, dead], { context: { clock } });
  assert.equal(status, "download_failed");
  assert(startedAt + durationMs <= now, `${startedAt} and ${durationMs} are later than ${now}`);
});

Deno.test("syncAll() asks the next hub after seconds where one says nothing, and waits for it where none does", async () => {
  await using good = hubWith({ version: versionOf(1), package: package_ });
  let mute = true;
  await using silent = new RawServer(async (connection, head) => {
    if (mute) return await untilClosed(connection);
    const answer = await fetch(`${good.url}${head.split(" ")[1]}`);
    const body = new Uint8Array(await answer.arrayBuffer());
    await write(connection, `HTTP/1.1 ${answer.status} X\r\nConnection: close\r\n\r\n`);
    for (let rest = body; rest.length > 0;) rest = rest.subarray(await connection.write(rest));
  });
  await using rig = await EngineRig.make();
  const client = { hurryMs: 200, timeoutMs: 60_000, retries: 5 };
  const result = await rig.sync([silent.url, good.url], { client });
  assert.equal(result.status, "success", result.error);
  assert.equal(silent.heads.length, 1, "it is asked once");
  assertSameTree(await rig.tree(), files);

  await using other = await EngineRig.make();
  setTimeout(() => mute = false, 600);
  const late = await other.sync([dead, silent.url], {
    client: { ...client, timeoutMs: 400, retries: 9 },
  });
  assert.equal(late.status, "success", late.error);
});

Deno.test("syncAll() leaves a hub that goes away for the next one, without the minute for an only one", async () => {
  await using good = hubWith({ version: versionOf(1), package: package_ });
  const catalog = JSON.stringify({ datasets: [{ name: NAME, last_updated: versionOf(1) }] });
  await using leaving = new RawServer(async (connection) => {
    await write(
      connection,
      `HTTP/1.1 200 OK\r\nContent-Length: ${catalog.length}\r\nConnection: close\r\n\r\n${catalog}`,
    );
    void leaving[Symbol.asyncDispose]();
  });
  await using rig = await EngineRig.make();
  const result = await rig.sync([leaving.url, good.url], { context: { retries: 9 } });
  assert.equal(result.status, "success", result.error);
  assert(rig.waits.length <= 2, `${rig.waits.length} waits`);
});

Deno.test("syncAll() asks the next hub at once where one wants to be asked again in a minute, or tomorrow", async () => {
  await using good = hubWith({ version: versionOf(1), package: package_ });
  for (
    const [path, retryAfter] of [["/api/", 86_400], ["/package/", 86_400], [
      "/package/",
      60,
    ]] as const
  ) {
    await using busy = hubWith({ version: versionOf(1), package: package_ });
    busy.faults.add({ name: "status_429", retryAfter, path, times: Infinity });
    await using rig = await EngineRig.make();
    const result = await rig.sync([busy.url, good.url], { context: { retries: 5 } });
    assert.equal(result.status, "success", result.error);
    assert.deepEqual(rig.waits, [], path);
    if (retryAfter === 60) continue;
    const alone = await rig.sync(busy.url, { context: { retries: 5 }, job: { force: true } });
    assert.match(alone.hint ?? "", /^the hub asks not to be asked again before 20\d\d-.*Z: /);
    assert.deepEqual(rig.waits, [], path);
  }
});

Deno.test("syncAll() asks the next hub where one fails to deliver, and keeps what came", async () => {
  await using good = hubWith({ version: versionOf(1), package: package_ });
  const bad = {
    cut: { version: versionOf(1), package: package_.subarray(0, -40) },
    unready: { version: versionOf(1) },
    damaged: { version: versionOf(1), package: package_ },
  };
  for (const [what, dataset] of Object.entries(bad)) {
    await using first = hubWith(dataset);
    if (what === "damaged") first.faults.add({ name: "bit_flip", offset: 60, times: Infinity });
    await using rig = await EngineRig.make();
    const result = await rig.sync([first.url, good.url]);
    assert.equal(result.status, "success", `${what}: ${result.error}`);
    assert.equal(result.version, versionOf(1));
    assertSameTree(await rig.tree(), files);
    const sent = first.bytesSent("/package/") + good.bytesSent("/package/");
    if (what !== "unready") assert(result.bytesDownloaded > 0 && result.bytesDownloaded <= sent);
  }
});

Deno.test("syncAll() asks no other hub where the first has nothing new", async () => {
  await using first = hubWith({ version: versionOf(1), package: package_ });
  await using second = hubWith({ version: versionOf(1), package: package_ });
  await using rig = await EngineRig.make();
  await rig.sync([first.url, second.url]);
  const again = await rig.sync([first.url, second.url]);
  assert.equal(again.status, "up_to_date");
  assert.deepEqual(second.requests, []);
});

Deno.test("syncAll() ends when it is interrupted, with a result for every dataset", async () => {
  await using hub = hubWith({ version: versionOf(1), package: package_ });
  await using rig = await EngineRig.make();
  const controller = new AbortController();
  const statuses: string[] = [];
  await rig.sync(hub.url, {
    context: {
      signal: controller.signal,
      onStep: (step) => step === "locked" && controller.abort(),
    },
    job: {
      datasets: [rig.dataset, { ...rig.dataset, localDir: rig.at("other") }],
      onResult: (result) => {
        statuses.push(result.status);
        return Promise.resolve();
      },
    },
  });
  assert.deepEqual(statuses, ["interrupted", "interrupted"]);
  assert.equal(hub.bytesSent("/package/"), 0);
  assert.equal(await rig.recorded(), null);
  const early = await rig.sync(hub.url, { context: { signal: AbortSignal.abort() } });
  assert.equal(early.status, "interrupted");
});

Deno.test("syncAll() takes what v2.0 recorded", async () => {
  await using hub = hubWith({ version: versionOf(3), package: package_ });
  await using rig = await EngineRig.make();
  await Deno.mkdir(rig.dataset.localDir);
  await Deno.writeTextFile(`${rig.dataset.localDir}/a.csv`, "1\n");
  await Deno.writeTextFile(rig.statePath, "");
  assert.equal((await rig.sync(hub.url)).versionBefore, null, "its installer leaves an empty file");
  await Deno.writeTextFile(rig.statePath, JSON.stringify({ [NAME]: versionOf(3), other: "x" }));
  assert.equal((await rig.sync(hub.url)).status, "up_to_date");
  hub.setDataset(NAME, { version: versionOf(4), package: package_ });
  const result = await rig.sync(hub.url);
  assert.equal(result.versionBefore, versionOf(3));
  assert.equal(result.entriesFetched, 0, "the bytes are the same");
  const state = JSON.parse(await Deno.readTextFile(rig.statePath));
  assert.deepEqual(state, { [NAME]: versionOf(4), other: "x" });
});
