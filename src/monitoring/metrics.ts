/**
 * Metrics for Prometheus, through node_exporter's textfile collector.
 *
 * Guarantees: a reader sees the old file or the new; names and units follow Prometheus' conventions
 * (`promtool check metrics` passes); counters come from the history and its trimmed totals, so they
 * only grow. Ages are as of the moment of writing: alert rules should compare the timestamps with
 * `time()` instead, which also detects that nothing runs any more.
 *
 * @module
 */

import type { MaxAge } from "../config/config.ts";
import { writeFileAtomic } from "../fs/atomic_write.ts";
import type { History } from "./history.ts";
import type { HistoryRecord } from "./history_record.ts";
import { addUp } from "./history_trim.ts";
import { staleness } from "./staleness.ts";
import { newestRowIn } from "./status_rows.ts";
import { verdictOf } from "./verdict.ts";
import { nameText } from "../plain_text.ts";

/** A dataset's data for the metrics. */
export interface MetricsDataset {
  name: string;
  maxAge?: MaxAge | undefined;
  /** When the local data is from (ms since the epoch); `null` = not known. */
  instant: number | null;
  /** Whether a run is syncing it right now. */
  inProgress?: boolean;
}

/** The inputs of {@linkcode renderMetrics}. */
export interface MetricsInput {
  history: History;
  datasets: readonly MetricsDataset[];
  now: number;
  /** The hub's IANA zone. */
  timezone: string;
  binaryVersion: string;
}

/** Label values and the sample's value. */
type Sample = [labels: Record<string, string>, value: number];

/** The metrics in Prometheus' text format. */
export function renderMetrics(input: MetricsInput): string {
  const { history, datasets, now, timezone, binaryVersion } = input;
  const totals = addUp(history.records, structuredClone(history.trimmed));
  const runs = new Map(datasets.map(({ name }) => [name, runsOf(history.records, name)]));
  const ages = new Map(
    datasets.map(({ name, maxAge, instant }) => [
      name,
      { instant, ...staleness({ maxAge, instant, now, timezone }) },
    ]),
  );
  const out: string[] = [];
  const family = (name: string, type: string, help: string, samples: Sample[]): void => {
    if (samples.length === 0) return;
    out.push(`# HELP datahubsync_${name} ${help}`, `# TYPE datahubsync_${name} ${type}`);
    for (const [labels, value] of samples) {
      out.push(`datahubsync_${name}${braces(labels)} ${value}`);
    }
  };
  const each = (value: (dataset: MetricsDataset) => number | null | undefined): Sample[] =>
    datasets.flatMap((dataset): Sample[] => {
      const number = value(dataset);
      return number === null || number === undefined ? [] : [[{ dataset: dataset.name }, number]];
    });
  const sum = (key: string): Sample[] => each(({ name }) => totals[name]?.sums[key] ?? 0);

  family("build_info", "gauge", "The version that wrote this file; always 1.", [
    [{ version: binaryVersion }, 1],
  ]);
  family(
    "last_success_timestamp_seconds",
    "gauge",
    "When the dataset was last found or brought up to date.",
    each(({ name }) => endOf(runs.get(name)?.success)),
  );
  family(
    "last_attempt_timestamp_seconds",
    "gauge",
    "When the last run of the dataset ended.",
    each(({ name }) => endOf(runs.get(name)?.any)),
  );
  family(
    "last_attempt_success",
    "gauge",
    "Whether the last run of the dataset went well (1) or failed (0).",
    each(({ name }) => flag(runs.get(name)?.judged, (run) => verdictOf(run.outcome) === "ok")),
  );
  family(
    "syncs_total",
    "counter",
    "Runs by outcome.",
    datasets.flatMap(({ name }) =>
      Object.entries({ success: 0, ...totals[name]?.outcomes })
        .map(([outcome, count]): Sample => [{ dataset: name, outcome }, count])
    ),
  );
  family("downloaded_bytes_total", "counter", "Package data received.", sum("bytesDownloaded"));
  family("patched_syncs_total", "counter", "Updates that came by patch.", sum("byPatch"));
  family(
    "patch_saved_bytes_total",
    "counter",
    "Package data that updates by patch needn't fetch.",
    sum("savedByPatch"),
  );
  family("entries_fetched_total", "counter", "Entries fetched.", sum("fetched"));
  family("entries_deleted_total", "counter", "Entries removed.", sum("deleted"));
  family("request_retries_total", "counter", "Requests tried again.", sum("retries"));
  family(
    "sync_duration_seconds_total",
    "counter",
    "Time spent in runs.",
    each(({ name }) => (totals[name]?.sums["durationMs"] ?? 0) / 1000),
  );
  family(
    "last_sync_duration_seconds",
    "gauge",
    "How long the last run that fetched something took.",
    each(({ name }) => seconds(runs.get(name)?.fetched?.durationMs)),
  );
  family(
    "last_sync_downloaded_bytes",
    "gauge",
    "Package data received by the last run that fetched something.",
    each(({ name }) => runs.get(name)?.fetched?.bytesDownloaded),
  );
  family(
    "package_bytes",
    "gauge",
    "Size of the newest package.",
    each(({ name }) => runs.get(name)?.fetched?.bytesTotal),
  );
  family(
    "entries",
    "gauge",
    "Entries in the newest package.",
    each(({ name }) => runs.get(name)?.fetched?.entries),
  );
  family(
    "disk_bytes",
    "gauge",
    "Size of the dataset's files.",
    each(({ name }) => runs.get(name)?.sized?.bytesOnDisk),
  );
  family(
    "data_timestamp_seconds",
    "gauge",
    "When the local data is from.",
    each(({ instant }) => instant === null ? null : instant / 1000),
  );
  family(
    "data_age_seconds",
    "gauge",
    "How old the local data was when this file was written.",
    each(({ name }) => seconds(ages.get(name)?.ageMs)),
  );
  family(
    "data_due_timestamp_seconds",
    "gauge",
    "When the local data is stale by max_age; absent without max_age.",
    each(({ name }) => seconds(ages.get(name)?.due)),
  );
  family(
    "newest_row_timestamp_seconds",
    "gauge",
    "The date of the newest row in the dataset's files, where it is looked for.",
    each(({ name }) => seconds(newestRowIn(history.records.filter((run) => run.dataset === name)))),
  );
  family(
    "stale",
    "gauge",
    "Whether the local data was stale (1) when this file was written.",
    each(({ name }) => ages.get(name)?.stale ? 1 : 0),
  );
  family(
    "in_progress",
    "gauge",
    "Whether a run was at the dataset (1) when this file was written.",
    each(({ inProgress }) => inProgress ? 1 : 0),
  );
  return out.join("\n") + "\n";
}

/** Writes the metrics, readable for node_exporter. Throws StoreError. */
export async function writeMetrics(path: string, input: MetricsInput): Promise<void> {
  // The collector runs as another user, and a power cut costs only one scrape.
  await writeFileAtomic(path, renderMetrics(input), { forAll: true, durable: false });
}

/** The last runs of a dataset that tell something. */
interface LastRuns {
  any?: HistoryRecord;
  judged?: HistoryRecord;
  success?: HistoryRecord;
  fetched?: HistoryRecord;
  sized?: HistoryRecord;
}

function runsOf(records: readonly HistoryRecord[], name: string): LastRuns {
  const last: LastRuns = {};
  for (const record of records) {
    if (record.dataset !== name) continue;
    last.any = record;
    const verdict = verdictOf(record.outcome);
    if (verdict !== "aside") last.judged = record;
    if (record.outcome === "success" || record.outcome === "up_to_date") last.success = record;
    if (record.outcome === "success") last.fetched = record;
    if (record.bytesOnDisk !== undefined) last.sized = record;
  }
  return last;
}

function endOf(record: HistoryRecord | undefined): number | undefined {
  return record && (Date.parse(record.at) + record.durationMs) / 1000;
}

function flag<T>(value: T | undefined, test: (value: T) => boolean): number | undefined {
  return value === undefined ? undefined : test(value) ? 1 : 0;
}

function seconds(ms: number | null | undefined): number | null {
  return ms === null || ms === undefined ? null : ms / 1000;
}

function braces(labels: Record<string, string>): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}="${escapeLabel(value)}"`);
  return `{${pairs.join(",")}}`;
}

function escapeLabel(value: string): string {
  return nameText(value).replaceAll("\\", "\\\\").replaceAll('"', '\\"');
}
