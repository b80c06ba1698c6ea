/** What patches saved: from the history's line to the figures of status, report and metrics. */
import assert from "node:assert/strict";
import {
  type HistoryRecord,
  parseRecord,
  savedByPatch,
} from "../../src/monitoring/history_record.ts";
import { addUp } from "../../src/monitoring/history_trim.ts";
import { renderMetrics } from "../../src/monitoring/metrics.ts";
import { figuresOf } from "../../src/monitoring/report/figures.ts";
import { figuresSection } from "../../src/monitoring/report/verdict_section.ts";
import { statusRows } from "../../src/monitoring/status_rows.ts";
import { parseConfig } from "../../src/config/load_config.ts";
import { record } from "./records.ts";

const NOW = Date.UTC(2026, 10, 24, 12);
const PACKAGE = 188_743_680;
const BYTES = 741_337;
const patched = record({ bytesDownloaded: BYTES, byPatch: { entries: 5320, bytes: BYTES } });
const history: HistoryRecord[] = [
  record({ at: "2026-10-01T12:00:00.000Z", byPatch: { entries: 1, bytes: 1 } }),
  record({ at: "2026-11-19T12:00:00.000Z" }),
  patched,
  { ...patched, at: "2026-11-21T12:00:00.000Z", bytesDownloaded: BYTES + 1000 },
];

Deno.test("a record keeps what came by patch, and one without is as it was", () => {
  assert.deepEqual(parseRecord(JSON.stringify(patched)), patched);
  assert.equal(parseRecord(JSON.stringify(record()))!.byPatch, undefined);
  for (const byPatch of [null, 7, [], { entries: "x" }, { entries: -1, bytes: 5 }]) {
    assert.equal(parseRecord(JSON.stringify({ ...patched, byPatch }))!.byPatch, undefined);
  }
});

Deno.test("savedByPatch() is the package without everything that was received", () => {
  assert.equal(savedByPatch(patched), PACKAGE - BYTES);
  assert.equal(savedByPatch(record()), 0);
  assert.equal(savedByPatch({ ...patched, bytesDownloaded: PACKAGE + 1 }), 0);
});

Deno.test("status, report and metrics count the updates by patch and what they saved", () => {
  const saved = 2 * (PACKAGE - BYTES) - 1000;
  const text = `hub: {url: "http://127.0.0.1:9"}\ndatasets: [{name: a, local_dir: ./a}]`;
  const config = parseConfig(text, { path: "/config.yaml" });
  const [row] = statusRows({ config, state: {}, history, now: NOW });
  assert.deepEqual([row!.patchUpdates, row!.patchSaved], [2, saved]);

  const about = { now: NOW, timezone: "Asia/Shanghai" };
  const datasets = [{ name: "a", instant: null }];
  const figures = figuresOf(history, { ...about, days: 7, datasets });
  assert.deepEqual([figures.patchUpdates, figures.patchSaved], [2, saved]);
  assert.match(figuresSection(figures).markup, /376 MB by 2 patches/);
  const without = figuresOf([record()], { ...about, days: 7, datasets });
  assert.doesNotMatch(figuresSection(without).markup, /patch/);

  const metrics = renderMetrics({
    ...about,
    history: { records: history, trimmed: addUp([patched]) },
    datasets,
    binaryVersion: "3.0.0",
  });
  assert.match(metrics, /datahubsync_patched_syncs_total\{dataset="a"\} 4\n/);
  const counted = 2 * (PACKAGE - BYTES) + (PACKAGE - BYTES - 1000) + (PACKAGE - 9_000_000);
  assert.match(metrics, new RegExp(`patch_saved_bytes_total\\{dataset="a"\\} ${counted}\\n`));
});
