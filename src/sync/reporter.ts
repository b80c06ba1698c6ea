/**
 * The events of a sync. The engine owns this interface; progress bars, logs and counters implement it.
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

/** Receives the engine's events. */
export interface Reporter {
  /** A dataset's sync starts. */
  started(dataset: string): void;
  /** A dataset enters a phase. */
  phase(dataset: string, phase: Phase): void;
  /** Files on disk are being read to see what they hold; `done` of `total` files. */
  checking(dataset: string, done: number, total: number): void;
  /** The plan is made. */
  planned(dataset: string, plan: PlanSummary): void;
  /** Further bytes have arrived. */
  received(dataset: string, bytes: number): void;
  /** Further entries are verified. */
  extracted(dataset: string, entries: number): void;
  /**
   * A request failed and will be retried after the given ms; `sentence` says both and the count.
   */
  retry(dataset: string, cause: string, waitMs: number, sentence: string): void;
  /** A warning; the sync goes on. */
  warn(dataset: string, message: string): void;
  /** A detail, for debug logs. */
  debug(dataset: string, message: string): void;
  /** A dataset's sync has ended. */
  finished(result: DatasetResult): void;
}

/** Ignores all events. */
export const silentReporter: Reporter = {
  started() {},
  phase() {},
  checking() {},
  planned() {},
  received() {},
  extracted() {},
  retry() {},
  warn() {},
  debug() {},
  finished() {},
};

/** Forwards events to several reporters. */
export function allReporters(...reporters: Reporter[]): Reporter {
  return {
    started: (...args) => reporters.forEach((reporter) => reporter.started(...args)),
    phase: (...args) => reporters.forEach((reporter) => reporter.phase(...args)),
    checking: (...args) => reporters.forEach((reporter) => reporter.checking(...args)),
    planned: (...args) => reporters.forEach((reporter) => reporter.planned(...args)),
    received: (...args) => reporters.forEach((reporter) => reporter.received(...args)),
    extracted: (...args) => reporters.forEach((reporter) => reporter.extracted(...args)),
    retry: (...args) => reporters.forEach((reporter) => reporter.retry(...args)),
    warn: (...args) => reporters.forEach((reporter) => reporter.warn(...args)),
    debug: (...args) => reporters.forEach((reporter) => reporter.debug(...args)),
    finished: (...args) => reporters.forEach((reporter) => reporter.finished(...args)),
  };
}
