/**
 * What the engine tells while it works. The engine owns the interface; whoever draws bars, writes
 * logs or counts things implements it.
 *
 * @module
 */
import type { Phase, SyncResult } from "../types.ts";

/**
 * What a plan comes to. Sizes are in bytes.
 *
 * @example
 * ```ts
 * import type { PlanSummary } from "@datahubsync/client";
 *
 * const savedShare = (plan: PlanSummary): number => 1 - plan.bytesToFetch / plan.bytesTotal;
 * ```
 */
export interface PlanSummary {
  /** Entries in the package that the configuration wants. */
  entries: number;
  /** Entries that are already right on the disk. */
  kept: number;
  /** Entries that an interrupted run left verified. */
  staged: number;
  /** Entries to fetch whole. */
  whole: number;
  /** Entries of which the tail is enough, or its two ends. */
  tails: number;
  /** Entries that patches make, of the old files and the news. */
  patched?: number;
  /** Files to remove because upstream removed them. */
  deletes: number;
  /** Bytes to ask the hub for. */
  bytesToFetch: number;
  /** Bytes of the whole package. */
  bytesTotal: number;
  /** Requests that it will take, when all goes well. */
  requests: number;
  /** Bytes of disk that are needed beside what is there. */
  diskNeeded: number;
  /** How the bytes are asked for, and why, in a few words. */
  strategy: string;
}

/** Takes the engine's events. */
export interface Reporter {
  /** A dataset's turn has come. */
  started(dataset: string): void;
  /** A dataset enters a phase. */
  phase(dataset: string, phase: Phase): void;
  /** Files on disk are being read to see what they hold; `done` of `total` files. */
  checking(dataset: string, done: number, total: number): void;
  /** The plan is made. */
  planned(dataset: string, plan: PlanSummary): void;
  /** That many further bytes have arrived. */
  received(dataset: string, bytes: number): void;
  /** That many further entries are verified. */
  extracted(dataset: string, entries: number): void;
  /** A request failed and is tried again after that many ms; `sentence` says both and the count. */
  retry(dataset: string, cause: string, waitMs: number, sentence: string): void;
  /** Something a person should know, though the sync goes on. */
  warn(dataset: string, message: string): void;
  /** A detail for a log at its most talkative. */
  debug(dataset: string, message: string): void;
  /** A dataset is done with. */
  finished(result: SyncResult): void;
}

/** Takes nothing. */
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

/** Tells several reporters. */
export function bothReporters(...reporters: Reporter[]): Reporter {
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
