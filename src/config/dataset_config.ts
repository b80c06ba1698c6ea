/**
 * What the configuration says of one dataset, as the program uses it: every default filled in, every
 * path absolute.
 *
 * @module
 */

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
    | "cp866"
    | "cp1251"
    | "cp1252";
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
  section?: "get" | "given_zip";
}
