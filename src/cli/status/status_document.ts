/**
 * The status as programs read it, with `--json`. Durations and ages are in ms, sizes in bytes, times
 * are UTC text; what isn't known is `null`.
 *
 * @module
 */
import { addressesOf } from "../../config/addresses.ts";
import type { Config } from "../../config/config.ts";
import { redactUrl } from "../../redact.ts";
import type { StatusRow } from "../../monitoring/status_rows.ts";
import { clockText } from "../../monitoring/usual_hour.ts";
import { keyFingerprint } from "../../trust/keys.ts";
import type { Catalog } from "../../types.ts";
import type { StatusView } from "./status_view.ts";

/** The document, in the names that `docs/monitoring.md` has. */
export function statusDocument(view: StatusView, config: Config): Record<string, unknown> {
  const { now, hub, schedule, rows } = view;
  return {
    at: timeText(now),
    config: config.path,
    hub: {
      urls: addressesOf(config).map(redactUrl),
      asked: hub.kind === "answered" || hub.kind === "failed",
      signed: hub.kind === "answered" ? signedRecord(hub.catalog) : null,
      error: hub.kind === "failed" || hub.kind === "answered" ? hub.error ?? null : null,
    },
    schedule: schedule?.kind === "found"
      ? { path: schedule.path, spec: schedule.spec ?? null }
      : null,
    datasets: rows.map((row) => rowRecord(row, view.running.get(row.dataset) ?? null)),
  };
}

function signedRecord({ signed }: Catalog): Record<string, unknown> | null {
  if (signed === undefined || signed.by.length === 0) return null;
  return {
    by: signed.by.map(keyFingerprint),
    signed_at: timeText(signed.signedAt),
    expires: timeText(signed.expiresAt),
  };
}

function rowRecord(row: StatusRow, runningSince: number | null): Record<string, unknown> {
  const { staleness } = row;
  return {
    dataset: row.dataset,
    local_dir: row.localDir,
    local_version: row.localVersion,
    age_ms: row.ageMs === null ? null : Math.round(row.ageMs),
    stale: staleness.stale,
    due: timeText(staleness.due),
    newest_row: timeText(row.newestRow),
    usual_time: row.usual === null ? null : clockText(row.usual.minutes),
    late_ms: row.usual?.lateMs ?? null,
    pinned: row.pinned,
    hub_version: row.hubVersion,
    step: row.step,
    behind_ms: row.behindMs,
    running_since: timeText(runningSince),
    last_outcome: row.lastOutcome,
    last_attempt: timeText(row.lastAttempt),
    last_error: row.lastError,
    last_duration_ms: row.lastDurationMs,
    last_bytes: row.lastBytes,
    updates_by_patch: row.patchUpdates,
    patch_saved_bytes: row.patchSaved,
    success_rate: row.successRate,
    next_run: timeText(row.nextRun),
    disk: row.disk?.word ?? null,
    files_differing: row.disk?.differing ?? null,
    bytes_on_disk: row.bytesOnDisk,
  };
}

function timeText(instant: number | null): string | null {
  return instant === null ? null : new Date(instant).toISOString();
}
