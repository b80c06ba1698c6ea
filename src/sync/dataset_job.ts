/**
 * What the sync of one dataset is asked to do.
 *
 * @module
 */
import type { DatasetConfig } from "../config/config.ts";
import type { CatalogEntry } from "../types.ts";
import type { DiskFact } from "./plan/step.ts";

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
