/**
 * Keeps a folder up to date with one ZIP on the web, without a configuration file.
 *
 * Guarantees: it is a sync of a dataset with an address of its own, and does all that a sync does. What
 * it knows lies in the work folder beside the data, the state too. Files that no run has placed are
 * kept where they match the package, and replaced only if that is allowed.
 *
 * @module
 */
import { orElse } from "../or_else.ts";
import { basename, join, resolve } from "node:path";
import type { Config } from "../config/config.ts";
import { type Environment, processEnvironment } from "../environment.ts";
import { parseConfig } from "../config/load_config.ts";
import { isWebUrl } from "../config/read/readers.ts";
import { ConfigError, StoreError, UsageError } from "../errors.ts";
import { isSafePath } from "../safe_path.ts";
import { resolveLayout } from "../store/layout.ts";
import { loadTaken } from "../store/memory/url_memory.ts";
import { redactor, redactUrl } from "../redact.ts";
import { cleanError } from "./clean_error.ts";
import type { ClientOptions, SyncOptions } from "./client_options.ts";
import { DataSyncClient } from "./data_sync_client.ts";
import type { SyncResult } from "./sync_result.ts";
import { CLIENT } from "../messages/client.ts";

/**
 * What is wanted of a ZIP, and how it is asked for.
 *
 * @example
 * ```ts
 * import type { GetSettings } from "@datahubsync/client";
 *
 * const settings: GetSettings = { include: ["CIK*.json"], headers: { "X-Key": "secret" } };
 * ```
 */
export interface GetSettings {
  /** Globs; default: everything. */
  include?: readonly string[];
  /** Globs; they win over `include`. */
  exclude?: readonly string[];
  /** A leading folder of every entry that is taken off; `auto` = the one wrapper folder. */
  stripPrefix?: string;
  /** What names without the UTF-8 flag are in; default `auto`. */
  filenameEncoding?: string;
  /** The most files that a package may have; default: ten times as many as are here. */
  maxFiles?: number | string;
  /** The most bytes that its files may have together, or a text such as `20GB`; the same default. */
  maxSize?: number | string;
  /** Whether files that the package doesn't have any more are removed. */
  deleteRemoved?: boolean;
  /** Sent to the address's own origin only; `User-Agent` to all. */
  headers?: Readonly<Record<string, string>>;
  /** Sent as `Authorization: Bearer …` to the address's own origin only. */
  token?: string;
  /** PEM file with further certificate authorities. */
  caFile?: string;
}

/**
 * Options for {@linkcode get}.
 *
 * @example
 * ```ts
 * import type { GetOptions } from "@datahubsync/client";
 *
 * const options: GetOptions = { adopt: true, signal: AbortSignal.timeout(3600_000) };
 * ```
 */
export interface GetOptions extends GetSettings, ClientOptions, SyncOptions {
  /** Whether files that are there already, and differ from the package's, are replaced. */
  adopt?: boolean;
}

/** A configuration for one address. */
interface GetPlan {
  config: Config;
  statePath: string;
  /** What to say about the address when the folder came from another one. */
  moved?: string;
}

/**
 * Brings a folder up to date with a ZIP on the web: the first time with everything, then with what
 * changed. Whatever goes wrong with the sync is in the result.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { get, LocalHub } from "@datahubsync/client";
 *
 * // Any server will do.
 * await using hub = await LocalHub.start({ facts: { "a.json": "{}" } });
 * const dir = await Deno.makeTempDir();
 * const url = `${hub.url}/package/facts.zip`;
 * const first = await get(url, `${dir}/facts`, { direct: true });
 * assert.equal(first.status, "success");
 * const second = await get(url, `${dir}/facts`, { direct: true });
 * assert.equal(second.status, "up_to_date");
 * await Deno.remove(dir, { recursive: true });
 * ```
 *
 * @throws {UsageError} for an address or a setting that can't be used
 */
export async function get(url: string, dir: string, options: GetOptions = {}): Promise<SyncResult> {
  const { config, statePath } = await planGet(url, dir, options).catch((error) => {
    throw cleanError(error, redactor(secretsIn(url, options)));
  });
  const { dryRun = false, force = false, adopt = false, ...rest } = options;
  await using client = new DataSyncClient(config, statePath, {
    ...(!adopt && { mayReplace: refuseToReplace }),
    ...rest,
  });
  return await client.syncDataset(config.datasets[0]!.name, { dryRun, force });
}

/** What of an address and its settings no error may show, before they are a configuration. */
function secretsIn(url: string, { token = "", headers = {} }: GetSettings): string[] {
  return [token, ...Object.values(headers), URL.parse(url)?.password ?? ""]
    .filter((secret) => secret !== "");
}

/** Refuses to replace files without permission. Throws UsageError. */
export function refuseToReplace(_dataset: string, paths: readonly string[]): never {
  throw new UsageError(CLIENT.differs({ files: differing(paths) }), {
    expected: "an empty folder, or one with the package's files",
    found: `${paths.length} other files`,
    hint: CLIENT.adopt(),
  });
}

/** How many files differ, and some of their names. */
export function differing(paths: readonly string[]): string {
  const shown = paths.slice(0, 3).join(", ") + (paths.length > 3 ? ", …" : "");
  return CLIENT.some_differ({ count: paths.length, names: shown });
}

/** The folder that an address is kept in where none is named. Throws UsageError. */
export function folderFor(url: string): string {
  if (!isWebUrl(url)) return "data"; // no address at all: whoever reads it next says so
  const last = URL.parse(url)?.pathname.split("/").at(-1) ?? "";
  const name = orElse(() => decodeURIComponent(last), last).replace(/\.zip$/i, "");
  if (name !== "" && !name.includes("/") && isSafePath(name)) return name;
  throw new UsageError(CLIENT.no_name({ url: redactUrl(url) }), {
    expected: "a folder",
    found: "none",
    hint: CLIENT.name_folder(),
  });
}

/** Makes the configuration for an address. Throws UsageError, StoreError. */
export async function planGet(
  url: string,
  dir: string,
  settings: GetSettings,
  env: Environment = processEnvironment,
): Promise<GetPlan> {
  const localDir = resolve(dir);
  const layout = await resolveLayout(localDir).catch((error: unknown) => {
    throw asFolderGiven(error);
  });
  const config = { ...configOf(url, localDir, settings, env), path: join(layout.work, "get.yaml") };
  const statePath = join(layout.work, "state.json");
  const taken = await loadTaken(layout.taken);
  const now = new URL(config.datasets[0]!.source!.urls[0]!).href;
  if (taken === undefined || taken.url === now) return { config, statePath };
  const [before, after] = [redactUrl(taken.url), redactUrl(now)];
  const moved = before === after
    ? CLIENT.came_from_query({ localDir, before })
    : CLIENT.came_from({ localDir, before, after });
  return { config, statePath, moved };
}

/** `get` has no `local_dir` that could be corrected. */
function asFolderGiven(error: unknown): unknown {
  if (!(error instanceof StoreError) || error.evidence.found !== "a file") return error;
  const { path } = error.evidence;
  return new StoreError(error.code, CLIENT.is_a_file({ path: String(path) }), {
    ...error.evidence,
    hint: CLIENT.another_folder(),
  });
}

function configOf(url: string, localDir: string, settings: GetSettings, env: Environment): Config {
  const { include, exclude, stripPrefix, filenameEncoding, maxFiles, maxSize } = settings;
  const { deleteRemoved, headers, token, caFile } = settings;
  const dataset = {
    name: basename(localDir).trim() || "data",
    local_dir: localDir,
    url,
    include,
    exclude,
    strip_prefix: stripPrefix,
    filename_encoding: filenameEncoding,
    max_files: asNumber(maxFiles),
    max_size: asNumber(maxSize),
    delete_removed: deleteRemoved,
    headers,
    token,
    ca_file: caFile === undefined ? undefined : resolve(caFile),
  };
  try {
    const config = parseConfig(JSON.stringify({ datasets: [dataset] }), {
      path: "/nowhere/config.yaml",
      env,
    });
    config.datasets[0]!.source!.section = "get";
    // They name positions in a file that isn't there.
    return { ...config, warnings: [] };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new UsageError(error.problems.map(({ message }) => asOption(message)).join("\n"), {
      hint: CLIENT.address_looks_like(),
    });
  }
}

/** What the command line has as text, and a configuration as a number. */
function asNumber(value: number | string | undefined): number | string | undefined {
  return typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;
}

/** A problem in the words of the command line. */
function asOption(message: string): string {
  return message.replace(/^`datasets\[1\]\.(\w+)(?:\[\d+\])?(?:\.([^`]+))?`/, (_, key, name) => {
    if (key === "url") return CLIENT.the_address();
    if (key === "local_dir" || key === "name") return CLIENT.the_folder();
    return key === "headers" ? `--header ${name ?? ""}`.trim() : `--${key.replaceAll("_", "-")}`;
  });
}
