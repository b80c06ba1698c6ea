/**
 * A run: the catalog once, then one dataset after another, or those of different hubs at once.
 *
 * Guarantees: one bad dataset never stops the others, and every requested dataset has a result.
 * With several hubs, the next one is asked if one doesn't answer or fails to deliver a dataset;
 * bytes already downloaded are reused if the package is the same. An interruption ends the run
 * after the current dataset.
 *
 * @module
 */
import type { DatasetConfig } from "../config/dataset_config.ts";
import { didYouMean } from "../config/near_miss.ts";
import { DataHubSyncError, InterruptedError, messageOf } from "../errors.ts";
import type { DataHub } from "../hub/data_hub.ts";
import { loadState } from "../store/memory/state.ts";
import type { DatasetResult, Status } from "../types.ts";
import { askCatalog, findAnswering, type Source, sourcesOf } from "./hubs/catalog_sources.ts";
import { addedUp, emptyResult, statusOf } from "./running_result.ts";
import type { RunContext } from "./sync_context.ts";
import { syncDataset } from "./sync_dataset.ts";
import { refuseUnsigned } from "./decide/refusals.ts";
import { LONGEST_RUN_HOURS, RunLimit } from "./run_limit.ts";
import { SYNC } from "../messages/sync.ts";

/** Options for a run. */
export interface RunJob {
  datasets: readonly DatasetConfig[];
  /** Who has a dataset, tried in this order; at least one. Datasets with the same list share it. */
  hubsOf: (dataset: DatasetConfig) => readonly DataHub[];
  statePath: string;
  planOnly: boolean;
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
    const sources = known.get(hubs) ?? sourcesOf(hubs);
    if (!known.has(hubs)) {
      known.set(hubs, sources);
      await findAnswering(sources, context);
    }
    const recorded = state.get(dataset.name) ?? null;
    const result = await syncFromAny(dataset, { job, context, sources, recorded });
    found.set(dataset, result);
    await job.onResult?.(result);
  };
  await inLanes(job, context, syncOne);
  const results = job.datasets.map((dataset) => found.get(dataset)!);
  if (job.planOnly) return results;
  const catalogs = [...known.values()].flat().flatMap(({ catalog }) => catalog?.signed ?? []);
  if (context.mirror !== undefined && catalogs.length > 0) {
    const { handOnSigned } = await import("./mirrored.ts");
    await handOnSigned(catalogs[0], context);
  }
  await pruneSite(context);
  return results;
}

/**
 * Syncs the datasets in their order; with `sync.datasets` those of different hubs at once. What one
 * hub has stays in order, since its server may answer one request at a time; so does everything
 * with a mirror, which is one tree. Each lane has workers of its own.
 */
async function inLanes(
  { datasets, hubsOf }: RunJob,
  context: RunContext,
  syncOne: (dataset: DatasetConfig, context: RunContext) => Promise<void>,
): Promise<void> {
  const most = context.mirror === undefined ? context.sync.datasets ?? 1 : 1;
  const groups = most === 1 ? [[...datasets]] : [...Map.groupBy(datasets, hubsOf).values()];
  const lanes = Array.from({ length: Math.min(most, groups.length) }, async (_, index) => {
    const pool = context.poolOf?.(index) ?? context.pool;
    for (let group = groups.shift(); group !== undefined; group = groups.shift()) {
      for (const dataset of group) await syncOne(dataset, { ...context, pool });
    }
  });
  const ended = await Promise.allSettled(lanes);
  for (const lane of ended) if (lane.status === "rejected") throw lane.reason;
}

/** Removes expired packages from the mirror, even on days without a new version. */
async function pruneSite({ mirror, clock, sync, reporter }: RunContext): Promise<void> {
  if (mirror === undefined) return;
  const { pruneSite } = await import("../site/place.ts");
  try {
    await pruneSite(mirror, { clock, durable: sync.durable });
  } catch (error) {
    reporter({
      type: "warn",
      dataset: "",
      message: SYNC.old_packages({ dir: mirror.dir, error: messageOf(error) }),
    });
  }
}

/** Tries the hubs in order until one delivers. */
async function syncFromAny(
  dataset: DatasetConfig,
  run: { job: RunJob; context: RunContext; sources: Source[]; recorded: string | null },
): Promise<DatasetResult> {
  const { job, context, sources, recorded } = run;
  context.reporter({ type: "started", dataset: dataset.name });
  const startedAt = context.clock();
  let result: DatasetResult | undefined;
  using limit = new RunLimit(context.sync.longestRun ?? LONGEST_RUN_HOURS, context.signal);
  for (const source of sources) {
    const asked = await askCatalog(source, { ...context, sources });
    const { catalog } = source;
    const error = catalog === undefined
      ? source.failure
      : refuseUnsigned(catalog, { dataset, hubKeys: context.publicKeys });
    const next = catalog === undefined || error !== undefined
      ? failedResult(dataset.name, { error, startedAt, context })
      : limit.judge(
        await syncDataset({
          dataset,
          listed: catalog.entries.find(({ name }) => name === dataset.name),
          recorded,
          statePath: job.statePath,
          planOnly: job.planOnly,
          hubSigns: catalog.signed !== undefined,
        }, {
          ...context,
          connections: dataset.source?.connections ?? context.connections,
          signal: limit.signal,
          hub: source.hub,
          pace: source.pace,
          anotherHub: source !== sources.at(-1),
        }),
      );
    if (next.status === "not_found" && source.catalog !== undefined) {
      next.hint ??= didYouMean(dataset.name, source.catalog.entries.map(({ name }) => name));
    }
    next.phases.catalog = asked;
    next.hub = source.hub.url;
    result = result === undefined ? next : merged(result, next);
    const mayHelp = ANOTHER_HUB_MAY_HELP.has(next.status) && next.leftOut === undefined;
    if (!mayHelp || limit.signal.aborted) break;
  }
  const { clean } = context;
  if (clean !== undefined && result!.error !== undefined) result!.error = clean(result!.error);
  if (clean !== undefined && result!.hint !== undefined) result!.hint = clean(result!.hint);
  result!.version ??= recorded;
  result!.versionBefore = recorded;
  context.reporter({ type: "finished", result: result! });
  return result!;
}

/** The later result plus what the earlier hub cost. */
function merged(earlier: DatasetResult, later: DatasetResult): DatasetResult {
  return {
    ...later,
    startedAt: earlier.startedAt,
    bytesDownloaded: earlier.bytesDownloaded + later.bytesDownloaded,
    durationMs: earlier.durationMs + later.durationMs,
    retries: addedUp(earlier.retries, later.retries),
    ...(earlier.filesChanged && { filesChanged: true }),
  };
}

function failedResult(
  name: string,
  failure: { error: unknown; startedAt: number; context: RunContext },
): DatasetResult {
  const { startedAt, context } = failure;
  const interrupted = context.signal.aborted && !(failure.error instanceof InterruptedError);
  const error = interrupted ? new InterruptedError("interrupted") : failure.error;
  const result = emptyResult(name, startedAt);
  result.status = statusOf(error);
  result.error = messageOf(error);
  if (error instanceof DataHubSyncError && error.hint !== undefined) result.hint = error.hint;
  result.durationMs = context.clock() - startedAt;
  return result;
}
