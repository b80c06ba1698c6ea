/**
 * The events of a client: what its caller may listen to, and how that hears the engine.
 *
 * @module
 */
import { type PlanSummary, type Reporter, reporterOf } from "../sync/sync_context.ts";
import type { Phase } from "../types.ts";
import { type SyncResult, toSyncResult } from "./sync_result.ts";

/**
 * Takes a client's events, as they happen. Every member may be left out. What one of them throws
 * ends the sync of that dataset with the status `error`.
 *
 * @example Count the bytes that arrive
 * ```ts
 * import assert from "node:assert/strict";
 * import { DataSyncClient, LocalHub, parseConfig, type SyncReporter } from "@datahubsync/client";
 *
 * await using hub = await LocalHub.start({ bars: { "sh600000.csv": "date,close\n" } });
 * const dir = await Deno.makeTempDir();
 * const config = parseConfig(
 *   `{ hub: { url: "${hub.url}" }, datasets: [{ name: bars, local_dir: ./bars }] }`,
 *   { path: `${dir}/config.yaml` },
 * );
 * let received = 0;
 * const reporter: SyncReporter = {
 *   received: (_dataset, bytes) => {
 *     received += bytes;
 *   },
 * };
 * await using client = new DataSyncClient(config, `${dir}/.last_sync.json`, {
 *   reporter,
 *   direct: true,
 * });
 * const result = await client.syncDataset("bars");
 * assert.equal(received, result.bytesDownloaded);
 * await Deno.remove(dir, { recursive: true });
 * ```
 */
export interface SyncReporter {
  /** A dataset's turn has come. */
  started?(dataset: string): void;
  /** A dataset enters a phase. */
  phase?(dataset: string, phase: Phase): void;
  /** Files on disk are being read to see what they hold; `done` of `total` files. */
  checking?(dataset: string, done: number, total: number): void;
  /** The plan is made. */
  planned?(dataset: string, plan: PlanSummary): void;
  /** That many further bytes have arrived. */
  received?(dataset: string, bytes: number): void;
  /** That many further entries are verified. */
  extracted?(dataset: string, entries: number): void;
  /**
   * A request failed and is tried again; `dataset` is empty for the hub's list. `sentence` is for
   * people, such as `the hub answered 500; trying again in 4 s (2 of 5)`.
   */
  retry?(dataset: string, cause: string, waitMs: number, sentence: string): void;
  /** Something a person should know, though the sync goes on; `dataset` may be empty. */
  warn?(dataset: string, message: string): void;
  /** A detail for a log at its most talkative. */
  debug?(dataset: string, message: string): void;
  /** A dataset is done with, however it ended. */
  finished?(result: SyncResult): void;
}

/** The engine's reporter that tells a caller's, in words that `clean` let through; plans are kept in `plans`. */
export function engineReporter(
  told: SyncReporter,
  plans: Map<string, PlanSummary>,
  clean: (text: string) => string,
): Reporter {
  return reporterOf({
    started: ({ dataset }) => told.started?.(dataset),
    phase: ({ dataset, phase }) => told.phase?.(dataset, phase),
    checking: ({ dataset, done, total }) => told.checking?.(dataset, done, total),
    planned({ dataset, plan }) {
      plans.set(dataset, plan);
      told.planned?.(dataset, plan);
    },
    received: ({ dataset, bytes }) => told.received?.(dataset, bytes),
    extracted: ({ dataset, entries }) => told.extracted?.(dataset, entries),
    retry: ({ dataset, cause, waitMs, sentence }) =>
      told.retry?.(dataset, clean(cause), waitMs, clean(sentence)),
    warn: ({ dataset, message }) => told.warn?.(dataset, clean(message)),
    debug: ({ dataset, message }) => told.debug?.(dataset, clean(message)),
    finished: ({ result }) => told.finished?.(toSyncResult(result, plans.get(result.dataset))),
  });
}
