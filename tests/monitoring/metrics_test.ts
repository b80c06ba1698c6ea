/**
 * The metrics are the history's figures, in a form that Prometheus takes; the alerts fire when
 * they should.
 */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import type { History } from "../../src/monitoring/history.ts";
import { renderMetrics, writeMetrics } from "../../src/monitoring/metrics.ts";
import { outcomeOf } from "../support/command.ts";
import { record } from "./records.ts";
import { installed } from "../support/installed.ts";
import { tempDir } from "../support/temp.ts";

const NOW = Date.UTC(2026, 10, 24, 12);
const history: History = {
  trimmed: { a: { outcomes: { success: 5 }, sums: { bytesDownloaded: 1000 } } },
  records: [
    record({
      bytesOnDisk: 600,
      newestRow: "2026-11-19T16:00:00.000Z",
      retries: { stalled: 2, unreachable: 1 },
    }),
    record({ at: "2026-11-21T12:00:00.000Z", outcome: "up_to_date", bytesDownloaded: 0 }),
    record({ at: "2026-11-22T12:00:00.000Z", outcome: "download_failed", bytesDownloaded: 7 }),
    record({ at: "2026-11-23T12:00:00.000Z", outcome: "locked", bytesDownloaded: 0 }),
    record({ dataset: "gone", outcome: "success" }),
  ],
};
const input = {
  history,
  datasets: [
    {
      name: "a",
      instant: Date.UTC(2026, 10, 20, 6),
      maxAge: { hours: 24, weekdays: [1, 2, 3, 4, 5], hour: 0 },
    },
    { name: 'odd "名"\\\n', instant: null, inProgress: true },
  ],
  now: NOW,
  timezone: "Asia/Shanghai",
  binaryVersion: "3.0.0",
};

/** The value of one sample. */
function valueOf(text: string, sample: string): number {
  const line = text.split("\n").find((one) => one.startsWith(sample + " "));
  assert(line, `no sample ${sample}`);
  return Number(line.slice(sample.length));
}

Deno.test("renderMetrics() tells the history's figures", () => {
  const text = renderMetrics(input);
  const of = (name: string, labels = 'dataset="a"'): number =>
    valueOf(text, `datahubsync_${name}{${labels}}`);
  assert.equal(of("last_success_timestamp_seconds"), Date.UTC(2026, 10, 21, 12) / 1000 + 2.5);
  assert.equal(of("last_attempt_timestamp_seconds"), Date.UTC(2026, 10, 23, 12) / 1000 + 2.5);
  assert.equal(of("last_attempt_success"), 0);
  assert.equal(of("syncs_total", 'dataset="a",outcome="success"'), 6);
  assert.equal(of("syncs_total", 'dataset="a",outcome="download_failed"'), 1);
  assert.equal(of("downloaded_bytes_total"), 9_001_007);
  assert.equal(of("request_retries_total"), 3);
  assert.equal(of("last_sync_duration_seconds"), 2.5);
  assert.equal(of("entries"), 5600);
  assert.equal(of("disk_bytes"), 600);
  assert.equal(of("data_age_seconds"), 102 * 3600);
  assert.equal(of("stale"), 1);
  assert.equal(of("newest_row_timestamp_seconds"), Date.UTC(2026, 10, 19, 16) / 1000);
  assert.equal(of("in_progress", 'dataset="odd \\"名\\"\\\\"'), 1);
  assert.doesNotMatch(text, /gone/);
});

Deno.test("writeMetrics() replaces the file and leaves nothing beside it", async () => {
  await using temp = await tempDir();
  const dir = temp.path;
  const path = join(dir, "datahubsync.prom");
  await Deno.writeTextFile(path, "old");
  await writeMetrics(path, input);
  assert.equal(await Deno.readTextFile(path), renderMetrics(input));
  assert.deepEqual([...Deno.readDirSync(dir)].map((entry) => entry.name), ["datahubsync.prom"]);
  assert.equal(((await Deno.stat(path)).mode ?? 0) & 0o444, 0o444);
});

const promtool = (args: string[], input = "") => outcomeOf("promtool", args, { input });

const missing = !installed("promtool");

Deno.test({
  name: "promtool check metrics is content with renderMetrics()",
  ignore: missing,
  async fn() {
    const output = await promtool(["check", "metrics"], renderMetrics(input));
    assert.equal(output.stderr, "");
    assert.equal(output.code, 0);
  },
});

Deno.test({
  name: "promtool check rules is content with docs/alerts.yml",
  ignore: missing,
  async fn() {
    const path = fileURLToPath(new URL("../../docs/alerts.yml", import.meta.url));
    const output = await promtool(["check", "rules", path]);
    assert.equal(output.code, 0, output.stderr);
  },
});

Deno.test({
  name: "docs/alerts.yml fires for a new package with old rows, not over a weekend",
  ignore: missing,
  async fn() {
    await using temp = await tempDir();
    const rules = fileURLToPath(new URL("../../docs/alerts.yml", import.meta.url));
    const day = 86_400;
    const series = (dataset: string, days: number): unknown[] => [
      {
        series: `datahubsync_data_timestamp_seconds{dataset="${dataset}"}`,
        values: `${9 * day}x30`,
      },
      {
        series: `datahubsync_newest_row_timestamp_seconds{dataset="${dataset}"}`,
        values: `${(9 - days) * day}x30`,
      },
    ];
    const alert = (dataset: string) => ({
      exp_labels: { dataset, severity: "warning" },
      exp_annotations: {
        summary: `The newest row of ${dataset} is 6d 0h 0m 0s older than its package`,
        description: "Look at the hub's data. Where `expect.newest_row` has `within`, " +
          "such a package is rejected.",
      },
    });
    const tests = {
      rule_files: [rules],
      evaluation_interval: "1m",
      tests: [{
        interval: "1m",
        input_series: [...series("old", 6), ...series("monday", 3)],
        alert_rule_test: [
          { eval_time: "20m", alertname: "DataHubSyncOldRows", exp_alerts: [alert("old")] },
        ],
      }],
    };
    await Deno.writeTextFile(temp.at("tests.yml"), JSON.stringify(tests)); // JSON is YAML, too
    const { code, stderr, stdout } = await promtool(["test", "rules", temp.at("tests.yml")]);
    assert.equal(code, 0, stderr + stdout);
  },
});

Deno.test("docs/alerts.yml and docs/dashboard.json name only metrics that are written", async () => {
  const written = renderMetrics({
    ...input,
    datasets: [{ ...input.datasets[0] as typeof input.datasets[0], inProgress: true }],
  });
  for (const file of ["alerts.yml", "dashboard.json"]) {
    const text = await Deno.readTextFile(new URL(`../../docs/${file}`, import.meta.url));
    const names = new Set(text.match(/datahubsync_[a-z_]+/g));
    assert(names.size > 3);
    for (const name of names) assert.match(written, new RegExp(`^# TYPE ${name} `, "m"));
  }
});
