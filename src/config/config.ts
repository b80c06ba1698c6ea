/**
 * The configuration as the program uses it: every default filled in, every path absolute, every
 * `${DATAHUBSYNC_…}` replaced. {@linkcode loadConfig} makes one out of a file.
 *
 * @module
 */
import type { DatasetConfig } from "./dataset_config.ts";
import type { NotifyConfig, PingConfig } from "./notify_config.ts";

/**
 * How much the log says.
 *
 * @example
 * ```ts
 * import type { LogLevel } from "@datahubsync/client";
 *
 * const level: LogLevel = "INFO";
 * ```
 */
export type LogLevel = "DEBUG" | "INFO" | "WARNING" | "ERROR";

/**
 * The hub that is asked.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { type HubConfig, parseConfig } from "@datahubsync/client";
 *
 * const text = `hub: { url: http://hub.example:8000 }
 * datasets: [{ name: bars, local_dir: ./bars }]`;
 * const config = parseConfig(text, { path: "/srv/config.yaml" });
 * const hub: HubConfig = config.hub;
 * assert.deepEqual(hub.urls, ["http://hub.example:8000"]);
 * assert.equal(hub.timeout, 300);
 * ```
 */
export interface HubConfig {
  /** Base URLs without a trailing slash, tried in this order; none where every dataset has its own. */
  urls: string[];
  /** Seconds without a byte after which a request has failed. */
  timeout: number;
  /** IANA zone in which the hub writes times that name none. */
  timezone: string;
  /** Sent as `Authorization: Bearer …` to the hub's own origin only. */
  token?: string;
  /** Sent to the hub's own origin only. */
  headers: Record<string, string>;
  /** PEM file with further certificate authorities. */
  caFile?: string;
  /** Connections at once; `auto` finds out. */
  connections: number | "auto";
  /** How often a request is retried without progress. */
  retries: number;
  /** Bytes per second below which a download, over two silences, has failed; 0 = none. */
  leastSpeed: number;
  /** Whether a `package_url` may lead to another origin. */
  allowOtherOrigin: boolean;
  /** Hosts that a redirect or a `package_url` may lead to though their address is an internal one. */
  allowHosts: string[];
  /**
   * When all of a package is fetched so that its announced digest can be checked: `auto` where it
   * comes from another origin than the catalog, `always`, or only `when_whole` is fetched anyway.
   */
  digest: "auto" | "always" | "when_whole";
  /** Keys of which one has to have signed the catalog; none = it needn't be signed. */
  publicKeys: string[];
  /** Where these settings were given, for hints; default: in a configuration. */
  section?: "given_hub";
}

/**
 * How a run works.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseConfig, type SyncConfig } from "@datahubsync/client";
 *
 * const text = `hub: { url: http://hub.example:8000 }
 * datasets: [{ name: bars, local_dir: ./bars }]
 * sync: { bandwidth_limit: 2MB/s }`;
 * const config = parseConfig(text, { path: "/srv/config.yaml" });
 * const sync: SyncConfig = config.sync;
 * assert.equal(sync.bandwidthLimit, 2_000_000);
 * assert.equal(sync.durable, true);
 * ```
 */
export interface SyncConfig {
  /** Extraction workers; `auto` = one per core, at most 4. */
  workers: number | "auto";
  /** Datasets at once, where they come from different hubs; default 1. */
  datasets?: number;
  /** Bytes per second over all connections; 0 = no limit. */
  bandwidthLimit: number;
  /** Other limits at certain hours of the day, of this machine's zone; the first that fits counts. */
  bandwidthHours?: BandwidthHours[];
  /** Whether files are flushed to the disk before they are made live. */
  durable: boolean;
  /** Bytes of the disk that stay free; `auto` = a hundredth of it, at most 1 GB. */
  diskReserve: number | "auto";
  /** The most hours that a dataset may take per run. */
  longestRun: number;
}

/**
 * A limit that holds at certain hours.
 *
 * @example
 * ```ts
 * import type { BandwidthHours } from "@datahubsync/client";
 *
 * // 2 MB/s from nine to half past three.
 * const trading: BandwidthHours = { from: 9, to: 15.5, limit: 2_000_000 };
 * ```
 */
export interface BandwidthHours {
  /** The hour of the day from which it holds, from 0 to below 24. */
  from: number;
  /** The hour until which it holds; one that isn't later than `from` is that of the next day. */
  to: number;
  /** Bytes per second over all connections; 0 = no limit. */
  limit: number;
}

/**
 * Where the log goes.
 *
 * @example The command writes this log; the library leaves it to you
 * ```ts
 * import assert from "node:assert/strict";
 * import { type LoggingConfig, parseConfig } from "@datahubsync/client";
 *
 * const text = `hub: { url: http://hub.example:8000 }
 * datasets: [{ name: bars, local_dir: ./bars }]
 * logging: { file: ./logs/sync.log }`;
 * const config = parseConfig(text, { path: "/srv/config.yaml" });
 * const logging: LoggingConfig = config.logging;
 * assert.equal(logging.file, "/srv/logs/sync.log");
 * ```
 */
export interface LoggingConfig {
  /** Lines below this level are left out. */
  level: LogLevel;
  /** Absolute path; without it the log goes to stderr of a terminal only. */
  file?: string;
  /** One line per event, for people or as JSON. */
  format: "text" | "json";
  /** The size at which the program rotates the file, in bytes; 0 = never (logrotate does it). */
  maxSize: number;
  /** Rotated files kept. */
  keep: number;
}

/**
 * A static tree that other machines use as their hub.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { type MirrorConfig, parseConfig } from "@datahubsync/client";
 *
 * const text = `hub: { url: http://hub.example:8000 }
 * datasets: [{ name: bars, local_dir: ./bars }]
 * mirror: { dir: ./mirror }`;
 * const config = parseConfig(text, { path: "/srv/config.yaml" });
 * const mirror: MirrorConfig | undefined = config.mirror;
 * assert.deepEqual(mirror, { dir: "/srv/mirror", keepHours: 24 });
 * ```
 */
export interface MirrorConfig {
  /** Absolute path of the tree. */
  dir: string;
  /** Hours to keep a replaced package. */
  keepHours: number;
}

/**
 * A whole configuration.
 *
 * @example It is plain data: change a copy as you like
 * ```ts
 * import assert from "node:assert/strict";
 * import { type Config, parseConfig } from "@datahubsync/client";
 *
 * const text = `hub: { url: http://hub.example:8000 }
 * datasets: [{ name: bars, local_dir: ./bars }]`;
 * const config = parseConfig(text, { path: "/srv/config.yaml" });
 * const slow: Config = { ...config, sync: { ...config.sync, workers: 1 } };
 * assert.equal(slow.baseDir, "/srv");
 * ```
 */
export interface Config {
  /** The file it came from, absolute. */
  path: string;
  /** The folder that relative paths are relative to. */
  baseDir: string;
  /** What a person reads it in; the surroundings decide where nothing is set. */
  language?: "en" | "zh";
  /** The hub that is asked. */
  hub: HubConfig;
  /** What is followed, in this order. */
  datasets: DatasetConfig[];
  /** How a run works. */
  sync: SyncConfig;
  /** Where the log goes. */
  logging: LoggingConfig;
  /** Absolute path of the file for Prometheus, if one is wanted. */
  metrics: { textfile?: string };
  /** The settings for notifications. */
  notify: NotifyConfig;
  /** The monitor that is pinged by each run, if there is one. */
  ping?: PingConfig;
  /** The tree for other machines, if one is kept. */
  mirror?: MirrorConfig;
  /** Folders, absolute, that the owner rule trusts; they count in a file that root owns. */
  trustedFolders: string[];
  /** Files, absolute, that secrets were read from. */
  secretFiles: string[];
  /** Warnings about the file, one sentence each (unknown keys, …). */
  warnings: string[];
}
