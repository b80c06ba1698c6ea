/**
 * A run: the catalog once, then the datasets one by one, or those of different hubs at once.
 *
 * Guarantees: one bad dataset never stops the others, and every requested dataset has a result, which
 * says what went wrong. If a hub doesn't answer or fails to deliver a dataset, the next one is asked;
 * bytes already downloaded are reused if the package is the same. An interruption ends the run after
 * the current dataset; `sync.longest_run` ends a dataset's sync. A pinned dataset stays at its version,
 * and if a folder's disk isn't mounted, nothing is written below the mount point.
 *
 * @module
 */
import type { DatasetConfig } from "../config/dataset_config.ts";
import { didYouMean } from "../config/near_miss.ts";
import { InterruptedError, StoreError } from "../errors.ts";
import { asDiskError } from "../fs/disk_error.ts";
import type { DataHub } from "../hub/data_hub.ts";
import { ownCommand } from "../own_command.ts";
import { shellWord } from "../shell_word.ts";
import { type Layout, resolveLayout } from "../store/layout.ts";
import { checkLocation, rememberLocation } from "../store/memory/locations.ts";
import { loadState } from "../store/memory/state.ts";
import { pinned } from "../store/snapshot/rollback.ts";
import { makePassable } from "../store/snapshot/snapshot_ability.ts";
import { liveVersion } from "../store/snapshot/versions.ts";
import type { DatasetResult, Status } from "../types.ts";
import { decide } from "./decide.ts";
import {
  askCatalog,
  findAnswering,
  isAway,
  mustBeSigned,
  type Source,
  sourcesOf,
  whyUntrusted,
} from "./hubs/sources.ts";
import { merged, RunLimit, RunningResult } from "./running_result.ts";
import type { DatasetJob, JobOptions, RunContext, SyncContext } from "./sync_context.ts";
import { SYNC } from "../messages/sync.ts";

/** Options for a run. */
export interface RunJob extends JobOptions {
  datasets: readonly DatasetConfig[];
  /** Who has a dataset, tried in this order; at least one. Datasets with the same list share it. */
  hubsOf: (dataset: DatasetConfig) => readonly DataHub[];
  /** Datasets whose rejected package is to be taken, once. */
  accept?: ReadonlySet<string> | undefined;
  /** Called after each dataset, even a failed one. */
  onResult?: (result: DatasetResult) => Promise<void>;
}

/** After these, another hub may do better. */
const ANOTHER_HUB_MAY_HELP: ReadonlySet<Status> = new Set<Status>([
  "download_failed",
  "extract_failed",
  "not_found",
  "package_not_ready",
]);

/** Syncs the datasets in order. Throws StoreError if the state can't be read. */
export async function syncAll(job: RunJob, context: RunContext): Promise<DatasetResult[]> {
  const state = await loadState(job.statePath);
  const known = new Map<readonly DataHub[], Source[]>();
  const found = new Map<DatasetConfig, DatasetResult>();
  const syncOne = async (dataset: DatasetConfig, context: RunContext): Promise<void> => {
    const hubs = job.hubsOf(dataset);
    let sources = known.get(hubs);
    if (sources === undefined) {
      known.set(hubs, sources = sourcesOf(hubs));
      await findAnswering(sources, context);
    }
    const recorded = state.get(dataset.name) ?? null;
    const result = await syncFromAny(dataset, { job, context, sources, recorded });
    found.set(dataset, result);
    await job.onResult?.(result);
  };
  await inQueues(job, context, syncOne);
  if (!job.planOnly && context.mirror !== undefined) {
    const signed = [...known.values()].flat().find(({ catalog }) => catalog?.signed);
    const { finishMirror } = await import("./mirror.ts");
    await finishMirror(context.mirror, signed?.catalog?.signed, context);
  }
  return job.datasets.map((dataset) => found.get(dataset)!);
}

/**
 * Syncs the datasets in their order; with `sync.datasets` those of different hubs at once. What one
 * hub has stays in order, since its server may answer one request at a time; so does everything
 * with a mirror, which is one tree.
 */
async function inQueues(
  { datasets, hubsOf }: RunJob,
  context: RunContext,
  syncOne: (dataset: DatasetConfig, context: RunContext) => Promise<void>,
): Promise<void> {
  const most = context.mirror === undefined ? context.sync.datasets ?? 1 : 1;
  const groups = most === 1 ? [[...datasets]] : [...Map.groupBy(datasets, hubsOf).values()];
  const queues = Array.from({ length: Math.min(most, groups.length) }, async (_, index) => {
    const pool = () => context.pool(index);
    for (let group = groups.shift(); group !== undefined; group = groups.shift()) {
      for (const dataset of group) await syncOne(dataset, { ...context, pool });
    }
  });
  const ended = await Promise.allSettled(queues);
  for (const queue of ended) if (queue.status === "rejected") throw queue.reason;
}

/** Tries the hubs in order until one delivers. */
async function syncFromAny(
  dataset: DatasetConfig,
  run: { job: RunJob; context: RunContext; sources: Source[]; recorded: string | null },
): Promise<DatasetResult> {
  const { job, context, sources, recorded } = run;
  const { statePath, planOnly, force, changes, accept } = job;
  const { clean, reporter } = context;
  reporter({ type: "started", dataset: dataset.name });
  let result: DatasetResult | undefined;
  using limit = new RunLimit(context);
  for (const source of sources) {
    const asking = new RunningResult(dataset.name, recorded, context);
    const asked = await askCatalog(source, { ...context, sources });
    const { catalog } = source;
    const error = catalog === undefined ? source.failure : whyUntrusted(catalog, dataset, context);
    const next = catalog === undefined || error !== undefined
      ? failed(asking, error, context.signal)
      : limit.judge(
        await syncDataset({
          dataset,
          listed: catalog.datasets.find(({ name }) => name === dataset.name),
          recorded,
          statePath,
          planOnly,
          force,
          changes,
          accepted: accept?.has(dataset.name) ?? false,
          hubSigns: catalog.signed !== undefined,
        }, {
          ...context,
          connections: dataset.source?.connections ?? context.connections,
          signal: limit.signal,
          hub: source.hub,
          traits: source.traits,
          anotherHub: source !== sources.at(-1),
        }),
      );
    if (next.status === "not_found" && catalog !== undefined) {
      next.hint ??= didYouMean(dataset.name, catalog.datasets.map(({ name }) => name));
    }
    next.phases.catalog = asked;
    next.hub = source.hub.url;
    result = result === undefined ? next : merged(result, next);
    const mayHelp = ANOTHER_HUB_MAY_HELP.has(next.status) && next.leftOut === undefined;
    if (!mayHelp || limit.signal.aborted) break;
  }
  const last = result!;
  if (last.error !== undefined) last.error = clean(last.error);
  if (last.hint !== undefined) last.hint = clean(last.hint);
  last.version ??= recorded;
  reporter({ type: "finished", result: last });
  return last;
}

/** Syncs one dataset with one hub. Never throws. */
export async function syncDataset(job: DatasetJob, context: SyncContext): Promise<DatasetResult> {
  const { dataset, recorded } = job;
  const running = new RunningResult(dataset.name, recorded, context);
  try {
    running.end(await statusAfter(job, context, running));
  } catch (error) {
    if (isAway(error)) context.traits.unreachable = true;
    running.fail(asDiskError(error, dataset.localDir), context.signal.aborted);
  }
  return running.value;
}

async function statusAfter(
  job: DatasetJob,
  context: SyncContext,
  running: RunningResult,
): Promise<Status> {
  const { dataset, listed, recorded, facts, force = false } = job;
  const { timezone, mirror } = context;
  const result = running.value;
  if (listed === undefined) {
    result.error = SYNC.not_listed({ name: dataset.name });
    return "not_found";
  }
  const layout = await resolveLayout(dataset.localDir);
  // An earlier version made the work folder private, and with it the data in it.
  if (layout.snapshot !== undefined && !job.planOnly) makePassable(layout);
  if (staysPinned(layout, job, result)) return "up_to_date";
  const isUnrecorded = !force && await isUnrecordedHere(layout, job, context);
  const always = force || facts !== undefined || isUnrecorded;
  const isSigned = mustBeSigned(dataset, context);
  const about = { dataset, recorded, timezone, mirror, layout, always, mustBeSigned: isSigned };
  const decision = await decide(listed, about);
  if (decision.kind === "up_to_date") return "up_to_date";
  if (decision.kind === "not_ready") {
    result.error = decision.why;
    return "package_not_ready";
  }
  if (decision.warning !== undefined) running.warn(decision.warning);
  // Most runs end above, so the rest is loaded only when there is work.
  const { DatasetUpdater } = await import("./dataset_update.ts");
  return await new DatasetUpdater({ ...job, listed }, layout, context, running).run();
}

/** Whether the dataset is pinned; if so, says it in `result`. Throws StoreError for a repair. */
function staysPinned(
  layout: Layout,
  { dataset, facts }: Pick<DatasetJob, "dataset" | "facts">,
  result: DatasetResult,
): boolean {
  const pin = pinned(layout);
  if (pin === undefined) return false;
  const name = shellWord(dataset.name);
  const [live, off] = [liveVersion(layout)!, ownCommand(`pin ${name} --off`)];
  // The pin is written first: a command that was killed may have left the other version live.
  const isLive = live === pin;
  const pinnedTo = SYNC.pinned_to({ pin });
  const said = isLive ? pinnedTo : SYNC.pinned_not_reached({ pinned: pinnedTo, live });
  const hint = isLive
    ? SYNC.to_go_on({ command: off })
    : SYNC.to_finish({ command: ownCommand(`pin ${name} ${pin}`), off });
  if (facts !== undefined) {
    throw new StoreError("wrong_type", SYNC.isnt_repaired({ name: dataset.name, said }), { hint });
  }
  result.error = SYNC.not_synced({ said });
  result.hint = hint;
  return true;
}

/** Whether the folder came without its manifest; notes where it is. Throws StoreError `not_mounted`. */
async function isUnrecordedHere(
  layout: Layout,
  { dataset: { name }, statePath }: DatasetJob,
  { configPath }: SyncContext,
): Promise<boolean> {
  const startOver = ownCommand(`sync --force -d ${shellWord(name)}`, { config: configPath });
  const found = await checkLocation(layout, { name, statePath, startOver });
  if (found === "new") await rememberLocation(layout, { name, statePath });
  return found === "unrecorded";
}

/** The result of a dataset whose hub couldn't be asked, or isn't trusted. */
function failed(asking: RunningResult, error: unknown, { aborted }: AbortSignal): DatasetResult {
  const stopped = aborted && !(error instanceof InterruptedError);
  asking.fail(stopped ? new InterruptedError("interrupted") : error, aborted);
  return asking.value;
}
