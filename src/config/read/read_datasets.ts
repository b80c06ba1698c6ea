/**
 * The list `datasets`: what to sync, where to, and how.
 *
 * @module
 */
import { CONFIG } from "../../messages/config.ts";
import { EXPECTED } from "../../messages/expected.ts";
import { given } from "../../given.ts";
import type { DatasetConfig, SourceConfig } from "../dataset_config.ts";
import { patternsMeant } from "../near_miss.ts";
import type { Folder } from "./folders.ts";
import { parseHours, parseSize } from "./quantities.ts";
import { KEY_EXPECTED, publicKeys } from "./read_hub.ts";
import { address, authorize, headers, reportTwins, token } from "./read_origin.ts";
import { readExpect } from "./read_expect.ts";
import { readMaxAge } from "./read_max_age.ts";
import { autoOr, flag, listOf, meaning, number, oneOf, pathFrom, text } from "./readers.ts";
import { Section } from "./section.ts";
import { quote, type Reader, type Setting } from "./setting.ts";

const LIST_EXPECTED = EXPECTED.datasets();

const encoding = meaning({
  auto: "auto",
  "utf-8": "utf-8",
  gb18030: "gb18030",
  gbk: "gb18030",
  utf8: "utf-8",
  shift_jis: "shift_jis",
  "shift-jis": "shift_jis",
  sjis: "shift_jis",
  cp932: "shift_jis",
  big5: "big5",
  cp950: "big5",
  "euc-kr": "euc-kr",
  cp949: "euc-kr",
  cp437: "cp437",
  cp866: "cp866",
  cp1251: "cp1251",
  "windows-1251": "cp1251",
  cp1252: "cp1252",
  "windows-1252": "cp1252",
  latin1: "cp1252",
  "iso-8859-1": "cp1252",
});
const publish = oneOf("files", "snapshot");

/** Reads the list; invalid values are reported and replaced by defaults. */
export function readDatasets(
  root: Section<"">,
  options: { baseDir: string; folders: Folder[] },
): DatasetConfig[] {
  return root.need("datasets", (setting) => {
    if (!setting.listLength) return setting.reject(LIST_EXPECTED);
    const names = new Map<string, Setting>();
    return setting.items().flatMap((item) => {
      if (item.isEmpty) return item.reject(EXPECTED.name_and_dir()) ?? [];
      const section = Section.open("datasets[]", item);
      if (section === undefined) return [];
      const dataset = readDataset(section, options);
      reportTwin(section.setting("name"), { name: dataset.name, names });
      return [dataset];
    });
  }, LIST_EXPECTED) ?? [];
}

function readDataset(
  section: Section<"datasets[]">,
  { baseDir, folders }: { baseDir: string; folders: Folder[] },
): DatasetConfig {
  const name = section.need("name", datasetName, EXPECTED.dataset_name()) ?? "";
  const expected = EXPECTED.local_dir();
  const localDir = section.need("local_dir", pathFrom(baseDir, expected), expected);
  const written = section.setting("local_dir");
  if (localDir !== undefined && written !== undefined) {
    folders.push({
      path: localDir,
      setting: written,
      owner: CONFIG.dataset_named({ name: quote(name).slice(1, -1) }),
    });
  }
  const dataset: DatasetConfig = {
    name,
    localDir: localDir ?? "",
    stripPrefix: section.get("strip_prefix", stripPrefix) ?? "",
    deleteRemoved: section.get("delete_removed", flag) ?? false,
    include: section.get("include", globs) ?? [],
    exclude: section.get("exclude", globs) ?? [],
    filenameEncoding: section.get("filename_encoding", encoding) ?? "auto",
    publish: section.get("publish", publish) ?? "files",
    keepVersions: section.get("keep_versions", number({ min: 1, max: 1000 })) ?? 2,
    ...given({
      keepAge: section.get("keep_age", readKeepAge),
      maxSize: section.get("max_size", readSize),
      maxFiles: section.get("max_files", number({ min: 1, max: MOST_FILES })),
      maxAge: section.get("max_age", readMaxAge),
      expect: section.get("expect", readExpect),
      changes: section.get("changes", flag),
    }),
  };
  const keys = section.filled("public_key", publicKeys, KEY_EXPECTED);
  const source = readSource(section, baseDir);
  if (source !== undefined && keys !== undefined) {
    section.setting("public_key")?.report(CONFIG.zip_not_signed());
  }
  return { ...dataset, ...given({ publicKeys: keys, source }) };
}

const readKeepAge: Reader<number> = (setting) => {
  const hours = parseHours(setting.written ?? "");
  if (hours !== undefined && hours > 0 && hours <= 24 * 3660) return hours;
  return setting.reject(EXPECTED.keep_age());
};

const FILE_EXPECTED = EXPECTED.zip_url();

/** Reads where a dataset's ZIP is that has an address of its own; `undefined` = the hub has it. */
function readSource(section: Section<"datasets[]">, baseDir: string): SourceConfig | undefined {
  const url = section.setting("url");
  if (url === undefined) {
    for (
      const key of ["token", "token_file", "headers", "ca_file", "timeout", "connections"] as const
    ) {
      section.setting(key)?.report(CONFIG.url_beside({ key: `hub.${key}` }));
    }
    return undefined;
  }
  const read = listOf(address(FILE_EXPECTED, { file: true }), { expected: FILE_EXPECTED });
  const addresses = section.need("url", read, FILE_EXPECTED) ?? [];
  reportTwins(addresses);
  const source: SourceConfig = {
    urls: addresses.map(({ url }) => url),
    headers: section.get("headers", headers) ?? {},
    ...given({
      token: section.get("token", token),
      caFile: section.get("ca_file", pathFrom(baseDir)),
      timeout: section.get("timeout", number({ min: 0.1, max: 86_400, unit: "seconds" })),
      connections: section.get("connections", autoOr({ min: 1, max: 16 })),
    }),
  };
  authorize(source, { section, addresses });
  return source;
}

/** The most entries whose directory fits in memory: 2.6 GB. */
const MOST_FILES = 2_000_000;
const readSize: Reader<number> = (setting) => {
  const written = setting.written === undefined ? undefined : setting.expand(setting.written);
  const value = parseSize(written ?? "");
  if (value !== undefined && value >= 1000) return value;
  return setting.reject(EXPECTED.max_size());
};

/** A name as it stands in a catalog and in paths. */
export const datasetName: Reader<string> = (setting) => {
  const name = text({ expected: EXPECTED.dataset_name() })(setting);
  if (name === undefined) return undefined;
  const fits = !/[/\\]/.test(name) && name !== "." && name !== ".." && name.length <= 200;
  return fits && name.trim() === name ? name : setting.reject(EXPECTED.plain_dataset_name());
};

/** Reports a name that an earlier dataset already has. */
export function reportTwin(
  setting: Setting | undefined,
  { name, names }: { name: string; names: Map<string, Setting> },
): void {
  if (setting === undefined || name === "") return;
  const first = names.get(name);
  if (first === undefined) names.set(name, setting);
  else {
    const { line, column } = first.position;
    const position = `${setting.source.findings.file}:${line}:${column}`;
    setting.report(CONFIG.dataset_once({ name: quote(name), position }));
  }
}

const stripPrefix: Reader<string> = (setting) => {
  // An empty text is the default, written out.
  if (setting.written === "") return "";
  const expected = EXPECTED.strip_prefix();
  const prefix = text({ expected })(setting)?.replace(/\/+$/, "");
  if (prefix === undefined) return undefined;
  if (prefix.toLowerCase() === "auto") return "auto";
  const parts = prefix.split("/");
  const safe = parts.every((part) => part !== "" && part !== "." && part !== "..");
  return safe && !prefix.includes("\\") ? prefix : setting.reject(expected);
};

/** Patterns of paths. */
export const globs: Reader<string[]> = listOf((setting) => {
  const expected = EXPECTED.pattern();
  const glob = text({ expected })(setting);
  if (glob === undefined) return undefined;
  if (/^(\/|\.{1,2}\/)/.test(glob)) return setting.reject(expected);
  const meant = patternsMeant(glob);
  if (meant !== undefined) {
    const list = meant.map(quote).join(", ");
    setting.warn(CONFIG.one_pattern({ text: quote(glob), list: `[${list}]` }));
  }
  return glob;
}, { expected: EXPECTED.patterns(), empty: true });
