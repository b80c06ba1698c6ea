/**
 * What one run shares (the hub, the workers, and everything that is injected), and what the sync of
 * one dataset is asked to do.
 *
 * @module
 */
import type { DatasetConfig, HubConfig, MirrorConfig, SyncConfig } from "../config/config.ts";
import type { DataHub } from "../hub/data_hub.ts";
import type { CatalogEntry, Clock } from "../types.ts";
import type { WorkerPool } from "../zip/extract/worker_pool.ts";
import type { Guarded } from "./on_disk/guarded_files.ts";
import type { HubPace } from "./hubs/hub_pace.ts";
import type { Reporter } from "./reporter.ts";
import type { DiskFact } from "./plan/step.ts";

type BoundKeys = "diskReserve" | "longestRun";

/** What a run shares. */
export interface SyncContext {
  hub: DataHub;
  pace: HubPace;
  /** Whether there is another hub to ask if this one is unreachable. */
  anotherHub?: boolean;
  /** The workers, started when they are first needed. */
  pool: () => WorkerPool;
  /** The workers of a lane, where several datasets are synced at once: a pool has one package open. */
  poolOf?: (lane: number) => () => WorkerPool;
  reporter: Reporter;
  signal: AbortSignal;
  clock: Clock;
  random: () => number;
  sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** For the lock. */
  holder: { hostname: string; pid: number };
  /** Bounds that are left out are those of the configuration's defaults. */
  sync: Omit<SyncConfig, BoundKeys> & Partial<Pick<SyncConfig, BoundKeys>>;
  connections: number | "auto";
  retries: number;
  /** IANA zone in which the hub writes times that name none. */
  timezone: string;
  /** When to fetch a whole package so that its digest can be checked; default `auto`. */
  digest?: HubConfig["digest"];
  /** Datasets whose rejected package is to be taken, once. */
  accept?: ReadonlySet<string>;
  /** Keys of which one has to have signed the catalog, where the dataset names none. */
  publicKeys?: readonly string[];
  /** Whether to distrust manifest and state. */
  force: boolean;
  /** Whether changed files are counted by kind; `list` also keeps them for a reader. */
  changes?: "count" | "list";
  /** Where to place verified packages for other machines. */
  mirror?: MirrorConfig;
  /** The configuration's path, for commands in hints; without one they name none. */
  configPath?: string;
  /** Files that no package may replace, such as the configuration. */
  guarded?: readonly Guarded[];
  /** Asked before files that no run has placed are replaced; throws to refuse. */
  mayReplace?: (dataset: string, paths: readonly string[]) => void | Promise<void>;
  /**
   * Removes secrets from a result's texts: a hub's page may echo them, and results go into files.
   */
  clean?: (text: string) => string;
  /** Called at each step, including those of the publish. */
  onStep?: (step: string) => void;
}

/** One dataset to sync. */
export interface DatasetJob {
  dataset: DatasetConfig;
  /** The hub's entry; `undefined` = the hub doesn't know it. */
  entry: CatalogEntry | undefined;
  /** The recorded version's text. */
  recorded: string | null;
  statePath: string;
  /** Whether to stop after the plan, changing nothing. */
  planOnly: boolean;
  /** Whether the hub signs its catalog, be it with a key that is known here or not. */
  signed?: boolean;
  /** For a repair: what a verification has just read. It decides, not the version text. */
  facts?: ReadonlyMap<string, DiskFact>;
}
