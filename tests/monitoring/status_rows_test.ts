/** A row of `status` says what is known of a dataset, and what isn't. */
import assert from "node:assert/strict";
import type { Config } from "../../src/config/config.ts";
import { type StatusInput, statusRows } from "../../src/monitoring/status_rows.ts";
import type { ListedDataset } from "../../src/types.ts";
import { record } from "./records.ts";

const NOW = Date.UTC(2026, 10, 20, 20);
const config = {
  hub: { timezone: "Asia/Shanghai" },
  datasets: ["a", "b", "c"].map((name) => ({ name, localDir: `/data/${name}` })),
} as unknown as Config;

function entry(name: string, version: string | null): ListedDataset {
  return { name, version, instant: null, ready: true, packageSize: 0, fileCount: 0, totalSize: 0 };
}

function rows(changes: Partial<StatusInput> = {}) {
  return statusRows({
    config,
    state: { a: "2026-11-20T12:00:00Z", b: "2026-11-20T08:00:00Z" },
    history: [],
    now: NOW,
    ...changes,
  });
}

Deno.test("statusRows() compares the local version with the hub's", () => {
  const catalog = {
    datasets: [entry("a", "2026-11-20T12:00:00Z"), entry("b", "2026-11-20T12:00:00Z")],
    warnings: [],
  };
  const got = rows({ catalog }).map(({ step, behindMs }) => ({ step, behindMs }));
  assert.deepEqual(got, [
    { step: "up_to_date", behindMs: 0 },
    { step: "behind", behindMs: 4 * 3_600_000 },
    { step: "not_on_hub", behindMs: null },
  ]);
});

Deno.test("statusRows() says what it doesn't know when the hub wasn't asked", () => {
  const [a, , c] = rows();
  assert.equal(a?.step, "unknown");
  assert.equal(a?.hubVersion, null);
  assert.equal(a?.ageMs, 8 * 3_600_000);
  assert.equal(a?.nextRun, null);
  assert.equal(c?.step, "never_synced");
  assert.equal(c?.successRate, null);
});

Deno.test("statusRows() takes its figures from the history", () => {
  const [a] = rows({
    history: [
      record({ at: "2026-09-01T00:00:00.000Z", outcome: "error" }),
      record({ bytesOnDisk: 5 }),
      record({ outcome: "up_to_date" }),
      record({ outcome: "interrupted" }),
      record({ outcome: "download_failed", error: "503" }),
      record({ dataset: "b" }),
    ],
    schedule: "* * * * *",
  });
  assert.equal(a?.lastOutcome, "download_failed");
  assert.equal(a?.lastError, "503");
  assert.equal(a?.lastDurationMs, 2500);
  assert.equal(a?.lastBytes, 9_000_000);
  assert.equal(a?.bytesOnDisk, 5);
  assert.equal(a?.successRate, 2 / 3);
  assert.equal(a?.nextRun, Date.UTC(2026, 10, 20, 20, 1));
});
