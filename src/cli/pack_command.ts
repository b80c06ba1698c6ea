/**
 * `datahubsync pack`: turns folders into a site that any web server serves as a hub.
 *
 * Guarantees: one line per folder on stdout (with `--json` one document per folder), warnings on
 * stderr. A folder that can't be packed doesn't hold up the others; the exit code says so. With
 * `--every` only changes get a line, and a complaint is made once until it is another.
 *
 * @module
 */
import { loadPackConfig } from "../config/load_pack_config.ts";
import { parseHours, parsePart } from "../config/quantities.ts";
import { DataHubSyncError, messageOf, UsageError } from "../errors.ts";
import { sleep } from "../hub/sleep.ts";
import { ownCommand } from "../own_command.ts";
import type { PackContext, PackOptions, PackReport } from "../pack/options.ts";
import { nameOfFolder, packFolder } from "../pack/pack_folder.ts";
import { repeat } from "./every.ts";
import { EXIT, exitCodeOfError } from "./exit_code.ts";
import { passSiteGate } from "./site_gate.ts";
import { stopSignals } from "./stop_signals.ts";
import type { Terminal } from "./terminal.ts";
import { bytesText, countText } from "../units.ts";
import { parseWait } from "./wait.ts";
import { jsonText } from "../plain_text.ts";

/** Options for `pack`. */
export interface PackCommandOptions {
  config?: string;
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
  quiet?: boolean;
  json?: boolean;
  explain?: string;
}

/** Runs `pack`; returns the exit code. Throws UsageError, ConfigError. */
export async function packCommand(
  folders: readonly string[],
  options: PackCommandOptions,
  terminal: Terminal,
): Promise<number> {
  if (options.explain !== undefined) {
    const { explainPatch } = await import("./explain_patch.ts");
    return explainPatch(options.explain, options, terminal);
  }
  const jobs = options.config === undefined
    ? jobsOf(folders, options)
    : await configuredJobs(options.config, { folders, options, terminal });
  passSiteGate(jobs.map(({ output }) => output), {
    warn: (message) => terminal.err(`warning: ${message}\n`),
    ...(options.config !== undefined && { config: options.config }),
  });
  using stop = stopSignals();
  const rounds = new Rounds(jobs, terminal, {
    json: options.json ?? false,
    changesOnly: options.quiet === true || options.every !== undefined,
    signal: stop.signal,
  });
  const code = await repeat(() => rounds.run(), {
    every: options.every,
    signal: stop.signal,
    terminal,
  });
  return stop.code ?? code;
}

/** Packs all folders, once or again and again. */
class Rounds {
  readonly #jobs: readonly PackOptions[];
  readonly #terminal: Terminal;
  readonly #options: { json: boolean; changesOnly: boolean; signal: AbortSignal };
  /** What was said of each dataset last: who packs every minute says a thing once. */
  readonly #said = new Map<string, string>();

  constructor(
    jobs: readonly PackOptions[],
    terminal: Terminal,
    options: { json: boolean; changesOnly: boolean; signal: AbortSignal },
  ) {
    this.#jobs = jobs;
    this.#terminal = terminal;
    this.#options = options;
  }

  /** One round; the exit code. */
  async run(): Promise<number> {
    const { json, changesOnly, signal } = this.#options;
    let code: number = EXIT.ok;
    for (const job of this.#jobs) {
      const context: PackContext = {
        clock: Date.now,
        sleep: (ms) => sleep(ms, signal),
        warn: (message) => this.#complain(`warning of ${job.name}`, `warning: ${message}\n`),
        signal,
      };
      try {
        const report = await packFolder(job, context);
        this.#said.delete(job.name);
        if (changesOnly && !report.changed) continue;
        this.#terminal.out(`${json ? jsonText(documentOf(report)) : lineOf(report)}\n`);
      } catch (error) {
        if (signal.aborted && error === signal.reason) break;
        if (!(error instanceof DataHubSyncError)) throw error;
        const hint = error.hint === undefined ? "" : `hint: ${error.hint}\n`;
        this.#complain(job.name, `error: ${job.name}: ${messageOf(error)}\n${hint}`);
        code = Math.max(code, exitCodeOfError(error));
      }
    }
    return code;
  }

  #complain(about: string, text: string): void {
    if (this.#said.get(about) === text) return;
    this.#said.set(about, text);
    this.#terminal.err(text);
  }
}

async function configuredJobs(
  path: string,
  { folders, options, terminal }: {
    folders: readonly string[];
    options: PackCommandOptions;
    terminal: Terminal;
  },
): Promise<PackOptions[]> {
  const { config: _, json: _json, every: _every, quiet: _quiet, all, ...others } = options;
  const written = Object.keys(others).map((name) =>
    `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
  );
  if (folders.length > 0) written.unshift(folders[0]!);
  if (written.length > 0) {
    throw new UsageError(`--config says what is packed, and so does ${written.join(", ")}`, {
      expected: "with --config only --all, --every, --quiet and --json",
      hint: `write it into ${path}, or leave --config out`,
    });
  }
  const { output, keepHours, datasets, warnings } = await loadPackConfig(path);
  for (const warning of warnings) terminal.err(`warning: ${warning}\n`);
  return datasets.map((dataset) => ({
    ...dataset,
    output,
    ...(keepHours !== undefined && { keepHours }),
    ...(all !== undefined && { all }),
  }));
}

function jobsOf(folders: readonly string[], options: PackCommandOptions): PackOptions[] {
  const { output, name, version, exclude = [], settle, all } = options;
  if (folders.length === 0) {
    throw new UsageError("pack needs a folder", {
      hint: ownCommand("pack FOLDER --output SITE"),
    });
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
  const names = folders.map((folder) => name ?? nameOfFolder(folder));
  const twin = names.find((name, index) => names.indexOf(name) < index);
  if (twin !== undefined) {
    throw new UsageError(`two folders would both become the dataset ${twin}`, {
      expected: "folders with different names",
      hint: "pack each by a command of its own, with --name",
    });
  }
  return folders.map((folder, index): PackOptions => ({
    folder,
    output,
    name: names[index]!,
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
  const part = parsePart(text);
  if (part !== undefined) return part;
  throw new UsageError(`--max-removed: expected a part such as 5%, found ${text}`);
}
