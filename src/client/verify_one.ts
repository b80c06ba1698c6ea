/**
 * Verifies one dataset and, if requested, repairs it: for the command and the library.
 *
 * Guarantees: always a result, never an exception; without `repair` nothing is changed. A repair
 * first finishes what an earlier run left unfinished, so it judges no half-published folder.
 *
 * @module
 */
import { given } from "../given.ts";
import type { DatasetConfig } from "../config/dataset_config.ts";
import { didYouMean } from "../config/near_miss.ts";
import { hintOf, HubError, messageOf } from "../errors.ts";
import { ensureLayout, resolveLayout } from "../store/layout.ts";
import { acquireLock } from "../store/lock.ts";
import { loadState } from "../store/memory/state.ts";
import { journalIsOpen } from "../store/publish/journal.ts";
import { recoverPublish } from "../store/recover.ts";
import { isUnfinished } from "../store/snapshot/versions.ts";
import { leftOutHint } from "../sync/on_disk/stock.ts";
import { whyUntrusted } from "../sync/hubs/sources.ts";
import { isRetriable } from "../hub/retry/retriable.ts";
import type { SyncContext } from "../sync/sync_context.ts";
import { syncDataset } from "../sync/sync_all.ts";
import { type Verification, verifyDataset } from "../sync/verify.ts";
import type { Catalog, DatasetResult } from "../types.ts";
import { awayOrThrow } from "./verify_source.ts";
import { CLIENT } from "../messages/client.ts";
import { SYNC } from "../messages/sync.ts";

/**
 * What a verification found.
 *
 * @example Find and repair a damaged file
 * ```ts
 * import assert from "node:assert/strict";
 * import { DataSyncClient, LocalHub, parseConfig, type VerifyResult } from "@datahubsync/client";
 *
 * await using hub = await LocalHub.start({ bars: { "sh600000.csv": "date,close\n" } });
 * const dir = await Deno.makeTempDir();
 * const config = parseConfig(
 *   `{ hub: { url: "${hub.url}" }, datasets: [{ name: bars, local_dir: ./bars }] }`,
 *   { path: `${dir}/config.yaml` },
 * );
 * await using client = new DataSyncClient(config, `${dir}/.last_sync.json`, { direct: true });
 * await client.syncAll();
 * await Deno.writeTextFile(`${dir}/bars/sh600000.csv`, "oops");
 * const found: VerifyResult = await client.verify("bars");
 * assert.deepEqual(found.damaged, ["sh600000.csv"]);
 * const repaired = await client.verify("bars", { repair: true });
 * assert.equal(repaired.entriesRepaired, 1);
 * assert.equal(repaired.success, true);
 * await Deno.remove(dir, { recursive: true });
 * ```
 */
export interface VerifyResult {
  /** The dataset's name. */
  datasetName: string;
  /** Whether the folder holds what it should, after a repair if there was one. */
  success: boolean;
  /** Files that should be there. */
  entries: number;
  /** Files that should be there and aren't; paths below `local_dir`. */
  missing: string[];
  /** Files whose content isn't what it should be. */
  damaged: string[];
  /** Files that this disk can't hold, which no repair brings; neither missing nor damaged. */
  leftOut: string[];
  /** Files that nobody names: yours, or removed upstream. They are no fault. */
  extra: string[];
  /** Files fetched to repair what was missing or damaged. */
  entriesRepaired: number;
  /** Bytes read from the disk. */
  bytesRead: number;
  /** Bytes received from the hub. */
  bytesDownloaded: number;
  /**
   * Set if the files were compared with what was recorded here (the hub is away, or has no ranges), or
   * if some differ only because the hub has a newer package.
   */
  note?: string;
  /** Why it couldn't be verified or repaired, on one line. */
  error?: string;
  /** What to do about it, when we know. */
  hint?: string;
}

/** How a dataset is verified. */
interface VerifyUse {
  context: SyncContext;
  /** The hub's list; without one the files are compared with the manifest. */
  catalog: Catalog | undefined;
  /** Why there is none, if the hub couldn't be asked. */
  away?: HubError | undefined;
  statePath: string;
  /** Whether what is missing or damaged is fetched. */
  repair: boolean;
  /** Called when a repair has changed the folder: that was a sync like any other. */
  onRepaired?: (result: DatasetResult) => void;
}

/** Verifies one dataset. */
export async function verifyOne(dataset: DatasetConfig, use: VerifyUse): Promise<VerifyResult> {
  try {
    return await verify(dataset, use);
  } catch (error) {
    return unverified(dataset.name, error, use.context.clean);
  }
}

/** The result of a dataset that couldn't be verified. */
export function unverified(
  name: string,
  error: unknown,
  clean: (text: string) => string,
): VerifyResult {
  const hint = hintOf(error);
  return {
    ...resultOf(name, NOTHING),
    success: false,
    error: clean(messageOf(error)),
    ...(hint !== undefined && { hint: clean(hint) }),
  };
}

async function verify(dataset: DatasetConfig, use: VerifyUse): Promise<VerifyResult> {
  const { context, catalog, statePath, repair } = use;
  const listed = catalog?.datasets.find(({ name }) => name === dataset.name);
  if (catalog !== undefined && listed === undefined) {
    throw new HubError("not_found", SYNC.not_listed({ name: dataset.name }), {
      hint: didYouMean(dataset.name, catalog.datasets.map(({ name }) => name)),
    });
  }
  const untrusted = catalog && whyUntrusted(catalog, dataset, context);
  if (untrusted !== undefined) throw untrusted;
  const unfinished = await isCutOff(dataset);
  if (unfinished && repair) await finishEarlier(dataset, context);
  let { away } = use;
  const found = await verifyDataset(dataset, listed, context).catch(async (error: unknown) => {
    if (listed === undefined) throw error;
    away = await awayOrThrow(dataset.localDir, error);
    return await verifyDataset(dataset, undefined, context);
  });
  const result = resultOf(dataset.name, found);
  const { missing, damaged, leftOut } = found;
  if (found.newer > 0) result.note = CLIENT.newer_on_hub({ newer: found.newer });
  if (away !== undefined) {
    const why = context.clean(away.message);
    result.note = CLIENT.compared_with_record({ why });
    // A hub without ranges has no directory to compare with, but all that a repair needs.
    if (missing.length + damaged.length > 0 && repair && isRetriable(away)) {
      return { ...result, error: why, ...(away.hint !== undefined && { hint: away.hint }) };
    }
  }
  if (leftOut.length > 0) result.hint = leftOutHint(leftOut);
  else if (unfinished && !repair) result.hint = CLIENT.publish_unfinished();
  if (missing.length + damaged.length === 0 || !repair || listed === undefined) return result;
  const state = await loadState(statePath);
  const repaired = await syncDataset({
    dataset,
    listed,
    recorded: state.get(dataset.name) ?? null,
    statePath,
    planOnly: false,
    facts: found.facts,
  }, context);
  if (repaired.status === "success" || repaired.filesChanged) {
    use.onRepaired?.({ ...repaired, hub: context.hub.url });
  }
  return {
    ...result,
    success: repaired.success,
    entriesRepaired: repaired.success || repaired.filesChanged ? repaired.entriesFetched : 0,
    bytesDownloaded: found.bytesDownloaded + repaired.bytesDownloaded,
    ...given({ error: repaired.error, hint: repaired.hint }),
  };
}

/** Whether a run hasn't finished its publish: one that was killed, or one that is still running. */
async function isCutOff({ localDir }: DatasetConfig): Promise<boolean> {
  const layout = await resolveLayout(localDir);
  return await journalIsOpen(layout) || isUnfinished(layout);
}

/** Finishes an earlier run's publish. Throws StoreError, and LockedError while that run goes on. */
async function finishEarlier({ name, localDir }: DatasetConfig, context: SyncContext) {
  const { clock, holder, sync: { durable }, reporter } = context;
  const layout = await resolveLayout(localDir);
  await ensureLayout(layout);
  using _lock = await acquireLock(layout.lock, { clock, ...holder });
  const warn = (message: string): void => reporter({ type: "warn", dataset: name, message });
  await recoverPublish(layout, { durable, warn });
}

const NOTHING: Verification = {
  entries: 0,
  missing: [],
  damaged: [],
  leftOut: [],
  extra: [],
  bytesRead: 0,
  bytesDownloaded: 0,
  newer: 0,
  facts: new Map(),
};

function resultOf(
  datasetName: string,
  { facts: _facts, newer: _newer, ...found }: Verification,
): VerifyResult {
  const success = found.missing.length + found.damaged.length + found.leftOut.length === 0;
  return { datasetName, success, ...found, entriesRepaired: 0 };
}
