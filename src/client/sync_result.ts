/**
 * The library's result of a sync: the engine's figures under the names that callers of the Python
 * client v2.0 know, and ours.
 *
 * @module
 */
import type { PlanSummary } from "../sync/reporter.ts";
import type { Phase, Status, SyncResult as EngineResult } from "../types.ts";

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
export interface SyncResult {
  /** The dataset's name; v2.0's `dataset_name`. */
  datasetName: string;
  /** The same name, as the command's `--json` has it. */
  dataset: string;
  /** Whether the folder is what the hub has: `status` is `success` or `up_to_date`. */
  success: boolean;
  /** How it ended. */
  status: Status;
  /** One line, when it failed or there is something to say. */
  error?: string;
  /** What to do about it, when we know. */
  hint?: string;
  /** Entries that this disk can't hold; all others are there, and the sync counts as failed. */
  leftOut?: string[];
  /** When the sync ended, as ISO 8601 in UTC. */
  timestamp: string;
  /** The hub that was asked, the last one where there were several; without secrets. */
  hub?: string;
  /** The version text that is now recorded; `null` = none. */
  version: string | null;
  /** The version text recorded before. */
  versionBefore: string | null;
  /** What the hub had announced, when the package that it then gave is older: ask again later. */
  announced?: string;
  /** Entries in the package that the configuration wants. */
  entries: number;
  /** Entries fetched from the hub, whole or by their tail. */
  entriesFetched: number;
  /** Files removed because upstream removed them. */
  entriesDeleted: number;
  /** Size of the package in bytes. */
  bytesTotal: number;
  /** Bytes of package data received. */
  bytesDownloaded: number;
  /** Bytes of the package that an unfinished sync left for the next one. */
  bytesKept?: number;
  /** Size of the dataset's files on disk afterwards, in bytes, when it is known. */
  bytesOnDisk?: number;
  /** The date of the newest row in what is now live, in ms since the epoch, where `expect` asks. */
  newestRow?: number;
  /**
   * With `dryRun` and `expect`: what isn't as expected, by the package's directory, and whether the
   * newest row is still to be looked at.
   */
  foreseen?: { faults: string[]; rowsUnseen: boolean };
  /** How long it took, in milliseconds. */
  durationMs: number;
  /** Milliseconds by phase. */
  phases: Partial<Record<Phase, number>>;
  /** Causes of the requests that were tried again, with their counts. */
  retries: Record<string, number>;
  /** When the sync began, in ms since the epoch. */
  startedAt: number;
  /** What was planned, when it came to a plan; with `dryRun` that is all that was done. */
  plan?: PlanSummary;
}

/** The library's result out of the engine's. */
export function toSyncResult(result: EngineResult, plan?: PlanSummary): SyncResult {
  return {
    datasetName: result.dataset,
    ...result,
    timestamp: new Date(result.startedAt + result.durationMs).toISOString(),
    ...(plan && { plan }),
  };
}
