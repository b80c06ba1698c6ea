/**
 * The events of a sync. The engine owns them; progress bars, logs and counters receive them.
 *
 * @module
 */
import type { DatasetResult, Phase } from "../types.ts";

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
