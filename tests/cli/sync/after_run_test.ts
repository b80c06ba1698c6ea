/** What a run leaves for others: history, metrics and messages, each once. */
import assert from "node:assert/strict";
import { AfterRun, type ObservedRun } from "../../../src/cli/sync/after_run.ts";
import { loadConfig } from "../../../src/config/load_config.ts";
import { StoreError } from "../../../src/errors.ts";
import { historyPathFor, readHistory } from "../../../src/monitoring/history.ts";
import type { DatasetResult } from "../../../src/types.ts";
import { startReceiver } from "../../support/receiver.ts";
import { type TempDir, tempDir } from "../../support/temp.ts";

const NOW = Date.UTC(2026, 10, 22, 4);

/** A run over the datasets `a` and `b`, and what it warned of. */
async function runIn(
  temp: TempDir,
  more: string[] = [],
  signal = new AbortController().signal,
): Promise<{ run: ObservedRun; warnings: string[]; historyPath: string }> {
  const lines = [
    "hub: {url: [http://one.example, http://two.example], token: t0ken-4711}",
    "datasets:",
    "  - {name: a, local_dir: data/a, max_age: 30h}",
    "  - {name: b, local_dir: data/b}",
    ...more,
  ];
  await Deno.writeTextFile(temp.at("config.yaml"), `${lines.join("\n")}\n`);
  const config = await loadConfig(temp.at("config.yaml"), { env: () => undefined });
  const warnings: string[] = [];
  const run = {
    config,
    datasets: config.datasets,
    statePath: temp.at(".last_sync.json"),
    log: { debug() {}, info() {}, error() {}, warn: (text: string) => void warnings.push(text) },
    fetch,
    context: { clock: () => NOW, signal } as ObservedRun["context"],
  };
  return { run, warnings, historyPath: historyPathFor(config.path) };
}

function result(dataset: string, changes: Partial<DatasetResult> = {}): DatasetResult {
  return {
    dataset,
    success: true,
    status: "success",
    version: "2026-11-22T06:00:00",
    versionBefore: null,
    entries: 10,
    entriesFetched: 4,
    entriesDeleted: 1,
    bytesTotal: 1000,
    bytesDownloaded: 400,
    bytesOnDisk: 5000,
    durationMs: 1234,
    phases: { download: 1000 },
    retries: { stalled: 2 },
    startedAt: NOW - 1234,
    ...changes,
  };
}

const failed = { success: false, status: "download_failed" as const, error: "503" };

Deno.test("AfterRun.keep() writes one line a dataset a run, without secrets, with the hub that was asked", async () => {
  await using temp = await tempDir();
  const { run, warnings, historyPath } = await runIn(temp);
  const after = new AfterRun(run);
  await after.keep(result("a", { hub: "http://two.example/" }));
  await after.keep(result("a", { error: "later" }));
  await after.end([result("a"), result("b", { ...failed, error: "no t0ken-4711" })]);
  const [a, b, ...rest] = await readHistory(historyPath);
  assert.deepEqual(rest, []);
  assert.deepEqual(warnings, []);
  const { client, ...figures } = a!;
  assert.match(client, /^\d+\.\d+\.\d+/);
  assert.deepEqual(figures, {
    v: 1,
    at: new Date(NOW - 1234).toISOString(),
    dataset: "a",
    outcome: "success",
    success: true,
    durationMs: 1234,
    phases: { download: 1000 },
    hub: "http://two.example/",
    versionBefore: null,
    version: "2026-11-22T06:00:00",
    entries: 10,
    fetched: 4,
    kept: 6,
    deleted: 1,
    bytesTotal: 1000,
    bytesDownloaded: 400,
    bytesOnDisk: 5000,
    retries: { stalled: 2 },
  });
  assert.deepEqual([b!.dataset, b!.error, b!.hub], ["b", "no ***", "http://one.example"]);
});

Deno.test("AfterRun says in the metrics who is at a dataset, before and after", async () => {
  await using temp = await tempDir();
  await Deno.writeTextFile(temp.at(".last_sync.json"), '{"a":"2026-11-20T06:00:00"}');
  const { run, warnings } = await runIn(temp, ["metrics: {textfile: out/sync.prom}"]);
  const metric = async (name: string): Promise<string[]> =>
    (await Deno.readTextFile(temp.at("out/sync.prom"))).split("\n")
      .filter((line) => line.startsWith(`datahubsync_${name}{`))
      .map((line) => line.slice(`datahubsync_${name}`.length));
  const after = new AfterRun({ ...run, datasets: run.datasets.slice(0, 1) });
  await after.begin();
  assert.deepEqual(await metric("in_progress"), ['{dataset="a"} 1', '{dataset="b"} 0']);
  await after.end([result("a")]);
  assert.deepEqual(await metric("in_progress"), ['{dataset="a"} 0', '{dataset="b"} 0']);
  assert.deepEqual(await metric("last_attempt_success"), ['{dataset="a"} 1']);
  assert.deepEqual(await metric("data_age_seconds"), ['{dataset="a"} 194400']);
  assert.deepEqual(await metric("disk_bytes"), ['{dataset="a"} 5000']);
  assert.deepEqual(await metric("stale"), ['{dataset="a"} 1', '{dataset="b"} 0']);
  await new AfterRun(run).end([result("a", { ...failed, status: "locked" }), result("b")]);
  assert.deepEqual(await metric("in_progress"), ['{dataset="a"} 1', '{dataset="b"} 0']);
  assert.deepEqual(warnings, []);
});

Deno.test("AfterRun tells failure, stale data and recovery once each, and nothing of a locked dataset", async () => {
  await using temp = await tempDir();
  await using receiver = startReceiver();
  await Deno.writeTextFile(temp.at(".last_sync.json"), '{"a":"2026-11-20T06:00:00"}');
  const { run } = await runIn(temp, [
    `notify: {targets: [{type: webhook, url: "${receiver.url}"}]}`,
  ]);
  const titles = async (...results: DatasetResult[]): Promise<string[]> => {
    await new AfterRun(run).end(results);
    return receiver.titles();
  };
  assert.deepEqual(await titles(result("a", { ...failed, status: "locked" })), []);
  assert.deepEqual(await titles(result("a", failed), result("b", failed)), [
    "DataHubSync: 2 failing, 1 stale",
  ]);
  assert.deepEqual(await titles(result("a", failed), result("b", failed)), []);
  await Deno.writeTextFile(temp.at(".last_sync.json"), '{"a":"2026-11-22T06:00:00"}');
  assert.deepEqual(await titles(result("a"), result("b", failed)), ["DataHubSync: 2 recovered"]);
  assert.deepEqual(await titles(result("a"), result("b")), ["DataHubSync: b has recovered"]);
  assert.deepEqual(await titles(result("a"), result("b")), []);
});

Deno.test("AfterRun.fail() makes the error every dataset's result", async () => {
  await using temp = await tempDir();
  await using receiver = startReceiver();
  const { run, historyPath } = await runIn(temp, [
    `notify: {targets: [{type: webhook, url: "${receiver.url}"}]}`,
  ]);
  await Deno.writeTextFile(temp.at(".last_sync.json"), "no JSON");
  const error = new StoreError("bad_format", "The state can't be read", { hint: "fix it" });
  const after = new AfterRun(run);
  await after.keep(result("a"));
  await after.fail(error);
  const records = await readHistory(historyPath);
  assert.deepEqual(records.map(({ dataset, error, hint }) => [dataset, error, hint]), [
    ["a", undefined, undefined],
    ["b", "The state can't be read", "fix it"],
  ]);
  assert.deepEqual(receiver.titles(), ["DataHubSync: 2 failing"]);
});

Deno.test("AfterRun only warns when nothing can be written or sent", async () => {
  await using temp = await tempDir();
  await Deno.writeTextFile(temp.at(".datahubsync"), "a file in the way");
  await Deno.writeTextFile(temp.at("out"), "another one");
  const { run, warnings } = await runIn(temp, [
    "metrics: {textfile: out/sync.prom}",
    "notify: {timeout: 0.1, targets: [{type: webhook, url: http://127.0.0.1:1/SECRET-HOOK}]}",
  ]);
  const after = new AfterRun(run);
  await after.begin();
  await after.keep(result("a"));
  await after.end([result("a", failed)]);
  const words = warnings.map((text) => text.split(/[:/]/)[0]);
  assert.deepEqual(words, [
    "Can't write the metrics",
    "Can't write the history",
    "Can't write the metrics",
    "can't notify webhook at 127.0.0.1",
    "can't remember who was notified in ",
  ]);
  assert(!warnings.join().includes("SECRET-HOOK"));
});

Deno.test("AfterRun sends nothing once it was told to stop, and does nothing after its end", async () => {
  await using temp = await tempDir();
  const asked = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<Response>();
  await using receiver = startReceiver(() => {
    asked.resolve();
    return answer.promise;
  });
  const stop = new AbortController();
  const { run, warnings } = await runIn(temp, [
    `notify: {timeout: 300, targets: [{type: webhook, url: "${receiver.url}"}]}`,
  ], stop.signal);
  const ending = new AfterRun(run).end([result("a", failed)]);
  await asked.promise;
  stop.abort();
  await ending;
  const state = temp.at(".datahubsync", "notify.json");
  const remembered = JSON.parse(await Deno.readTextFile(state));
  assert.deepEqual(
    remembered.datasets.a.failure,
    { since: NOW, told: [] },
    "told after the next run",
  );
  await new AfterRun(run).end([result("b", failed)]);
  assert.equal(receiver.received.length, 1);
  // Whatever comes of the message now, nobody waits for it and nobody writes.
  answer.resolve(Response.json({}));
  assert.deepEqual(JSON.parse(await Deno.readTextFile(state)), remembered);
  assert.deepEqual(warnings, []);
});
