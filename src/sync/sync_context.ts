/**
 * What a sync is given: the context that a whole run shares (workers, settings, everything that is
 * injected), the job of each dataset, and who receives its events: progress bars, logs and counters.
 *
 * @module
 */
import type { HubConfig, MirrorConfig, SyncConfig } from "../config/config.ts";
import type { DatasetConfig } from "../config/dataset_config.ts";
import type { DataHub } from "../hub/data_hub.ts";
import type { Clock, DatasetResult, ListedDataset, Phase } from "../types.ts";
import type { WorkerPool } from "../zip/extract/worker_pool.ts";
import type { HubTraits } from "./hubs/hub_traits.ts";
import type { Guarded } from "./on_disk/guarded_files.ts";
import type { DiskFact } from "./on_disk/survey.ts";

/** The settings of the hubs that a sync depends on. */
type HubSettings = Pick<
  HubConfig,
  "connections" | "retries" | "timezone" | "digest" | "publicKeys"
>;

/** What a run shares, whatever hub it asks. */
export interface RunContext extends HubSettings {
  signal: AbortSignal;
  clock: Clock;
  random: () => number;
  sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** Names this process in the lock. */
  holder: { hostname: string; pid: number };
  /**
   * The workers, started when first needed. A pool has one package open, so each queue of datasets
   * synced at once has its own; default: the first.
   */
  pool: (queue?: number) => WorkerPool;
  reporter: Reporter;
  /** Removes secrets from a result's texts: a hub's page may echo them, and results go into files. */
  clean: (text: string) => string;
  /** Called at each step, including those of the publish. */
  onStep?: (step: string) => void;
  /** Asked before files that no run has placed are replaced; throws to refuse. */
  mayReplace?: (dataset: string, paths: readonly string[]) => void | Promise<void>;
  sync: SyncConfig;
  /** Where to place verified packages for other machines. */
  mirror?: MirrorConfig;
  /** The configuration's path, for commands in hints; without one they name none. */
  configPath?: string;
  /** Files that no package may replace: the configuration, the state and the like. */
  guarded: readonly Guarded[];
}

/** The context of syncing one dataset with one hub. */
export interface SyncContext extends RunContext {
  hub: DataHub;
  traits: HubTraits;
  /** Whether there is another hub to ask if this one is unreachable. */
  anotherHub?: boolean;
}

/** Options for syncing, the same for each dataset of a run. */
export interface JobOptions {
  statePath: string;
  /** Whether to stop after the plan, changing nothing. */
  planOnly: boolean;
  /** Whether to distrust manifest and state. */
  force?: boolean | undefined;
  /** Whether changed files are counted by kind; `list` also keeps them for a reader. */
  changes?: "count" | "list" | undefined;
}

/** One dataset to sync. */
export interface DatasetJob extends JobOptions {
  dataset: DatasetConfig;
  /** The dataset as the hub lists it; `undefined` = the hub doesn't. */
  listed: ListedDataset | undefined;
  /** The recorded version's text. */
  recorded: string | null;
  /** Whether to take a package that `expect` rejected, once. */
  accepted?: boolean;
  /** Whether the hub signs its catalog, even with a key that is unknown here. */
  hubSigns?: boolean;
  /** For a repair: what a verification has just read. It decides, not the version text. */
  facts?: ReadonlyMap<string, DiskFact>;
}

/** One dataset that the hub lists. */
export interface ListedJob extends DatasetJob {
  listed: ListedDataset;
}

/**
 * A plan in figures. Sizes are in bytes.
 *
 * @example
 * ```ts
 * import type { PlanSummary } from "@datahubsync/client";
 *
 * const savedShare = (plan: PlanSummary): number => 1 - plan.bytesToFetch / plan.bytesTotal;
 * ```
 */
export interface PlanSummary {
  /** Entries in the package that the configuration selects. */
  entries: number;
  /** Entries already correct on the disk. */
  kept: number;
  /** Verified entries left by an interrupted run. */
  staged: number;
  /** Entries to fetch whole. */
  whole: number;
  /** Entries whose tail, or its two ends, is enough. */
  tails: number;
  /** Entries that patches build from the old files. */
  patched?: number;
  /** Files to remove because upstream removed them. */
  deletes: number;
  /** Bytes to fetch from the hub. */
  bytesToFetch: number;
  /** Bytes of the whole package. */
  bytesTotal: number;
  /** Requests that it takes, if all goes well. */
  requests: number;
  /** Additional disk space needed, in bytes. */
  diskNeeded: number;
  /** How the bytes are requested, and why, in a few words. */
  strategy: string;
}

/** What happens in a sync. `dataset` is empty where it is about the hub's catalog. */
type SyncEvent =
  /** A dataset's sync starts. */
  | { type: "started"; dataset: string }
  /** A dataset enters a phase. */
  | { type: "phase"; dataset: string; phase: Phase }
  /** Files on disk are being read to see what they hold; `done` of `total` files. */
  | { type: "checking"; dataset: string; done: number; total: number }
  /** The plan is made. */
  | { type: "planned"; dataset: string; plan: PlanSummary }
  /** Further bytes have arrived. */
  | { type: "received"; dataset: string; bytes: number }
  /** Further entries are verified. */
  | { type: "extracted"; dataset: string; entries: number }
  /** A request failed and will be retried after `waitMs`; `sentence` says both and the count. */
  | { type: "retry"; dataset: string; cause: string; waitMs: number; sentence: string }
  /** A warning; the sync goes on. */
  | { type: "warn"; dataset: string; message: string }
  /** A detail, for debug logs. */
  | { type: "debug"; dataset: string; message: string }
  /** A dataset's sync has ended. */
  | { type: "finished"; result: DatasetResult };

/** Receives the engine's events. */
export type Reporter = (event: SyncEvent) => void;

/** What to do with events, by type; the others are ignored. */
type EventHandlers = {
  [Type in SyncEvent["type"]]?: (event: Extract<SyncEvent, { type: Type }>) => void;
};

/** A reporter that hands each event to the handler of its type. */
export function reporterOf(handlers: EventHandlers): Reporter {
  return (event) => (handlers[event.type] as Reporter | undefined)?.(event);
}
