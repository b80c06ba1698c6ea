/**
 * DataHubSync as a library: keeps local copies of datasets (folders of files) in sync with a hub over HTTP,
 * for programs that want to do it themselves rather than call the command.
 *
 * Nothing here prints, exits or keeps global state. Errors that are thrown on purpose are
 * {@linkcode DataHubSyncError}s; what goes wrong with one dataset is in its {@linkcode SyncResult}.
 *
 * @example A configuration, a sync, a result
 * ```ts
 * import assert from "node:assert/strict";
 * import { DataSyncClient, loadConfig, LocalHub } from "@datahubsync/client";
 *
 * // A hub to try it with; leave it out when you have one.
 * await using hub = await LocalHub.start({ bars: { "sh600000.csv": "date,close\n" } });
 * const dir = await Deno.makeTempDir();
 * await Deno.writeTextFile(
 *   `${dir}/config.yaml`,
 *   `hub:\n  url: ${hub.url}\ndatasets:\n  - name: bars\n    local_dir: ./bars\n`,
 * );
 *
 * const config = await loadConfig(`${dir}/config.yaml`);
 * await using client = new DataSyncClient(config, `${dir}/.last_sync.json`, { direct: true });
 * const result = await client.syncDataset("bars");
 * assert.equal(result.status, "success");
 * assert.equal(result.entriesFetched, 1);
 * await Deno.remove(dir, { recursive: true });
 * ```
 *
 * @module
 */
export { DataSyncClient } from "./client/data_sync_client.ts";
export type {
  CallOptions,
  ClientOptions,
  SyncOptions,
  VerifyOptions,
} from "./client/client_options.ts";
export { get, type GetOptions, type GetSettings } from "./client/get.ts";
export { type LocalFiles, LocalHub } from "./client/local_hub.ts";
export type { SyncReporter } from "./client/sync_reporter.ts";
export type { SyncResult } from "./client/sync_result.ts";
export type { DatasetUpdate } from "./client/updates.ts";
export type { VerifyResult } from "./client/verify_one.ts";
export type {
  BandwidthHours,
  Config,
  HubConfig,
  LoggingConfig,
  LogLevel,
  MirrorConfig,
  SyncConfig,
} from "./config/config.ts";
export type {
  Calendar,
  DatasetConfig,
  Expectations,
  MaxAge,
  SourceConfig,
} from "./config/dataset_config.ts";
export type {
  NotifyConfig,
  NotifyEvent,
  NotifyTarget,
  PingConfig,
  TemplateTarget,
} from "./config/notify_config.ts";
export type { Environment } from "./environment.ts";
export { loadConfig, parseConfig, type ParseOptions } from "./config/load_config.ts";
export {
  ArchiveError,
  type ArchiveErrorCode,
  ConfigError,
  type ConfigProblem,
  DataHubSyncError,
  type Evidence,
  HubError,
  type HubErrorCode,
  InterruptedError,
  LockedError,
  StoreError,
  type StoreErrorCode,
  UsageError,
} from "./errors.ts";
export type { PlanSummary } from "./sync/sync_context.ts";
export type { DatasetResult, Phase, Status } from "./types.ts";
export { VERSION } from "./version.ts";
