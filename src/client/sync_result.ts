/**
 * The library's result of a sync: the engine's figures under the names that callers of the Python
 * client v2.0 know, and ours.
 *
 * @module
 */
import type { PlanSummary } from "../sync/sync_context.ts";
import type { DatasetResult } from "../types.ts";

/**
 * How the sync of one dataset ended. It is plain data: it survives `JSON.stringify`.
 *
 * @example A result is there also when the sync failed
 * ```ts
 * import assert from "node:assert/strict";
 * import { DataSyncClient, parseConfig, type SyncResult } from "@datahubsync/client";
 *
 * const dir = await Deno.makeTempDir();
 * // Nobody listens at this address.
 * const text = `{ hub: { url: "http://127.0.0.1:9", retries: 0 },
 *   datasets: [{ name: bars, local_dir: ./bars }] }`;
 * const config = parseConfig(text, { path: `${dir}/config.yaml` });
 * await using client = new DataSyncClient(config, `${dir}/.last_sync.json`, { direct: true });
 * const result: SyncResult = await client.syncDataset("bars");
 * assert.equal(result.success, false);
 * assert.equal(result.status, "download_failed");
 * assert.match(result.error ?? "", /127\.0\.0\.1:9/);
 * await Deno.remove(dir, { recursive: true });
 * ```
 */
export interface SyncResult extends DatasetResult {
  /** The dataset's name; v2.0's `dataset_name`. */
  datasetName: string;
  /** When the sync ended, as ISO 8601 in UTC. */
  timestamp: string;
  /** What was planned, when it came to a plan; with `dryRun` that is all that was done. */
  plan?: PlanSummary;
}

/** The library's result out of the engine's. */
export function toSyncResult(result: DatasetResult, plan?: PlanSummary): SyncResult {
  return {
    datasetName: result.dataset,
    ...result,
    timestamp: new Date(result.startedAt + result.durationMs).toISOString(),
    ...(plan && { plan }),
  };
}
