/**
 * Loads the file that `pack --config` reads: one site, and the folders that become its datasets.
 *
 * Guarantees: as for the main configuration: the outcome is usable, or one `ConfigError` with all
 * problems, each with its position. A path is relative to the file's folder. It doesn't look into the
 * folders, only where links lead.
 *
 * @module
 */
import { basename, dirname, resolve } from "node:path";
import { ConfigError } from "../errors.ts";
import { given } from "../given.ts";
import { CONFIG } from "../messages/config.ts";
import { EXPECTED } from "../messages/expected.ts";
import { readConfigFile, rootOf } from "./config_file.ts";
import { type Environment, processEnvironment } from "../environment.ts";
import type { Findings } from "./findings.ts";
import { checkOverlaps, type Folder, realFolders } from "./read/folders.ts";
import { parseDuration, parseExpiry, parseHours } from "./read/quantities.ts";
import { datasetName, globs, reportTwin } from "./read/read_datasets.ts";
import { listOf, number, part, pathFrom } from "./read/readers.ts";
import { Section } from "./read/section.ts";
import type { Reader, Setting } from "./read/setting.ts";

/** A folder that becomes a dataset. */
export interface PackDataset {
  /** The dataset's name. */
  name: string;
  /** The folder with the data. */
  folder: string;
  /** Globs of files that are left out. */
  exclude?: readonly string[];
  /** Milliseconds without any change to wait for before reading; default 0. */
  settleMs?: number;
  /** Fewer files than this are refused; default 1. */
  minFiles?: number;
  /** The part of the files (0 to 1) that may be gone since the last time; default 0.05. */
  maxRemoved?: number;
  /** Deflate's level, 1 to 9; default 6. */
  level?: number;
}

/** A site and what goes into it. */
export interface PackConfig {
  /** The site's folder. */
  output: string;
  keepHours?: number;
  /** Files with the private keys that its catalog is signed with. */
  sign?: string[];
  /** How long a signature is good for, in hours. */
  expiresHours?: number;
  datasets: PackDataset[];
  /** Harmless oddities, one line each. */
  warnings: string[];
}

const LIST_EXPECTED = EXPECTED.pack_datasets();
const OUTPUT_EXPECTED = EXPECTED.site();
const FOLDER_EXPECTED = EXPECTED.pack_folder();

/** Loads the file. Throws ConfigError with everything that is wrong. */
export async function loadPackConfig(
  path: string,
  { env = processEnvironment, cwd = Deno.cwd() }: { env?: Environment; cwd?: string } = {},
): Promise<PackConfig> {
  const { findings, text } = readConfigFile(path, cwd, {
    file: "hub.yaml",
    hint: CONFIG.make_pack_config(),
  });
  const folders: Folder[] = [];
  const baseDir = dirname(resolve(cwd, path));
  const config = text === undefined ? undefined : read(text, { findings, env, baseDir, folders });
  // Datasets may overlap; only the site must lie outside all of them.
  const [site, ...data] = await realFolders(folders);
  if (site?.owner === SITE) data.forEach((folder) => checkOverlaps([site, folder]));
  if (config === undefined || findings.problems.length > 0) {
    throw new ConfigError(findings.problems, {
      path: findings.file,
      hint: CONFIG.example_in_docs(),
    });
  }
  return { ...config, warnings: findings.warnings };
}

const SITE = CONFIG.the_site();

function read(text: string, { findings, env, baseDir, folders }: {
  findings: Findings;
  env: Environment;
  baseDir: string;
  folders: Folder[];
}): Omit<PackConfig, "warnings"> | undefined {
  const setting = rootOf(text, {
    findings,
    env,
    baseDir,
    empty: EXPECTED.output_and_datasets(),
    listed: EXPECTED.output_and_datasets_keys(),
  });
  const root = setting && Section.open("pack", setting);
  if (root === undefined) return undefined;
  const output = root.need("output", pathFrom(baseDir, OUTPUT_EXPECTED), OUTPUT_EXPECTED);
  const written = root.setting("output");
  if (output !== undefined && written !== undefined) {
    folders.push({ path: output, setting: written, owner: SITE });
  }
  const key = pathFrom(baseDir, EXPECTED.signing_keys());
  const optional = given({
    keepHours: root.get("keep", keep),
    sign: root.get("sign", listOf(key, { expected: EXPECTED.signing_keys() })),
    expiresHours: root.get("expires", expiry),
  });
  const names = new Map<string, Setting>();
  const datasets = root.need("datasets", (list) => {
    if (!list.listLength) return list.reject(LIST_EXPECTED);
    return list.items().flatMap((item) => {
      if (item.isEmpty) return item.reject("`folder`") ?? [];
      const section = Section.open("pack.datasets[]", item);
      return section === undefined ? [] : [readDataset(section, { baseDir, folders, names })];
    });
  }, LIST_EXPECTED);
  return { output: output ?? "", ...optional, datasets: datasets ?? [] };
}

function readDataset(section: Section<"pack.datasets[]">, { baseDir, folders, names }: {
  baseDir: string;
  folders: Folder[];
  names: Map<string, Setting>;
}): PackDataset {
  const folder = section.need("folder", pathFrom(baseDir, FOLDER_EXPECTED), FOLDER_EXPECTED) ?? "";
  const written = section.setting("folder");
  const name = section.get("name", siteName) ?? basename(folder);
  if (folder !== "" && written !== undefined) {
    folders.push({
      path: folder,
      setting: written,
      owner: CONFIG.dataset_named({ name: JSON.stringify(name).slice(1, -1) }),
    });
  }
  reportTwin(section.setting("name") ?? written, { name, names });
  return {
    name,
    folder,
    ...given({
      exclude: section.get("exclude", globs),
      settleMs: section.get("settle", settle),
      minFiles: section.get("min_files", number({ min: 1, max: 10_000_000 })),
      maxRemoved: section.get("max_removed", part),
      level: section.get("level", number({ min: 1, max: 9 })),
    }),
  };
}

/** A dataset's name becomes a folder and a file of the site. */
const siteName: Reader<string> = (setting) => {
  const name = datasetName(setting);
  if (name === undefined || !/^\.|\.zip$/i.test(name)) return name;
  return setting.reject(EXPECTED.site_name());
};

const keep: Reader<number> = (setting) =>
  parseHours(setting.written ?? "") ?? setting.reject(EXPECTED.site_keep());

const settle: Reader<number> = (setting) =>
  parseDuration(setting.written ?? "") ?? setting.reject(EXPECTED.settle());

const expiry: Reader<number> = (setting) =>
  parseExpiry(setting.written ?? "") ?? setting.reject(EXPECTED.signature_time());
