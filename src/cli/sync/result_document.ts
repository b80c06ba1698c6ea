/**
 * The results for programs, with `--json`.
 *
 * @module
 */
import { given } from "../../given.ts";
import type { PlanSummary } from "../../sync/sync_context.ts";
import type { DatasetResult } from "../../types.ts";

/** The whole document; with `plans` (a dry run) each result includes its plan. */
export function resultDocument(
  results: readonly DatasetResult[],
  plans?: ReadonlyMap<string, PlanSummary>,
): { results: Record<string, unknown>[] } {
  return { results: results.map((result) => recordOf(result, plans?.get(result.dataset))) };
}

/** One dataset's result, in the names that docs/cli.md documents. */
function recordOf(result: DatasetResult, plan: PlanSummary | undefined): Record<string, unknown> {
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
    ...(result.bytesKept && { bytes_kept: result.bytesKept }),
    duration_ms: Math.round(result.durationMs),
    error: result.error ?? null,
    ...given({
      hint: result.hint,
      left_out: result.leftOut,
      plan: plan && planRecord(plan, result),
    }),
  };
}

function planRecord(plan: PlanSummary, { foreseen }: DatasetResult): Record<string, unknown> {
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
    ...(foreseen &&
      {
        expect: {
          rejected: foreseen.faults.length > 0,
          faults: foreseen.faults,
          newest_row_unseen: foreseen.rowsUnseen,
        },
      }),
  };
}
