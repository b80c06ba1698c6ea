/**
 * Loads a configuration: from a file's bytes to {@linkcode Config}, with every default filled in.
 *
 * Guarantees: whatever the file holds, the outcome is a configuration or one `ConfigError` with all
 * problems, each with its position; no message shows a secret. It doesn't touch what the file names (no
 * folder is made, no CA file read), except that it reads the files that hold a secret and nothing else
 * (`token_file` and its kind), looks where links lead, and at what the log is.
 *
 * The checks don't use a schema library: every message needs the position of a key or value in the
 * text and the spelling that was meant, which a validator of plain objects has lost.
 *
 * @module
 */
import { basename, dirname, resolve } from "node:path";
import { ConfigError } from "../errors.ts";
import { ownCommand } from "../own_command.ts";
import { CONFIG } from "../messages/config.ts";
import { EXPECTED } from "../messages/expected.ts";
import type { Config } from "./config.ts";
import { readConfigFile, rootOf } from "./config_file.ts";
import { type Environment, processEnvironment } from "../environment.ts";
import { Findings } from "./findings.ts";
import { checkFolders, checkRealFolders, type Folder, realFolders } from "./read/folders.ts";
import { checkLogPath, type LogPath } from "./read/log_path.ts";
import type { KeyOf, SectionName } from "./known_keys.ts";
import { readDatasets } from "./read/read_datasets.ts";
import { NO_HUB, readHub } from "./read/read_hub.ts";
import { language } from "./read/readers.ts";
import { readLogging, readMetrics, readMirror, readSync, readTrusted } from "./read/read_local.ts";
import { readNotify, readPing } from "./read/read_notify.ts";
import { Section } from "./read/section.ts";
import type { Reader } from "./read/setting.ts";

export { configKeys } from "./known_keys.ts";

/**
 * Options for {@linkcode parseConfig}.
 *
 * @example
 * ```ts
 * import type { ParseOptions } from "@datahubsync/client";
 *
 * const options: ParseOptions = { path: "/srv/config.yaml", env: () => undefined };
 * ```
 */
export interface ParseOptions {
  /** The file that the text is from: relative paths in it are relative to its folder. */
  path: string;
  /** Where `${DATAHUBSYNC_…}` and `~` are looked up; default: the process's environment. */
  env?: Environment;
  /** The file's name in messages; `path` if absent. */
  file?: string;
}

/**
 * Reads the text of a configuration file. Of the disk it reads files that hold a secret only, so that
 * folders which are equal through links aren't noticed.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseConfig } from "@datahubsync/client";
 *
 * const text = `
 * hub: { url: http://hub.example:8000 }
 * datasets: [{ name: bars, local_dir: ./bars }]
 * `;
 * const config = parseConfig(text, { path: "/srv/config.yaml" });
 * assert.equal(config.datasets[0]?.localDir, "/srv/bars");
 * ```
 *
 * @throws {ConfigError} with everything that is wrong
 */
export function parseConfig(text: string, options: ParseOptions): Config {
  const findings = new Findings(options.file ?? options.path);
  const { path, env = processEnvironment } = options;
  const read = readConfig(text, { path, env, findings });
  return finish(read?.config, findings);
}

/**
 * Loads a configuration file. In messages it is named relative to the current folder where it lies
 * below that, else as given.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { loadConfig } from "@datahubsync/client";
 *
 * const path = await Deno.makeTempFile({ suffix: ".yaml" });
 * await Deno.writeTextFile(
 *   path,
 *   "hub: { url: http://hub.example:8000 }\ndatasets: [{ name: bars, local_dir: ./bars }]\n",
 * );
 * const config = await loadConfig(path);
 * assert.equal(config.datasets[0]?.name, "bars");
 * await Deno.remove(path);
 * ```
 *
 * @throws {ConfigError} with everything that is wrong, also when the file can't be read
 */
export async function loadConfig(
  path: string,
  options: { env?: Environment; cwd?: string } = {},
): Promise<Config> {
  const cwd = options.cwd ?? Deno.cwd();
  const absolute = resolve(cwd, path);
  const { findings, text } = readConfigFile(path, cwd, {
    file: "config.yaml",
    hint: CONFIG.make_config({ command: ownCommand("init") }),
  });
  const env = options.env ?? processEnvironment;
  const read = text === undefined ? undefined : readConfig(text, { path: absolute, env, findings });
  // What the names already show is found again, but kept once.
  if (read !== undefined) checkRealFolders(await realFolders(read.folders));
  for (const log of read?.logs ?? []) await checkLogPath(log);
  return finish(read?.config, findings);
}

function finish(config: Config | undefined, findings: Findings): Config {
  const { problems, warnings } = findings;
  if (config === undefined || problems.length > 0) {
    throw new ConfigError(problems, { path: findings.file, hint: CONFIG.compare_example() });
  }
  return { ...config, warnings };
}

function readConfig(
  text: string,
  options: { path: string; env: Environment; findings: Findings },
): { config: Config; folders: Folder[]; logs: LogPath[] } | undefined {
  const { findings, env } = options;
  const path = resolve(options.path);
  const folder = dirname(path);
  const baseDir = basename(folder) === "config" ? dirname(folder) : folder;
  const setting = rootOf(text, {
    findings,
    env,
    baseDir,
    empty: EXPECTED.hub_and_datasets(),
    listed: EXPECTED.hub_and_datasets_keys(),
  });
  if (setting === undefined) return undefined;
  const root = Section.open("", setting)!;
  const folders: Folder[] = [];
  const logs: LogPath[] = [];
  const within = { baseDir, folders, logs };
  const datasets = readDatasets(root, within);
  const needsUrl = datasets.length === 0 || datasets.some(({ source }) => source === undefined);
  const openHub: Reader<Section<"hub">> = (hub) => Section.open("hub", hub);
  const hub = needsUrl
    ? root.need("hub", openHub, EXPECTED.hub_section())
    : root.get("hub", openHub);
  const spoken = root.get("language", language);
  const config: Config = {
    path,
    baseDir,
    hub: hub === undefined ? NO_HUB : readHub(hub, { baseDir, needsUrl }),
    datasets,
    sync: readSync(open(root, "sync")),
    logging: readLogging(open(root, "logging"), within),
    metrics: readMetrics(open(root, "metrics"), within),
    notify: readNotify(open(root, "notify"), spoken),
    trustedFolders: readTrusted(root, baseDir),
    secretFiles: setting.source.secretFiles,
    warnings: [],
  };
  const ping = readPing(open(root, "ping"));
  if (ping !== undefined) config.ping = ping;
  if (spoken !== undefined) config.language = spoken;
  const mirrorSection = open(root, "mirror");
  const mirror = mirrorSection === undefined ? undefined : readMirror(mirrorSection, within);
  if (mirror !== undefined) config.mirror = mirror;
  checkFolders(folders, { configPath: path });
  return { config, folders, logs };
}

function open<S extends SectionName & KeyOf<"">>(
  root: Section<"">,
  name: S,
): Section<S> | undefined {
  return root.get(name, (setting) => Section.open(name, setting));
}
