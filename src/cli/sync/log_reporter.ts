/**
 * Writes the engine's events into the log, in the lines that people grep for.
 *
 * @module
 */
import type { LoggingConfig } from "../../config/config.ts";
import type { Log } from "../../monitoring/log.ts";
import { type Reporter, reporterOf } from "../../sync/sync_context.ts";
import type { DatasetResult } from "../../types.ts";
import { bytesText, secondsText } from "../../units.ts";

interface LogReporterOptions {
  /** Then nothing is logged as synced. */
  dryRun?: boolean;
  /** The log's format: "up to date" is a warning in v2.0's text lines, and only there. */
  format?: LoggingConfig["format"];
}

/** A reporter that writes to a log. */
export function logReporter(log: Log, options: LogReporterOptions = {}): Reporter {
  const { dryRun = false, format = "text" } = options;
  return reporterOf({
    started: ({ dataset }) =>
      log.info(`Starting ${dryRun ? "dry run" : "sync"} for dataset: ${dataset}`, { dataset }),
    planned: ({ dataset, plan }) =>
      log.debug(
        `Plan for ${dataset}: ${plan.kept} kept, ${plan.staged} staged, ${plan.whole} whole, ` +
          `${plan.tails} tails, ${plan.patched ?? 0} patched, ${plan.deletes} to remove; ${
            bytesText(plan.bytesToFetch)
          } of ` +
          `${bytesText(plan.bytesTotal)} in ${plan.requests} requests (${plan.strategy})`,
        { dataset, ...plan },
      ),
    retry: ({ dataset, cause, waitMs, sentence }) =>
      log.info(dataset === "" ? `Catalog: ${sentence}` : `Dataset ${dataset}: ${sentence}`, {
        ...(dataset !== "" && { dataset }),
        cause,
        wait_ms: waitMs,
      }),
    warn: ({ dataset, message }) =>
      log.warn(dataset === "" ? message : `Dataset ${dataset}: ${message}`, { dataset }),
    debug: ({ dataset, message }) => log.debug(`Dataset ${dataset}: ${message}`, { dataset }),
    finished: ({ result }) => {
      const { dataset, status } = result;
      if (status !== "planned") return logResult(log, result, format);
      log.info(`Dry run of dataset ${dataset} done: nothing was changed`, { dataset, status });
    },
  });
}

function logResult(log: Log, result: DatasetResult, format: LoggingConfig["format"]): void {
  const { dataset, status, error } = result;
  const fields = {
    dataset,
    status,
    version: result.version,
    entries: result.entries,
    entries_fetched: result.entriesFetched,
    bytes_downloaded: result.bytesDownloaded,
    duration_ms: Math.round(result.durationMs),
  };
  switch (status) {
    case "success":
      log.info(`Successfully synced dataset: ${dataset}`, fields);
      log.debug(
        `${dataset}: ${result.entriesFetched} of ${result.entries} entries, ` +
          `${bytesText(result.bytesDownloaded)}, ${secondsText(result.durationMs)}`,
        fields,
      );
      return;
    case "up_to_date":
      return log[format === "json" ? "info" : "warn"](`Dataset ${dataset} up to date`, fields);
    case "package_not_ready":
      return log.warn(`Dataset ${dataset} package not ready: ${error}`, fields);
    case "locked":
      return log.warn(`Dataset ${dataset} skipped: ${error}`, fields);
    case "interrupted":
      return log.warn(`Interrupted while syncing dataset: ${dataset}`, fields);
    case "rejected":
      return log.error(`Rejected ${dataset}: ${withHint(error, result.hint)}`, fields);
    default:
      if (result.leftOut !== undefined) {
        return log.error(`Synced ${dataset} in part: ${withHint(error, result.hint)}`, fields);
      }
      return log.error(`Failed to download ${dataset}: ${withHint(error, result.hint)}`, fields);
  }
}

function withHint(error: string | undefined, hint: string | undefined): string {
  return hint === undefined ? `${error}` : `${error} (hint: ${hint})`;
}
