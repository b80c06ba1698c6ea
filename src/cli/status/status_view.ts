/**
 * What `datahubsync status` shows, gathered: configuration, state, history, manifests, the hub's
 * list, and the schedule.
 *
 * Guarantees: changes nothing; failures to ask are in the view, unknown values are absent. An
 * unreadable state or history throws.
 *
 * @module
 */
import { Deadline } from "../../deadline.ts";
import { given } from "../../given.ts";
import type { Config } from "../../config/config.ts";
import type { DatasetConfig } from "../../config/dataset_config.ts";
import { DataHubSyncError, hintOf, HubError, messageOf } from "../../errors.ts";
import { diskError } from "../../fs/disk_error.ts";
import { calendarEnds } from "../../monitoring/calendar_end.ts";
import { historyPathFor, readHistory } from "../../monitoring/history.ts";
import type { HistoryRecord } from "../../monitoring/history_record.ts";
import {
  type DiskState,
  type Pin,
  type StatusRow,
  statusRows,
} from "../../monitoring/status_rows.ts";
import { orElse } from "../../or_else.ts";
import { timesOf } from "../../schedule/cron_expression.ts";
import { nextRuns } from "../../schedule/next_runs.ts";
import { countDiffering, folderLooksFilled } from "../../store/folder_state.ts";
import { type Layout, resolveLayout } from "../../store/layout.ts";
import { readHolder } from "../../store/lock.ts";
import { Manifest } from "../../store/manifest.ts";
import { journalIsOpen } from "../../store/publish/journal.ts";
import { pinned } from "../../store/snapshot/rollback.ts";
import { liveVersion } from "../../store/snapshot/versions.ts";
import { loadState } from "../../store/memory/state.ts";
import { CHECK } from "../../messages/check.ts";
import { STATUS } from "../../messages/status.ts";
import type { Catalog, ListedDataset } from "../../types.ts";
import {
  findSchedules,
  isOfAnother,
  type Surroundings,
} from "../check/schedule/schedule_sources.ts";
import { join } from "node:path";

/** The result of asking the hub. */
export type HubAnswer =
  | { kind: "not_asked" }
  | { kind: "asking" }
  /** `error`: some of the addresses didn't answer; their datasets have no version. */
  | { kind: "answered"; catalog: Catalog; error?: string; hint?: string }
  | { kind: "failed"; error: string; hint?: string };

/** When runs are due, and where that is configured; `hidden` = possibly where this user can't look. */
type ScheduleView = { kind: "found"; path: string; spec?: string } | {
  kind: "none" | "hidden";
};

/** Everything that is shown. */
export interface StatusView {
  /** ms since the epoch. */
  now: number;
  /** IANA zone of the hub's times. */
  timezone: string;
  rows: StatusRow[];
  /** When the run that is syncing a dataset began, by dataset (ms since the epoch). */
  running: ReadonlyMap<string, number>;
  hub: HubAnswer;
  /** Whether no dataset comes from a hub: each has an address of its own. */
  urlsOnly: boolean;
  /** A sentence for each calendar that ends soon, or has ended. */
  calendars?: readonly string[];
  /** Absent if a schedule would mean nothing. */
  schedule?: ScheduleView;
}

/** What {@linkcode readStatus} reads. */
interface StatusSources {
  config: Config;
  statePath: string;
  datasets: readonly DatasetConfig[];
  hub: HubAnswer;
  schedule?: ScheduleView;
  now: number;
}

/** Gathers the view. Throws StoreError. */
export async function readStatus(sources: StatusSources): Promise<StatusView> {
  const { config, statePath, datasets, hub, schedule, now } = sources;
  const { timezone } = config.hub;
  const spec = schedule?.kind === "found" ? schedule.spec : undefined;
  const state = await loadState(statePath);
  const running = new Map<string, number>();
  const disks = new Map<string, DiskState>();
  const pins = new Map<string, Pin>();
  for (const { name, localDir } of datasets) {
    const layout = await resolveLayout(localDir).catch(() => undefined);
    if (layout === undefined) continue;
    const pin = pinned(layout);
    if (pin !== undefined) pins.set(name, { pin, live: liveVersion(layout) ?? pin });
    const since = runningSince(layout);
    if (since !== undefined) running.set(name, since);
    const disk = await diskOf(layout, state.get(name) ?? null);
    // A dataset that a run is syncing isn't unfinished.
    if (disk !== undefined && (since === undefined || disk.word !== "unfinished")) {
      disks.set(name, disk);
    }
  }
  const rows = statusRows({
    config: { ...config, datasets: [...datasets] },
    state: Object.fromEntries(state),
    disks,
    pins,
    history: await historyOf(config),
    ...(hub.kind === "answered" && { catalog: hub.catalog }),
    now,
    ...(spec !== undefined && { schedule: spec }),
  });
  const calendars = calendarEnds(datasets, { now, timezone });
  const urlsOnly = datasets.every(({ source }) => source !== undefined);
  return { now, timezone, rows, running, hub, urlsOnly, calendars, ...(schedule && { schedule }) };
}

/** The history of a configuration. Throws StoreError. */
export async function historyOf(config: Config): Promise<HistoryRecord[]> {
  const path = historyPathFor(config.path);
  try {
    return await readHistory(path);
  } catch (error) {
    throw diskError(error, path, CHECK.read_the_history());
  }
}

/** Asks the hubs in order until one answers; each has `patienceMs`. */
async function askHubs(
  hubs: readonly { url: string; catalog(signal?: AbortSignal): Promise<Catalog> }[],
  options: { patienceMs: number; signal?: AbortSignal },
): Promise<HubAnswer> {
  const { patienceMs, signal } = options;
  let answer: HubAnswer = { kind: "not_asked" };
  for (const hub of hubs) {
    const late = STATUS.no_answer_within({ url: hub.url, seconds: patienceMs / 1000 });
    const stalled = new HubError("stalled", late, { hint: STATUS.look_at_hub() });
    using limit = new Deadline(patienceMs, stalled, signal);
    try {
      return { kind: "answered", catalog: await hub.catalog(limit.signal) };
    } catch (thrown) {
      const error = limit.signal.aborted ? limit.signal.reason : thrown;
      answer = { kind: "failed", error: messageOf(error), ...given({ hint: hintOf(error) }) };
    }
  }
  return answer;
}

/** Asks the sources of all datasets: each list of hubs once, and all in parallel. */
export async function askSources(
  datasets: readonly DatasetConfig[],
  hubsOf: (dataset: DatasetConfig) => Parameters<typeof askHubs>[0],
  options: Parameters<typeof askHubs>[1],
): Promise<HubAnswer> {
  const groups = Map.groupBy(datasets, hubsOf);
  const answers = await Promise.all(
    [...groups].map(async ([hubs, group]) => ({ group, answer: await askHubs(hubs, options) })),
  );
  const listed = answers.flatMap(({ group, answer }) =>
    answer.kind !== "answered"
      ? group.map(({ name }) => unknownEntry(name))
      : answer.catalog.datasets.filter(({ name }) => group.some((one) => one.name === name))
  );
  const signed = answers.map(({ answer }) => answer)
    .flatMap((answer) => answer.kind === "answered" ? answer.catalog.signed ?? [] : [])[0];
  const catalog: Catalog = { datasets: listed, warnings: [], ...(signed && { signed }) };
  const failed = answers.map(({ answer }) => answer).find(({ kind }) => kind === "failed");
  if (failed?.kind !== "failed") {
    return { kind: "answered", catalog };
  }
  if (answers.every(({ answer }) => answer.kind !== "answered")) return failed;
  return { ...failed, kind: "answered", catalog };
}

function unknownEntry(name: string): ListedDataset {
  return {
    name,
    version: null,
    instant: null,
    ready: undefined,
    packageSize: 0,
    fileCount: 0,
    totalSize: 0,
  };
}

/** The schedule that runs this configuration; of several, the one that is due first. */
export async function scheduleOf(
  config: Config,
  machine: Surroundings,
  now: number,
): Promise<ScheduleView> {
  const { found, crontabsHidden } = await findSchedules(machine, [join(config.baseDir, "sync.sh")]);
  const [first] = found
    .filter((one) => one.call !== undefined && one.call.noConfig === undefined)
    .filter((one) => !isOfAnother(one, config.path))
    .map(({ path, spec }) => ({ path, spec, next: nextOf(spec, now) }))
    .sort((a, b) => a.next - b.next);
  if (first === undefined) return { kind: crontabsHidden ? "hidden" : "none" };
  const { path, spec } = first;
  return { kind: "found", path, ...(spec !== undefined && { spec }) };
}

function nextOf(spec: string | undefined, now: number): number {
  const times = timesOf(spec ?? "");
  return (times && nextRuns(times, now)[0]) ?? Infinity;
}

/** The state of a dataset's folder; unknown if it can't be examined. */
async function diskOf(layout: Layout, recorded: string | null): Promise<DiskState | undefined> {
  try {
    const { localDir } = layout;
    const manifest = await Manifest.load(layout.manifest);
    const bytes = manifest?.totalSize ?? null;
    const found = (word: DiskState["word"]): DiskState => ({ word, differing: 0, bytes });
    if (await journalIsOpen(layout)) return found("unfinished");
    if (!folderLooksFilled(layout)) {
      if (manifest?.size === 0) return found("as_recorded"); // the package is empty
      const isThere = orElse(() => Deno.statSync(localDir).isDirectory, false);
      return { ...found(isThere ? "empty" : "missing"), bytes: 0 };
    }
    if (manifest === undefined) return found("not_recorded");
    if (recorded !== null && manifest.version !== recorded) return found("other_version");
    const differing = countDiffering(localDir, manifest);
    return differing === 0 ? found("as_recorded") : { ...found("changed"), differing };
  } catch (error) {
    if (error instanceof DataHubSyncError) return undefined;
    throw error;
  }
}

/** When the run began that holds the lock; a dead run may have left its name in the file. */
function runningSince({ lock }: Layout): number | undefined {
  const holder = readHolder(lock);
  if (holder === undefined || holder.host !== Deno.hostname()) return undefined;
  const process = orElse(() => Deno.statSync(`/proc/${holder.pid}`), undefined);
  return process && holder.startedAt;
}
