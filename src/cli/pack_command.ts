/**
 * `datahubsync pack`: turns folders into a site that any web server serves as a hub.
 *
 * Guarantees: one line per folder on stdout (with `--json` one document per folder), warnings on
 * stderr. A folder that can't be packed doesn't hold up the others; the exit code says so.
 *
 * @module
 */
import { parseHours } from "../config/quantities.ts";
import { DataHubSyncError, messageOf, UsageError } from "../errors.ts";
import { sleep } from "../hub/sleep.ts";
import type { PackContext, PackOptions, PackReport } from "../pack/options.ts";
import { nameOfFolder, packFolder } from "../pack/pack_folder.ts";
import { EXIT, exitCodeOfError } from "./exit_code.ts";
import { stopSignals } from "./stop_signals.ts";
import type { Terminal } from "./terminal.ts";
import { bytesText, countText } from "./units.ts";
import { parseWait } from "./wait.ts";
import { jsonText } from "../plain_text.ts";

/** Options for `pack`. */
export interface PackCommandOptions {
  output?: string;
  name?: string;
  exclude?: string[];
  settle?: string;
  minFiles?: string;
  maxRemoved?: string;
  version?: string;
  keep?: string;
  level?: string;
  all?: boolean;
  every?: string;
  json?: boolean;
  explain?: string;
}

/** Runs `pack`; returns the exit code. Throws UsageError. */
export async function packCommand(
  folders: readonly string[],
  options: PackCommandOptions,
  terminal: Terminal,
): Promise<number> {
  if (options.explain !== undefined) {
    const { explainPatch } = await import("./explain_patch.ts");
    return explainPatch(options.explain, options, terminal);
  }
  const jobs = jobsOf(folders, options);
  const every = options.every === undefined ? undefined : parseWait(options.every, "--every");
  using stop = stopSignals();
  const context: PackContext = {
    clock: Date.now,
    sleep: (ms) => sleep(ms, stop.signal),
    warn: (message) => terminal.err(`warning: ${message}\n`),
  };
  let code = await packAll(jobs, context, { terminal, json: options.json ?? false });
  while (every !== undefined && !stop.signal.aborted) {
    await sleep(every, stop.signal).catch(() => {});
    if (stop.signal.aborted) break;
    code = await packAll(jobs, context, { terminal, json: options.json ?? false });
  }
  return stop.code ?? code;
}

async function packAll(
  jobs: readonly PackOptions[],
  context: PackContext,
  { terminal, json }: { terminal: Terminal; json: boolean },
): Promise<number> {
  let code: number = EXIT.ok;
  for (const job of jobs) {
    try {
      const report = await packFolder(job, context);
      terminal.out(`${json ? jsonText(documentOf(report)) : lineOf(report)}\n`);
    } catch (error) {
      if (!(error instanceof DataHubSyncError)) throw error;
      terminal.err(`error: ${job.name}: ${messageOf(error)}\n`);
      if (error.hint !== undefined) terminal.err(`hint: ${error.hint}\n`);
      code = Math.max(code, exitCodeOfError(error));
    }
  }
  return code;
}

function jobsOf(folders: readonly string[], options: PackCommandOptions): PackOptions[] {
  const { output, name, version, exclude = [], settle, all } = options;
  if (folders.length === 0) {
    throw new UsageError("pack needs a folder", { hint: "datahubsync pack FOLDER --output SITE" });
  }
  if (output === undefined) {
    throw new UsageError("pack needs --output", {
      expected: "the folder of the site, for example --output /srv/hub",
    });
  }
  if (folders.length > 1 && (name ?? version) !== undefined) {
    throw new UsageError("--name and --version are for one folder", {
      found: `${folders.length} folders`,
      hint: "without --name each dataset is called as its folder",
    });
  }
  return folders.map((folder): PackOptions => ({
    folder,
    output,
    name: name ?? nameOfFolder(folder),
    exclude,
    level: whole(options.level ?? "6", { name: "--level", min: 1, max: 9 }),
    keepHours: hours(options.keep ?? "24h"),
    minFiles: whole(options.minFiles ?? "1", { name: "--min-files", min: 1, max: 10_000_000 }),
    maxRemoved: percent(options.maxRemoved ?? "5%"),
    settleMs: settle === undefined ? 0 : parseWait(settle, "--settle"),
    ...(version !== undefined && { version }),
    ...(all !== undefined && { all }),
  }));
}

function lineOf(report: PackReport): string {
  const { name, version, changed, files, packageSize, patchSize } = report;
  const size = `${countText(files, "file")}, ${bytesText(packageSize)}`;
  if (!changed) return `${name}: nothing new (${size}, version ${version})`;
  const patch = patchSize === undefined ? "" : `, patch ${bytesText(patchSize)}`;
  return `${name}: packed ${size}${patch}, version ${version}`;
}

function documentOf(report: PackReport): Record<string, unknown> {
  const { packageSize, patchSize, ...rest } = report;
  return {
    ...rest,
    package_size: packageSize,
    ...(patchSize !== undefined && { patch_size: patchSize }),
  };
}

function whole(text: string, range: { name: string; min: number; max: number }): number {
  const { name, min, max } = range;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
  if (value >= min && value <= max) return value;
  throw new UsageError(`${name}: expected a whole number from ${min} to ${max}, found ${text}`);
}

function hours(text: string): number {
  const value = parseHours(text) ?? (/^\d{1,6}$/.test(text) ? Number(text) : undefined);
  if (value !== undefined) return value;
  throw new UsageError(`--keep: expected a time such as 24h or 7d, found ${text}`);
}

function percent(text: string): number {
  const digits = /^(\d{1,3}(?:\.\d+)?)\s*%$/.exec(text.trim())?.[1];
  if (digits !== undefined && Number(digits) <= 100) return Number(digits) / 100;
  throw new UsageError(`--max-removed: expected a part such as 5%, found ${text}`);
}
