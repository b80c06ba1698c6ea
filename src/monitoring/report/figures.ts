/**
 * The figures of a report.
 *
 * Guarantees: pure; every number comes from the history's records within the report's period, and
 * what the history doesn't know is `null`, not zero. Runs that were interrupted or locked out are
 * listed as runs, but count neither for nor against the success rate.
 *
 * @module
 */
import type { MaxAge } from "../../config/dataset_config.ts";
import type { Phase, Status } from "../../types.ts";
import { parseInstant } from "../../version_time.ts";
import { type HistoryRecord, savedByPatch } from "../history_record.ts";
import { type Staleness, staleness } from "../staleness.ts";
import { type UsualHour, usualHour } from "../usual_hour.ts";
import { successRate, verdictOf } from "../verdict.ts";
import { bucketAt, type Buckets, bucketsOf } from "./buckets.ts";

/** A dataset in the report. */
export interface ReportDataset {
  name: string;
  maxAge?: MaxAge | undefined;
  /** When the local data is from (ms since the epoch); `null` = not known. */
  instant: number | null;
}

/** The inputs of a report, apart from the history. */
export interface FiguresInput {
  now: number;
  days: number;
  datasets: readonly ReportDataset[];
  /** The hub's IANA zone. */
  timezone: string;
}

/** How one dataset did in one step: nothing ran, all went well, some or all failed, or the data was late. */
type StepCell = "none" | "ok" | "some" | "failed" | "late";

/** One dataset's figures. Durations and ages in ms, sizes in bytes. */
export interface DatasetFigures {
  name: string;
  staleness: Staleness;
  /** When new data usually comes. */
  usual: UsualHour | undefined;
  /** The last run was a failure. */
  failing: boolean;
  last: HistoryRecord | undefined;
  runs: number;
  rate: number | null;
  downloaded: number;
  /** Of the runs that fetched something. */
  medianMs: number | null;
  onDisk: number | null;
  cells: StepCell[];
  /** By step: bytes received, the oldest that the data got (days), size on disk. */
  bytes: number[];
  age: (number | null)[];
  disk: (number | null)[];
  /** By step: whether the data was stale at some moment. */
  late: boolean[];
}

/** A report's figures. */
export interface Figures {
  buckets: Buckets;
  /** The records of the period, oldest first. */
  records: HistoryRecord[];
  runs: number;
  /** Steps of the period with at least one run. */
  activeSteps: number;
  updates: number;
  failures: number;
  /** When the last failed run of the period began (ms since the epoch). */
  lastFailure: number | null;
  rate: number | null;
  downloaded: number;
  /** Sizes of the packages that were fetched, whole: what downloads without delta would have cost. */
  wholeBytes: number;
  /** Updates that came by patch, and the bytes that they needn't fetch. */
  patchUpdates: number;
  patchSaved: number;
  medianMs: number | null;
  onDisk: number | null;
  datasets: DatasetFigures[];
  rates: (number | null)[];
  medians: (number | null)[];
  slowest: (number | null)[];
  errors: Map<Status, number[]>;
  phases: Map<Phase, number>;
}

const DAY = 86_400_000;

/** Computes everything that a report shows. */
export function figuresOf(history: readonly HistoryRecord[], input: FiguresInput): Figures {
  const buckets = bucketsOf(input.now, input.days, input.timezone);
  const from = buckets.edges[0] ?? 0;
  const records = history
    .filter(({ at }) => Date.parse(at) >= from && Date.parse(at) <= input.now)
    .sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  const byStep: HistoryRecord[][] = buckets.x.map(() => []);
  for (const record of records) byStep[bucketAt(buckets, Date.parse(record.at))]?.push(record);
  const updates = records.filter((record) => record.outcome === "success");
  const failures = records.filter((record) => verdictOf(record.outcome) === "failed");
  const lastFailure = failures.at(-1);
  const datasets = input.datasets.map((dataset) =>
    datasetFigures(dataset, history, byStep, buckets, input)
  );
  const sizes = datasets.flatMap(({ onDisk }) => onDisk === null ? [] : [onDisk]);
  const errors = new Map<Status, number[]>();
  for (const { outcome } of failures) errors.set(outcome, []);
  for (const [outcome] of errors) {
    errors.set(outcome, byStep.map((runs) => runs.filter((run) => run.outcome === outcome).length));
  }
  const phases = new Map<Phase, number>();
  for (const record of updates) {
    for (const [phase, ms] of Object.entries(record.phases) as [Phase, number][]) {
      phases.set(phase, (phases.get(phase) ?? 0) + ms);
    }
  }
  const durations = byStep.map((runs) =>
    runs.filter((run) => run.outcome === "success").map((run) => run.durationMs)
  );
  return {
    buckets,
    records,
    runs: records.length,
    activeSteps: byStep.filter((runs) => runs.length > 0).length,
    updates: updates.length,
    failures: failures.length,
    lastFailure: lastFailure === undefined ? null : Date.parse(lastFailure.at),
    rate: successRate(records),
    downloaded: sum(records, (record) => record.bytesDownloaded),
    patchUpdates: updates.filter(({ byPatch }) => byPatch !== undefined).length,
    patchSaved: sum(updates, savedByPatch),
    wholeBytes: sum(updates, (record) => record.bytesTotal),
    medianMs: median(updates.map((record) => record.durationMs)),
    onDisk: sizes.length === 0 ? null : sizes.reduce((all, size) => all + size, 0),
    datasets,
    rates: byStep.map((runs) => successRate(runs)),
    medians: durations.map(median),
    slowest: durations.map((all) => all.length === 0 ? null : Math.max(...all)),
    errors,
    phases,
  };
}

function datasetFigures(
  dataset: ReportDataset,
  history: readonly HistoryRecord[],
  byStep: readonly HistoryRecord[][],
  buckets: Buckets,
  input: FiguresInput,
): DatasetFigures {
  const { now, timezone } = input;
  const { name, maxAge, instant } = dataset;
  const all = history.filter((record) => record.dataset === name);
  const steps = byStep.map((runs) => runs.filter((record) => record.dataset === name));
  const runs = steps.flat();
  const updates = runs.filter((record) => record.outcome === "success");
  const decisive = all.findLast((record) => verdictOf(record.outcome) !== "aside");
  const states = statesOf(all, steps, buckets, maxAge, input);
  return {
    name,
    staleness: staleness({ maxAge, instant, now, timezone }),
    usual: usualHour(all, { now, timezone, maxAge, instant }),
    failing: decisive !== undefined && verdictOf(decisive.outcome) === "failed",
    last: all.at(-1),
    runs: runs.length,
    rate: successRate(runs),
    downloaded: sum(runs, (record) => record.bytesDownloaded),
    medianMs: median(updates.map((record) => record.durationMs)),
    onDisk: states.at(-1)?.disk ?? null,
    cells: steps.map((step, at) => cellOf(step, states[at]!.late)),
    bytes: steps.map((step) => sum(step, (record) => record.bytesDownloaded)),
    age: states.map(({ age }) => age),
    disk: states.map(({ disk }) => disk),
    late: states.map(({ late }) => late),
  };
}

/** What the folder was like during each step: the oldest that its data got, its size, and whether it was late. */
function statesOf(
  all: readonly HistoryRecord[],
  steps: readonly HistoryRecord[][],
  { edges }: Buckets,
  maxAge: MaxAge | undefined,
  { now, timezone }: FiguresInput,
): { age: number | null; disk: number | null; late: boolean }[] {
  const from = edges[0] ?? 0;
  const earlier = all.findLast((record) => Date.parse(record.at) < from);
  const read = (text: string | null | undefined): number | null =>
    parseInstant(text ?? null, timezone);
  let version = read(
    earlier?.version ?? all.find(({ at }) => Date.parse(at) >= from)?.versionBefore,
  );
  let disk = earlier?.bytesOnDisk ?? null;
  // Computed once per version: a history has tens of thousands of runs, and calendars are slow.
  let judged: { version: number; due: number | null } | undefined;
  const dueOf = (instant: number, at: number): number | null => {
    if (instant !== judged?.version) {
      const { due } = staleness({ maxAge, instant, now: at, timezone });
      judged = { version: instant, due };
    }
    return judged.due;
  };
  return steps.map((step, index) => {
    let age: number | null = null;
    let late = false;
    const look = (at: number): void => {
      if (version === null) return;
      const due = dueOf(version, at);
      late ||= due !== null && at >= due;
      age = Math.max(age ?? 0, (at - version) / DAY);
    };
    for (const record of step) {
      look(Date.parse(record.at));
      version = read(record.version) ?? version;
      disk = record.bytesOnDisk ?? disk;
    }
    look(Math.min((edges[index + 1] ?? now) - 1, now));
    return { age, disk, late };
  });
}

function cellOf(runs: readonly HistoryRecord[], late: boolean): StepCell {
  const verdicts = runs.map((run) => verdictOf(run.outcome));
  const failed = verdicts.includes("failed");
  if (failed && !verdicts.includes("ok")) return "failed";
  if (late) return "late";
  if (failed) return "some";
  return verdicts.includes("ok") ? "ok" : "none";
}

function sum(records: readonly HistoryRecord[], value: (record: HistoryRecord) => number): number {
  return records.reduce((all, record) => all + value(record), 0);
}

function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}
