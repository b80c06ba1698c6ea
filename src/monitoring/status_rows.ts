/**
 * The rows of `datahubsync status`, one per dataset.
 *
 * Guarantees: pure; every figure comes from the configuration, the state, the history, what was
 * seen on the disk and, when the hub was asked, its catalog; nothing is guessed: unknown values are
 * `null`.
 *
 * @module
 */
import type { Config } from "../config/config.ts";
import { timesOf } from "../schedule/cron_expression.ts";
import { nextRuns } from "../schedule/next_runs.ts";
import type { Catalog, Status } from "../types.ts";
import { parseInstant } from "../version_time.ts";
import { type HistoryRecord, savedByPatch } from "./history_record.ts";
import { type Staleness, staleness } from "./staleness.ts";
import { type UsualHour, usualHour } from "./usual_hour.ts";
import { successRate, verdictOf } from "./verdict.ts";

/**
 * The local copy compared with the hub's. `not_as_recorded`: up to date according to the record,
 * but the folder doesn't match the record.
 */
type HubStep =
  | "up_to_date"
  | "behind"
  | "ahead"
  | "never_synced"
  | "not_as_recorded"
  | "not_on_hub"
  | "unknown";

/** What is on the disk. Sizes in bytes. */
export interface DiskState {
  /**
   * `changed`: some files differ in size or time from what was published. `other_version`: the folder
   * is of another version than the state says. `unfinished`: a publish was interrupted.
   * `not_recorded`: there are files, but no record of which.
   */
  word:
    | "as_recorded"
    | "changed"
    | "missing"
    | "empty"
    | "unfinished"
    | "other_version"
    | "not_recorded";
  /** Files that are missing or changed. */
  differing: number;
  /** Size of the recorded files; `null` = not known. */
  bytes: number | null;
}

/** States in which the folder doesn't match its record. */
const NOT_AS_RECORDED: ReadonlySet<DiskState["word"]> = new Set(
  ["missing", "empty", "unfinished", "other_version"] as const,
);

/** One dataset's row. Durations and ages in ms, sizes in bytes, instants in ms since the epoch. */
export interface StatusRow {
  dataset: string;
  localDir: string;
  /** The recorded version text. */
  localVersion: string | null;
  ageMs: number | null;
  staleness: Staleness;
  /** The date of the newest row in the files, where `expect` looks for it. */
  newestRow: number | null;
  /** When new data usually comes; `null` = not known. */
  usual: UsualHour | null;
  /** The hub's version text; `null` if the hub wasn't asked or gives none. */
  hubVersion: string | null;
  step: HubStep;
  /** How far behind the hub's version. */
  behindMs: number | null;
  /** What is on the disk; `null` = not examined, or couldn't be. */
  disk: DiskState | null;
  /** The version that it is pinned to; `null` = none. */
  pinned: string | null;
  /** The live version, if a change to the pinned one was cut short before it. */
  stillLive?: string;
  lastOutcome: Status | null;
  lastAttempt: number | null;
  lastError: string | null;
  /** Of the last run that fetched something. */
  lastDurationMs: number | null;
  lastBytes: number | null;
  /** Over 30 days: updates by patch, and the bytes that they saved. */
  patchUpdates: number;
  patchSaved: number;
  /** 0 to 1, over 30 days. */
  successRate: number | null;
  nextRun: number | null;
  bytesOnDisk: number | null;
}

/** A pin, and the version that is live. */
export interface Pin {
  pin: string;
  live: string;
}

/** The inputs of {@linkcode statusRows}. */
export interface StatusInput {
  config: Config;
  /** Name → version text. */
  state: Readonly<Record<string, string>>;
  history: readonly HistoryRecord[];
  /** What was seen on the disk, by dataset. */
  disks?: ReadonlyMap<string, DiskState>;
  /** The versions that datasets are pinned to. */
  pins?: ReadonlyMap<string, Pin>;
  /** Left out when the hub wasn't asked. */
  catalog?: Catalog;
  now: number;
  /** When runs are scheduled, as a cron expression; left out when not known. */
  schedule?: string;
}

const WINDOW = 30 * 86_400_000;

/** One row per configured dataset, in the configuration's order. */
export function statusRows(input: StatusInput): StatusRow[] {
  const nextRun = nextRunOf(input);
  const { timezone } = input.config.hub;
  return input.config.datasets.map((dataset) => {
    const runs = input.history.filter((record) => record.dataset === dataset.name);
    const last = runs.at(-1);
    const fetched = runs.findLast((record) => record.outcome === "success");
    const sized = runs.findLast((record) => record.bytesOnDisk !== undefined);
    const recent = runs.filter((record) => Date.parse(record.at) >= input.now - WINDOW);
    const localVersion = input.state[dataset.name] ?? null;
    const instant = parseInstant(localVersion, timezone);
    const age = staleness({ maxAge: dataset.maxAge, instant, now: input.now, timezone });
    const disk = input.disks?.get(dataset.name) ?? null;
    const pin = input.pins?.get(dataset.name);
    return {
      dataset: dataset.name,
      localDir: dataset.localDir,
      disk,
      pinned: pin?.pin ?? null,
      ...(pin !== undefined && pin.live !== pin.pin && { stillLive: pin.live }),
      localVersion,
      ageMs: age.ageMs,
      staleness: age,
      newestRow: newestRowIn(runs),
      usual: usualHour(runs, { now: input.now, timezone, maxAge: dataset.maxAge, instant }) ?? null,
      ...compare({ name: dataset.name, local: localVersion, instant, disk }, input),
      lastOutcome: last?.outcome ?? null,
      lastAttempt: last === undefined ? null : Date.parse(last.at),
      lastError: last !== undefined && verdictOf(last.outcome) === "failed"
        ? last.error ?? null
        : null,
      lastDurationMs: fetched?.durationMs ?? null,
      lastBytes: fetched?.bytesDownloaded ?? null,
      patchUpdates: recent.filter(({ byPatch }) => byPatch !== undefined).length,
      patchSaved: recent.reduce((sum, run) => sum + savedByPatch(run), 0),
      successRate: successRate(recent),
      nextRun,
      bytesOnDisk: disk?.bytes ?? sized?.bytesOnDisk ?? null,
    };
  });
}

/** The newest row that was found by the last run that looked; `null` = none did. */
export function newestRowIn(runs: readonly HistoryRecord[]): number | null {
  const found = runs.findLast(({ newestRow }) => newestRow !== undefined)?.newestRow;
  return found === undefined ? null : Date.parse(found);
}

type Comparison = Pick<StatusRow, "hubVersion" | "step" | "behindMs">;

function compare(
  ours: { name: string; local: string | null; instant: number | null; disk: DiskState | null },
  { catalog, config }: StatusInput,
): Comparison {
  const { name, local, instant, disk } = ours;
  const listed = catalog?.datasets.find((one) => one.name === name);
  const hubVersion = listed?.version ?? null;
  const said = (step: HubStep, behindMs: number | null = null): Comparison => ({
    hubVersion,
    step,
    behindMs,
  });
  const same = disk !== null && NOT_AS_RECORDED.has(disk.word)
    ? said("not_as_recorded")
    : said("up_to_date", 0);
  if (catalog !== undefined && listed === undefined) return said("not_on_hub");
  if (local === null) return said("never_synced");
  if (listed === undefined || hubVersion === null) return said("unknown");
  if (hubVersion === local) return same;
  const upstream = listed.instant ?? parseInstant(hubVersion, config.hub.timezone);
  if (instant === null || upstream === null) return said("behind");
  const behind = upstream - instant;
  if (behind === 0) return same;
  return behind < 0 ? said("ahead") : said("behind", behind);
}

function nextRunOf({ schedule, now }: StatusInput): number | null {
  // What is wrong with it `--check` reports; a table needn't.
  const times = schedule === undefined ? undefined : timesOf(schedule);
  return (times && nextRuns(times, now)[0]) ?? null;
}
