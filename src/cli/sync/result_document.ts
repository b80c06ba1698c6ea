/**
 * The results for programs, with `--json`.
 *
 * @module
 */
import type { PlanSummary } from "../../sync/reporter.ts";
import type { ChangeKind, DatasetResult } from "../../types.ts";

/** One dataset's result, in the names that docs/cli.md documents. */
export interface ResultRecord {
  dataset: string;
  success: boolean;
  status: string;
  version: string | null;
  entries: number;
  entries_fetched: number;
  entries_deleted: number;
  /** Files changed by kind. */
  changes: Record<ChangeKind, number>;
  bytes_total: number;
  bytes_downloaded: number;
  /** Set if an unfinished sync left something for the next one. */
  bytes_kept?: number;
  duration_ms: number;
  error: string | null;
  hint?: string;
  /** Set if this disk can't hold some files: all others are there. */
  left_out?: string[];
  plan?: Record<string, unknown>;
}

/** The whole document; with `plans` (a dry run) each result includes its plan. */
export function resultDocument(
  results: readonly DatasetResult[],
  plans?: ReadonlyMap<string, PlanSummary>,
): { results: ResultRecord[] } {
  return { results: results.map((result) => recordOf(result, plans?.get(result.dataset))) };
}

function recordOf(result: DatasetResult, plan: PlanSummary | undefined): ResultRecord {
  return {
    dataset: result.dataset,
    success: result.success,
    status: result.status,
    version: result.version,
    entries: result.entries,
    entries_fetched: result.entriesFetched,
    entries_deleted: result.entriesDeleted,
    changes: result.changes ?? { new: 0, appended: 0, replaced: 0, removed: 0 },
    bytes_total: result.bytesTotal,
    bytes_downloaded: result.bytesDownloaded,
    ...(result.bytesKept ? { bytes_kept: result.bytesKept } : {}),
    duration_ms: Math.round(result.durationMs),
    error: result.error ?? null,
    ...(result.hint !== undefined && { hint: result.hint }),
    ...(result.leftOut !== undefined && { left_out: result.leftOut }),
    ...(plan !== undefined && { plan: planRecord(plan, result) }),
  };
}

function planRecord(
  plan: PlanSummary,
  { foreseen }: DatasetResult,
): Record<string, unknown> {
  return {
    entries_kept: plan.kept,
    entries_staged: plan.staged,
    entries_whole: plan.whole,
    entries_tail: plan.tails,
    entries_patched: plan.patched ?? 0,
    entries_to_delete: plan.deletes,
    bytes_to_fetch: plan.bytesToFetch,
    requests: plan.requests,
    disk_needed: plan.diskNeeded,
    strategy: plan.strategy,
    ...(foreseen && {
      expect: {
        rejected: foreseen.faults.length > 0,
        faults: foreseen.faults,
        newest_row_unseen: foreseen.rowsUnseen,
      },
    }),
  };
}
