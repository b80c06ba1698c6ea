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
import type { MaxAge } from "../config/dataset_config.ts";
import { writeFileAtomic } from "../fs/atomic_write.ts";
import type { History } from "./history.ts";
import type { HistoryRecord } from "./history_record.ts";
import { addUp } from "./history_trim.ts";
import { staleness } from "./staleness.ts";
import { newestRowIn } from "./status_rows.ts";
import { verdictOf } from "./verdict.ts";
import { nameText } from "../plain_text.ts";

/** A dataset's data for the metrics. */
interface MetricsDataset {
  name: string;
  maxAge?: MaxAge | undefined;
  /** When the local data is from (ms since the epoch); `null` = not known. */
  instant: number | null;
  /** Whether a run is syncing it right now. */
  inProgress?: boolean;
}

/** The inputs of {@linkcode renderMetrics}. */
interface MetricsInput {
  history: History;
  datasets: readonly MetricsDataset[];
  now: number;
  /** The hub's IANA zone. */
  timezone: string;
  binaryVersion: string;
}

/** What is known of one dataset. */
interface Facts {
  dataset: MetricsDataset;
  runs: LastRuns;
  age: ReturnType<typeof staleness>;
  /** The sum of a figure over all runs. */
  sum: (key: string) => number;
  /** All runs by outcome. */
  outcomes: Record<string, number>;
  newestRow: number | null | undefined;
}

type Metric = readonly [name: string, type: "gauge" | "counter", help: string];

/** A dataset's value, or its values by outcome; `null` or `undefined` = no sample. */
type Value = (facts: Facts) => number | null | undefined | Record<string, number>;

const PER_DATASET: readonly (readonly [...Metric, Value])[] = [
  [
    "last_success_timestamp_seconds",
    "gauge",
    "When the dataset was last found or brought up to date.",
    ({ runs }) => endOf(runs.success),
  ],
  [
    "last_attempt_timestamp_seconds",
    "gauge",
    "When the last run of the dataset ended.",
    ({ runs }) => endOf(runs.any),
  ],
  [
    "last_attempt_success",
    "gauge",
    "Whether the last run of the dataset went well (1) or failed (0).",
    ({ runs: { judged } }) => judged && (verdictOf(judged.outcome) === "ok" ? 1 : 0),
  ],
  ["syncs_total", "counter", "Runs by outcome.", ({ outcomes }) => outcomes],
  [
    "downloaded_bytes_total",
    "counter",
    "Package data received.",
    ({ sum }) => sum("bytesDownloaded"),
  ],
  ["patched_syncs_total", "counter", "Updates that came by patch.", ({ sum }) => sum("byPatch")],
  [
    "patch_saved_bytes_total",
    "counter",
    "Package data that updates by patch needn't fetch.",
    ({ sum }) => sum("savedByPatch"),
  ],
  ["entries_fetched_total", "counter", "Entries fetched.", ({ sum }) => sum("fetched")],
  ["entries_deleted_total", "counter", "Entries removed.", ({ sum }) => sum("deleted")],
  ["request_retries_total", "counter", "Requests tried again.", ({ sum }) => sum("retries")],
  [
    "sync_duration_seconds_total",
    "counter",
    "Time spent in runs.",
    ({ sum }) => sum("durationMs") / 1000,
  ],
  [
    "last_sync_duration_seconds",
    "gauge",
    "How long the last run that fetched something took.",
    ({ runs }) => seconds(runs.fetched?.durationMs),
  ],
  [
    "last_sync_downloaded_bytes",
    "gauge",
    "Package data received by the last run that fetched something.",
    ({ runs }) => runs.fetched?.bytesDownloaded,
  ],
  ["package_bytes", "gauge", "Size of the newest package.", ({ runs }) => runs.fetched?.bytesTotal],
  ["entries", "gauge", "Entries in the newest package.", ({ runs }) => runs.fetched?.entries],
  ["disk_bytes", "gauge", "Size of the dataset's files.", ({ runs }) => runs.sized?.bytesOnDisk],
  [
    "data_timestamp_seconds",
    "gauge",
    "When the local data is from.",
    ({ dataset }) => seconds(dataset.instant),
  ],
  [
    "data_age_seconds",
    "gauge",
    "How old the local data was when this file was written.",
    ({ age }) => seconds(age.ageMs),
  ],
  [
    "data_due_timestamp_seconds",
    "gauge",
    "When the local data is stale by max_age; absent without max_age.",
    ({ age }) => seconds(age.due),
  ],
  [
    "newest_row_timestamp_seconds",
    "gauge",
    "The date of the newest row in the dataset's files, where it is looked for.",
    ({ newestRow }) => seconds(newestRow),
  ],
  [
    "stale",
    "gauge",
    "Whether the local data was stale (1) when this file was written.",
    ({ age }) => age.stale ? 1 : 0,
  ],
  [
    "in_progress",
    "gauge",
    "Whether a run was at the dataset (1) when this file was written.",
    ({ dataset }) => dataset.inProgress ? 1 : 0,
  ],
];

/** The metrics in Prometheus' text format. */
export function renderMetrics(input: MetricsInput): string {
  const build: Metric = ["build_info", "gauge", "The version that wrote this file; always 1."];
  const lines = familyOf(build, [[{ version: input.binaryVersion }, 1]]);
  const all = factsOf(input);
  for (const [name, type, help, value] of PER_DATASET) {
    const samples = all.flatMap((facts): Sample[] => {
      const dataset = facts.dataset.name;
      const found = value(facts);
      if (found === null || found === undefined) return [];
      if (typeof found === "number") return [[{ dataset }, found]];
      return Object.entries(found).map(([outcome, count]) => [{ dataset, outcome }, count]);
    });
    lines.push(...familyOf([name, type, help], samples));
  }
  return lines.join("\n") + "\n";
}

/** Label values and the sample's value. */
type Sample = [labels: Record<string, string>, value: number];

function familyOf([name, type, help]: Metric, samples: readonly Sample[]): string[] {
  if (samples.length === 0) return [];
  return [
    `# HELP datahubsync_${name} ${help}`,
    `# TYPE datahubsync_${name} ${type}`,
    ...samples.map(([labels, value]) => `datahubsync_${name}${braces(labels)} ${value}`),
  ];
}

function factsOf({ history, datasets, now, timezone }: MetricsInput): Facts[] {
  const { records } = history;
  const totals = addUp(records, structuredClone(history.trimmed));
  return datasets.map((dataset) => {
    const { name, maxAge, instant } = dataset;
    return {
      dataset,
      runs: runsOf(records, name),
      age: staleness({ maxAge, instant, now, timezone }),
      sum: (key) => totals[name]?.sums[key] ?? 0,
      outcomes: { success: 0, ...totals[name]?.outcomes },
      newestRow: newestRowIn(records.filter((run) => run.dataset === name)),
    };
  });
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
