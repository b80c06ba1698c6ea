/**
 * The sections about this machine: `sync`, `logging`, `metrics`, `mirror`.
 *
 * @module
 */
import { CONFIG } from "../../messages/config.ts";
import { EXPECTED } from "../../messages/expected.ts";
import type { BandwidthHours, Config, LoggingConfig, MirrorConfig, SyncConfig } from "../config.ts";
import type { Folder } from "./folders.ts";
import type { LogPath } from "./log_path.ts";
import { parseHourOfDay, parseHours, parseRate, parseSize } from "./quantities.ts";
import { autoOr, flag, listOf, meaning, number, oneOf, pathFrom } from "./readers.ts";
import { Section } from "./section.ts";
import type { Reader, Setting } from "./setting.ts";

const level = meaning({
  DEBUG: "DEBUG",
  INFO: "INFO",
  WARNING: "WARNING",
  WARN: "WARNING",
  ERROR: "ERROR",
  // A level of Python, and so of v2.0; nothing here is beyond an error.
  CRITICAL: "ERROR",
});
const format = oneOf("text", "json");

/** Reads `sync`; invalid values are reported and replaced by defaults. */
export function readSync(section: Section<"sync"> | undefined): SyncConfig {
  const datasets = section?.get("datasets", number({ min: 1, max: 8 })) ?? 1;
  const hours = section?.get("bandwidth_hours", bandwidthHours) ?? [];
  const written = section?.setting("bandwidth_hours");
  if (written !== undefined) warnOfHours(hours, written);
  return {
    workers: section?.get("workers", autoOr({ min: 1, max: 32 })) ?? "auto",
    ...(datasets > 1 && { datasets }),
    bandwidthLimit: section?.get("bandwidth_limit", rate) ?? 0,
    ...(hours.length > 0 && { bandwidthHours: hours }),
    durable: section?.get("durable", flag) ?? true,
    diskReserve: section?.get("disk_reserve", reserve) ?? "auto",
    longestRun: section?.get("longest_run", longestRun) ?? 72,
  };
}

/** Reads `logging`, as {@linkcode readSync} does; the file's path goes to `logs`. */
export function readLogging(
  section: Section<"logging"> | undefined,
  { baseDir, logs }: { baseDir: string; logs: LogPath[] },
): LoggingConfig {
  const file = section?.get("file", pathFrom(baseDir));
  const setting = section?.setting("file");
  if (file !== undefined && setting !== undefined) logs.push({ path: file, setting });
  return {
    level: section?.get("level", level) ?? "INFO",
    ...(file === undefined ? {} : { file }),
    format: section?.get("format", format) ?? "text",
    maxSize: section?.get("max_size", size) ?? 0,
    keep: section?.get("keep", number({ min: 1, max: 1000 })) ?? 5,
  };
}

/** Reads `metrics`, as {@linkcode readSync} does. */
export function readMetrics(
  section: Section<"metrics"> | undefined,
  options: { baseDir: string },
): Config["metrics"] {
  const textfile = section?.get("textfile", pathFrom(options.baseDir));
  return textfile === undefined ? {} : { textfile };
}

/** Reads `mirror`; the tree's folder goes to `folders`, since no dataset may lie in it. */
export function readMirror(
  section: Section<"mirror">,
  { baseDir, folders }: { baseDir: string; folders: Folder[] },
): MirrorConfig | undefined {
  const expected = EXPECTED.mirror_dir();
  const dir = section.need("dir", pathFrom(baseDir, expected), expected);
  const keepHours = section.get("keep_hours", number({ min: 0, max: 87_600, unit: "hours" })) ?? 24;
  const setting = section.setting("dir");
  if (dir === undefined || setting === undefined) return undefined;
  folders.push({ path: dir, setting, owner: CONFIG.the_mirror() });
  return { dir, keepHours };
}

/** Reads `trusted_folders`; relative paths would move what is trusted with the file. */
export function readTrusted(root: Section<"">, baseDir: string): string[] {
  const expected = EXPECTED.trusted_folders();
  const read = listOf(pathFrom(baseDir, expected), { expected, empty: true });
  return root.get("trusted_folders", read) ?? [];
}

const rate = amount(parseRate, { expected: EXPECTED.rate(), unit: "MB/s" });
const hour: Reader<number> = (setting) =>
  parseHourOfDay(setting.written ?? "") ?? setting.reject(EXPECTED.hour_of_day());
const bandwidthHours = listOf<BandwidthHours>((setting) => {
  const section = Section.open("sync.bandwidth_hours[]", setting);
  const from = section?.need("from", hour, EXPECTED.limit_from());
  const to = section?.need("to", hour, EXPECTED.limit_to());
  const limit = section?.need("limit", rate, EXPECTED.limit());
  if (from === undefined || to === undefined || limit === undefined) return undefined;
  return { from, to, limit };
}, { expected: EXPECTED.limit_hours(), empty: true });

/** What is allowed, and more often a slip: hours that are all of the day, and hours that others have. */
function warnOfHours(hours: readonly BandwidthHours[], setting: Setting): void {
  const warn = (at: number, text: string): void => {
    const key = setting.listLength === undefined ? setting.key : `${setting.key}[${at + 1}]`;
    setting.source.findings.warning(`\`${key}\`: ${text}`, setting.items()[at]?.position);
  };
  for (const [at, { from, to }] of hours.entries()) {
    if (from === to && from !== 0) warn(at, CONFIG.hours_all_day());
    const first = hours.slice(0, at).findIndex((one) => overlap(one, { from, to }));
    if (first !== -1) warn(at, CONFIG.hours_overlap({ first: first + 1 }));
  }
}

/** Whether two spans of the day have a minute in common; each may go past midnight. */
function overlap(one: Span, other: Span): boolean {
  const holds = ({ from, to }: Span, hour: number): boolean =>
    from < to ? hour >= from && hour < to : hour >= from || hour < to;
  return holds(one, other.from) || holds(other, one.from);
}

type Span = Pick<BandwidthHours, "from" | "to">;

/** A disk size: any size, or `auto`. */
const reserve: Reader<number | "auto"> = (setting) =>
  setting.written?.trim().toLowerCase() === "auto" ? "auto" : anySize(setting);
const longestRun: Reader<number> = (setting) => {
  const hours = parseHours(setting.written ?? "");
  if (hours !== undefined && hours > 0 && hours <= 500) return hours;
  return setting.reject(EXPECTED.longest_run());
};
const anySize = amount(parseSize, { expected: EXPECTED.reserve(), unit: "MB" });
const size = amount(parseSize, { expected: EXPECTED.log_size(), unit: "MB" });

/** 0, or at least 1000 bytes: below that somebody left the unit out. */
function amount(
  parse: (text: string) => number | undefined,
  { expected, unit }: { expected: string; unit: string },
): Reader<number> {
  return (setting) => {
    const written = setting.written === undefined ? undefined : setting.expand(setting.written);
    if (setting.written !== undefined && written === undefined) return undefined;
    const value = parse(written ?? "");
    if (value === 0 || (value !== undefined && value >= 1000)) return value;
    const bare = /^\d+$/.test(written ?? "");
    return setting.reject(expected, { meant: bare ? `${written}${unit}` : undefined });
  };
}
