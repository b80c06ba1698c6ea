/**
 * Options for a client and for each of its calls.
 *
 * @module
 */
import type { SyncReporter } from "./sync_reporter.ts";

/**
 * Options for all calls of a client.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { type ClientOptions, DataSyncClient, parseConfig } from "@datahubsync/client";
 *
 * const options: ClientOptions = {
 *   reporter: { warn: (dataset, message) => console.warn(dataset, message) },
 *   signal: AbortSignal.timeout(3600_000),
 * };
 * const config = parseConfig(
 *   "{ hub: { url: http://127.0.0.1:8000 }, datasets: [{ name: bars, local_dir: ./bars }] }",
 *   { path: "/srv/config.yaml" },
 * );
 * await using client = new DataSyncClient(config, "/srv/.last_sync.json", options);
 * assert.equal(client.statePath, "/srv/.last_sync.json");
 * ```
 */
export interface ClientOptions {
  /** Takes the events of all calls; default: nobody does. */
  reporter?: SyncReporter;
  /** Stops everything that the client does, for good. */
  signal?: AbortSignal;
  /** Goes around the proxies of the environment, for a hub on this machine. */
  direct?: boolean;
  /**
   * Asked before files that are in a folder, but that no sync has placed, are replaced; throws to
   * refuse. Default: they are.
   */
  mayReplace?: (dataset: string, paths: readonly string[]) => void | Promise<void>;
}

/**
 * Options for every call.
 *
 * @example A call that may take a minute
 * ```ts
 * import type { CallOptions } from "@datahubsync/client";
 *
 * const options: CallOptions = { signal: AbortSignal.timeout(60_000) };
 * ```
 */
export interface CallOptions {
  /** Stops this call. A sync then ends with the status `interrupted`, and the next one goes on there. */
  signal?: AbortSignal;
}

/**
 * Options for a sync.
 *
 * @example Only look
 * ```ts
 * import type { SyncOptions } from "@datahubsync/client";
 *
 * const options: SyncOptions = { dryRun: true };
 * ```
 */
export interface SyncOptions extends CallOptions {
  /** Says in the results' `plan` what would be fetched, and changes nothing. */
  dryRun?: boolean;
  /** Takes the package that `expect` has rejected, once. */
  accept?: boolean;
  /** Believes neither state nor manifest: reads every file and fetches what differs. */
  force?: boolean;
}

/**
 * Options for a verification.
 *
 * @example Without asking the hub
 * ```ts
 * import type { VerifyOptions } from "@datahubsync/client";
 *
 * const options: VerifyOptions = { offline: true };
 * ```
 */
export interface VerifyOptions extends CallOptions {
  /** Fetches what is missing or damaged. */
  repair?: boolean;
  /** Compares with what was recorded when the files were placed, not with the hub. */
  offline?: boolean;
}
