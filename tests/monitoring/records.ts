/**
 * Makes history records for tests.
 *
 * @module
 */
import type { HistoryRecord } from "../../src/monitoring/history_record.ts";

/** A successful run of dataset `a` on 2026-11-20T12:00Z, but for `changes`. */
export function record(changes: Partial<HistoryRecord> = {}): HistoryRecord {
  const outcome = changes.outcome ?? "success";
  return {
    v: 1,
    at: "2026-11-20T12:00:00.000Z",
    dataset: "a",
    outcome,
    success: outcome === "success" || outcome === "up_to_date",
    durationMs: 2500,
    phases: { catalog: 100, directory: 200, plan: 50, download: 1500, publish: 600, record: 50 },
    hub: "https://hub.example/",
    client: "3.0.0",
    versionBefore: null,
    version: "2026-11-20T06:02:38",
    entries: 5600,
    fetched: 300,
    kept: 5300,
    deleted: 1,
    bytesTotal: 188_743_680,
    bytesDownloaded: 9_000_000,
    retries: {},
    ...changes,
  };
}
