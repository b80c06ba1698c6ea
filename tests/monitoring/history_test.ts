/** The history keeps a run's figures and no secrets, whoever writes to it at the same time. */
import assert from "node:assert/strict";
import { join } from "node:path";
import {
  appendHistory,
  historyPathFor,
  readHistory,
  readWholeHistory,
} from "../../src/monitoring/history.ts";
import { recordOf } from "../../src/monitoring/history_record.ts";
import type { DatasetResult } from "../../src/types.ts";
import { run } from "../support/command.ts";
import { record } from "./records.ts";
import { tempDir } from "../support/temp.ts";

async function inFolder(body: (path: string) => Promise<void>): Promise<void> {
  await using temp = await tempDir();
  const dir = temp.path;
  await body(historyPathFor(join(dir, "config.yaml")));
}

const result: DatasetResult = {
  dataset: "股票",
  success: false,
  status: "download_failed",
  version: null,
  versionBefore: "2026-11-19T06:00:00",
  entries: 10,
  entriesFetched: 4,
  entriesDeleted: 0,
  bytesTotal: 1000,
  bytesDownloaded: 400,
  durationMs: 1234.6,
  error: "Failed to download 股票: 503 from http://hub/package?sig=abc with s3cret",
  phases: { catalog: 10 },
  retries: { stalled: 2 },
  startedAt: Date.UTC(2026, 10, 22, 0, 15),
};

Deno.test("recordOf() keeps a result's figures and no secrets", () => {
  const about = { hub: "https://u:p@hub.example/x", binaryVersion: "3.0.0", secrets: ["s3cret"] };
  assert.deepEqual(recordOf(result, about), {
    v: 1,
    at: "2026-11-22T00:15:00.000Z",
    dataset: "股票",
    outcome: "download_failed",
    success: false,
    durationMs: 1235,
    phases: { catalog: 10 },
    hub: "https://hub.example/x",
    client: "3.0.0",
    versionBefore: "2026-11-19T06:00:00",
    version: null,
    entries: 10,
    fetched: 4,
    kept: 6,
    deleted: 0,
    bytesTotal: 1000,
    bytesDownloaded: 400,
    retries: { stalled: 2 },
    error: "Failed to download 股票: 503 from http://hub/package?… with ***",
  });
});

Deno.test("appendHistory() then readHistory() gives the same records, oldest first", () =>
  inFolder(async (path) => {
    const records = [record({ dataset: "股票" }), record({ error: "a b", bytesOnDisk: 7 })];
    for (const one of records) await appendHistory(path, one);
    assert.deepEqual(await readHistory(path), records);
    assert.equal((await Deno.readTextFile(path)).split("\n").length, 3);
  }));

Deno.test("readHistory() is empty without a file", () =>
  inFolder(async (path) => assert.deepEqual(await readHistory(path), [])));

Deno.test("readHistory() skips garbage and reads lines of newer versions", () =>
  inFolder(async (path) => {
    await appendHistory(path, record());
    const newer = { ...record({ v: 9, dataset: "newer" }), color: "red", entries: "many" };
    await Deno.writeTextFile(path, `\0\0\n[]\nnull\n{"v":1}\n${JSON.stringify(newer)}\n`, {
      append: true,
    });
    assert.deepEqual(await readHistory(path), [
      record(),
      record({ v: 9, dataset: "newer", entries: 0 }),
    ]);
  }));

Deno.test("appendHistory() begins a new line after a torn one", () =>
  inFolder(async (path) => {
    await appendHistory(path, record({ dataset: "one" }));
    await Deno.writeTextFile(path, '{"v":1,"at":"2026-', { append: true });
    await appendHistory(path, record({ dataset: "two" }));
    assert.deepEqual((await readHistory(path)).map((one) => one.dataset), ["one", "two"]);
  }));

Deno.test("appendHistory() drops what is past the age and keeps its counts", () =>
  inFolder(async (path) => {
    const limits = { maxAgeMs: 86_400_000, maxSize: 1e6 };
    await appendHistory(path, record({ at: "2026-11-01T00:00:00.000Z" }), limits);
    await appendHistory(path, record({ at: "2026-11-20T00:00:00.000Z" }), limits);
    await appendHistory(path, record({ at: "2026-11-21T12:00:00.000Z" }), limits);
    const { records, trimmed } = await readWholeHistory(path);
    assert.deepEqual(records.map((one) => one.at), ["2026-11-21T12:00:00.000Z"]);
    assert.deepEqual(trimmed["a"]?.outcomes, { success: 2 });
    assert.equal(trimmed["a"]?.sums["bytesDownloaded"], 18_000_000);
  }));

Deno.test("appendHistory() keeps the file below its size: old quiet runs go before the others", () =>
  inFolder(async (path) => {
    const limits = { maxAgeMs: 9e12, maxSize: 30_000 };
    const at = (day: number): string => new Date(Date.UTC(2026, 0, day)).toISOString();
    for (let day = 1; day <= 100; day++) {
      const outcome = day % 2 === 0 ? "up_to_date" : "success";
      await appendHistory(path, record({ at: at(day), outcome }), limits);
      assert((await Deno.stat(path)).size <= limits.maxSize);
    }
    const { records, trimmed } = await readWholeHistory(path);
    assert.equal(records.at(-1)?.at, at(100));
    const quiet = trimmed["a"]?.outcomes["up_to_date"] ?? 0;
    assert(quiet > 10, "quiet runs were trimmed");
    assert(quiet > (trimmed["a"]?.outcomes["success"] ?? 0), "before the others");
    const left = (outcome: string): number =>
      records.filter((one) => one.outcome === outcome).length;
    assert.equal(left("up_to_date") + quiet, 50);
    assert.equal(left("success") + (trimmed["a"]?.outcomes["success"] ?? 0), 50);
  }));

Deno.test("appendHistory() from several processes at once loses no line while trimming", () =>
  inFolder(async (path) => {
    const module = new URL("../../src/monitoring/history.ts", import.meta.url).href;
    const code = `import { appendHistory } from ${JSON.stringify(module)};
      const one = JSON.parse(Deno.args[1]);
      for (let n = 0; n < 40; n++) await appendHistory(Deno.args[0], one, { maxAgeMs: 9e12, maxSize: 20000 });`;
    const script = join(path, "../../append.ts");
    await Deno.writeTextFile(script, code);
    const words = ["run", "-A", "--no-check", "--no-config", script, path];
    await Promise.all(
      ["a", "b", "c"].map((dataset) =>
        run(Deno.execPath(), [...words, JSON.stringify(record({ dataset }))])
      ),
    );
    const { records, trimmed } = await readWholeHistory(path);
    for (const dataset of ["a", "b", "c"]) {
      const there = records.filter((one) => one.dataset === dataset).length;
      assert.equal(there + (trimmed[dataset]?.outcomes["success"] ?? 0), 40);
    }
  }));

Deno.test("appendHistory() doesn't wait for a reader who keeps the history locked", () =>
  inFolder(async (path) => {
    await appendHistory(path, record({ dataset: "one" }));
    using reader = await Deno.open(path);
    await reader.lock(true);
    await appendHistory(path, record({ dataset: "two" }), { maxAgeMs: 9e12, maxSize: 1 });
    const { records, trimmed } = await readWholeHistory(path);
    assert.deepEqual(records.map((one) => one.dataset), ["two"]);
    assert.deepEqual(trimmed["one"]?.outcomes, { success: 1 });
  }));
