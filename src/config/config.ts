/**
 * The configuration as the program uses it: every default filled in, every path absolute, every
 * `${DATAHUBSYNC_…}` replaced. {@linkcode loadConfig} makes one out of a file. It is longer than
 * 250 lines because every exported type has its example.
 *
 * @module
 */

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
}

/**
 * The days on which new data is due, out of a file.
 *
 * @example
 * ```ts
 * import type { Calendar } from "@datahubsync/client";
 *
 * const calendar: Calendar = {
 *   path: "/srv/days-off.txt",
 *   kind: "off",
 *   days: new Set(["2026-10-01", "2026-10-02"]),
 *   from: "2026-01-01",
 *   until: "2026-12-31",
 * };
 * ```
 */
export interface Calendar {
  /** The file, absolute. */
  path: string;
  /** Whether its days are those on which data is due, or those on which none is. */
  kind: "trading" | "off";
  /** The days, such as `2026-10-01`. */
  days: ReadonlySet<string>;
  /** The first and the last day that it knows about; for others the weekdays count. */
  from: string;
  /** See `from`. */
  until: string;
}

/**
 * When a dataset counts as stale.
 *
 * @example
 * ```ts
 * import type { MaxAge } from "@datahubsync/client";
 *
 * // New data on every working day at half past five; a day's data may be 30 hours late.
 * const maxAge: MaxAge = { hours: 30, weekdays: [1, 2, 3, 4, 5], hour: 17.5 };
 * ```
 */
export interface MaxAge {
  /** Hours that may pass, counted on the weekdays below only. */
  hours: number;
  /**
   * ISO weekdays (1 = Monday) on which new data is due; empty = as the calendar says, and Monday to
   * Friday where it says nothing.
   */
  weekdays: number[];
  /** The days on which new data is due, or isn't. */
  calendar?: Calendar;
  /** The hour of the day, in the hub's zone, at which the day's data is due; may be fractional. */
  hour: number;
}

/**
 * What a package must be like to go live.
 *
 * @example
 * ```ts
 * import type { Expectations } from "@datahubsync/client";
 *
 * const expect: Expectations = {
 *   minFiles: 5000,
 *   maxRemoved: 0.05,
 *   newestRow: { column: "交易日期", hours: 72, encoding: "auto" },
 * };
 * ```
 */
export interface Expectations {
  /** The fewest files that it may have. */
  minFiles?: number;
  /** The largest part, 0 to 1, of the files here that it may no longer have. */
  maxRemoved?: number;
  /** The largest part, 0 to 1, of the bytes here by which it may be smaller. */
  maxShrink?: number;
  /** How old its newest row may be. */
  newestRow?: {
    /** The column with the row's date, as in the files' header line. */
    column: string;
    /** Counted as in {@linkcode MaxAge}: on the weekdays and days of `maxAge`, where it is set. */
    hours: number;
    /** How the files are encoded; `auto` = UTF-8 or else GB18030, per file. */
    encoding: "auto" | "utf-8" | "gb18030" | "big5" | "shift_jis" | "euc-kr";
  };
}

/**
 * One dataset that is followed.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { type DatasetConfig, parseConfig } from "@datahubsync/client";
 *
 * const text = `hub: { url: http://hub.example:8000 }
 * datasets: [{ name: bars, local_dir: ./bars }]`;
 * const config = parseConfig(text, { path: "/srv/config.yaml" });
 * const dataset: DatasetConfig | undefined = config.datasets[0];
 * assert.equal(dataset?.localDir, "/srv/bars");
 * assert.equal(dataset?.publish, "files");
 * ```
 */
export interface DatasetConfig {
  /** The name on the hub. */
  name: string;
  /** Absolute path of the folder to keep up to date. */
  localDir: string;
  /**
   * A leading folder to strip from every entry; `auto` = the one wrapper folder, if there is one.
   */
  stripPrefix: string;
  /** Whether to remove synced files that upstream removed, or that are no longer selected. */
  deleteRemoved: boolean;
  /** Globs; empty = everything. */
  include: string[];
  /** Globs; they win over `include`. */
  exclude: string[];
  /** How names without the UTF-8 flag are read. */
  filenameEncoding:
    | "auto"
    | "utf-8"
    | "gb18030"
    | "shift_jis"
    | "big5"
    | "euc-kr"
    | "cp437"
    | "cp866";
  /** How the result is made live. */
  publish: "files" | "snapshot";
  /** With `publish: snapshot`: versions kept, the live one included. */
  keepVersions: number;
  /** With `publish: snapshot`: hours for which further versions are kept. */
  keepAge?: number;
  /**
   * The most bytes that a package may unpack to; default ten times the current size, at least 10
   * GB.
   */
  maxSize?: number;
  /** The most files in a package; default ten times the current number, at least 20,000. */
  maxFiles?: number;
  /** Whether what changes is kept until it was read; without it, as it was before. */
  changes?: boolean;
  /** When it counts as stale, if ever. */
  maxAge?: MaxAge;
  /** What a package must be like to go live. */
  expect?: Expectations;
  /** Keys of which one has to have signed the hub's catalog; default: the hub's. */
  publicKeys?: string[];
  /** Where its ZIP is, when it has an address of its own; without it the hub has the dataset. */
  source?: SourceConfig;
}

/**
 * Where a dataset's ZIP is that comes from no hub.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseConfig, type SourceConfig } from "@datahubsync/client";
 *
 * const text = "datasets: [{ name: facts, url: https://a.example/facts.zip, local_dir: ./facts }]";
 * const config = parseConfig(text, { path: "/srv/config.yaml" });
 * const source: SourceConfig | undefined = config.datasets[0]?.source;
 * assert.deepEqual(source?.urls, ["https://a.example/facts.zip"]);
 * ```
 */
export interface SourceConfig {
  /** Addresses of the same ZIP, tried in this order; at least one. */
  urls: string[];
  /** Sent to the own origin of each address only. */
  headers: Record<string, string>;
  /** Sent as `Authorization: Bearer …` to the own origin of each address only. */
  token?: string;
  /** PEM file with further certificate authorities; default: the hub's. */
  caFile?: string;
  /** Seconds without a byte after which a request has failed; default: the hub's. */
  timeout?: number;
  /** Connections at once; default: the hub's. */
  connections?: number | "auto";
  /** Where these settings were given, for hints; default: in a configuration. */
  section?: "get";
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
 * What a notification is about.
 *
 * @example
 * ```ts
 * import type { NotifyEvent } from "@datahubsync/client";
 *
 * const events: NotifyEvent[] = ["failure", "stale", "recovery"];
 * ```
 */
export type NotifyEvent = "failure" | "stale" | "recovery" | "success";

/**
 * A request of your own making, in which `${title}`, `${text}`, `${dataset}`, `${status}`, `${event}`,
 * `${host}` and `${time}` are replaced.
 *
 * @example
 * ```ts
 * import type { TemplateTarget } from "@datahubsync/client";
 *
 * const target: TemplateTarget = {
 *   type: "template",
 *   url: "https://example.com/alarm",
 *   method: "POST",
 *   headers: { "X-Key": "abc" },
 *   body: '{"summary": "${title}", "details": "${text}"}',
 *   secrets: ["abc"],
 * };
 * ```
 */
export interface TemplateTarget {
  /** Tells it from the services' own types. */
  type: "template";
  /** Values in it are percent-encoded. */
  url: string;
  /** The request's method. */
  method: "GET" | "POST" | "PUT" | "PATCH";
  /** Sent with it; its `Content-Type` says how values in the body are escaped. */
  headers: Record<string, string>;
  /** None with `GET`. */
  body?: string;
  /** What of it no log may show, beside the address and the headers. */
  secrets: string[];
}

/**
 * A target for notifications.
 *
 * @example
 * ```ts
 * import type { NotifyTarget } from "@datahubsync/client";
 *
 * const target: NotifyTarget = { type: "webhook", url: "https://example.com/hook" };
 * ```
 */
export type NotifyTarget =
  | { type: "webhook" | "slack" | "wecom"; url: string }
  | { type: "dingtalk" | "feishu"; url: string; secret?: string }
  | { type: "serverchan" | "pushplus" | "bark" | "gotify"; url: string; token: string }
  | { type: "telegram"; url: string; token: string; chatId: string }
  | { type: "ntfy"; url: string; topic: string; token?: string }
  | TemplateTarget
  | {
    type: "email";
    host: string;
    port: number;
    /** `tls` from the first byte, `starttls`, or `none`. */
    security: "tls" | "starttls" | "none";
    username?: string;
    password?: string;
    from: string;
    to: string[];
  };

/**
 * The settings for notifications.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { type NotifyConfig, parseConfig } from "@datahubsync/client";
 *
 * const text = `hub: { url: http://hub.example:8000 }
 * datasets: [{ name: bars, local_dir: ./bars }]`;
 * const config = parseConfig(text, { path: "/srv/config.yaml" });
 * const notify: NotifyConfig = config.notify;
 * assert.deepEqual(notify.targets, []);
 * ```
 */
export interface NotifyConfig {
  /** The events to notify about. */
  on: NotifyEvent[];
  /** The targets. */
  targets: NotifyTarget[];
  /** Seconds that one target may take. */
  timeout: number;
  /** The language of the messages: `notify.language`, else `language`; English without either. */
  language?: "en" | "zh";
}

/**
 * A monitor that notices when no run happens.
 *
 * @example
 * ```ts
 * import type { PingConfig } from "@datahubsync/client";
 *
 * const ping: PingConfig = { url: "https://hc-ping.com/your-uuid", timeout: 10 };
 * ```
 */
export interface PingConfig {
  /** Called when all went well; with `/start` and `/fail` behind it for the rest. */
  url: string;
  /** Seconds that the end of a run may wait for it. */
  timeout: number;
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
