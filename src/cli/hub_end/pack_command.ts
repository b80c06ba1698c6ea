/**
 * `datahubsync pack`: turns folders into a site that any web server serves as a hub.
 *
 * Guarantees: one line per folder on stdout (with `--json` one document per folder), and one more if the
 * catalog is signed; warnings on stderr. A folder that can't be packed doesn't hold up the others; the
 * exit code reports it. With `--every`, only changes get a line, and a repeated complaint is printed
 * once.
 *
 * @module
 */
import { given } from "../../given.ts";
import { loadPackConfig, type PackConfig } from "../../config/load_pack_config.ts";
import { parseHours, parsePart } from "../../config/read/quantities.ts";
import { UsageError } from "../../errors.ts";
import { folderGiven } from "../../fs/folder_given.ts";
import { HUB_END } from "../../messages/hub_end.ts";
import { ownCommand } from "../../own_command.ts";
import type { PackOptions } from "../../pack/options.ts";
import { nameOfFolder } from "../../pack/pack_folder.ts";
import { shellWord } from "../../shell_word.ts";
import { repeat } from "../sync/every.ts";
import { openSigning, resign } from "./pack_signing.ts";
import { Rounds } from "./pack_rounds.ts";
import { passSiteGate, type SiteGateOptions } from "./site_gate.ts";
import { warnOfLists } from "../command/pattern_options.ts";
import { stopSignals } from "../command/stop_signals.ts";
import { sayWarning } from "../terminal/language.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { parseWait } from "../sync/wait.ts";

interface PackCommandOptions {
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
  sign?: string[];
  expires?: string;
  resign?: boolean;
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
  const { resign = false } = options;
  if (!resign && options.config !== undefined) refuseBeside(options.config, folders, options);
  const config = options.config === undefined ? undefined : await loadPackConfig(options.config);
  for (const warning of config?.warnings ?? []) sayWarning(terminal, warning);
  warnOfLists("--exclude", options.exclude, terminal);
  if (resign) return await resignOnly(folders, { options, config, terminal });
  const jobs = config === undefined ? jobsOf(folders, options) : configuredJobs(config, options);
  passSiteGate(jobs.map(({ output }) => output), gateOf(options, terminal));
  const signing = await openSigning(options, config);
  using stop = stopSignals();
  const rounds = new Rounds(jobs, terminal, {
    json: options.json ?? false,
    changesOnly: options.quiet === true || options.every !== undefined,
    signal: stop.signal,
    signing,
  });
  const code = await repeat(() => rounds.run(), {
    every: options.every,
    signal: stop.signal,
    terminal,
  });
  return stop.code ?? code;
}

function gateOf({ config }: PackCommandOptions, terminal: Terminal): SiteGateOptions {
  const warn = (message: string) => sayWarning(terminal, message);
  return config === undefined ? { warn } : { warn, config };
}

/** Runs `pack --resign`. */
async function resignOnly(folders: readonly string[], { options, config, terminal }: {
  options: PackCommandOptions;
  config: PackConfig | undefined;
  terminal: Terminal;
}): Promise<number> {
  const { resign: _, config: _config, sign: _sign, expires: _expires, json = false, ...more } =
    options;
  const { output, ...others } = more;
  const beside = Object.keys(config === undefined ? others : more);
  if (folders.length > 0 || beside.length > 0) {
    throw new UsageError(HUB_END.resign_packs_nothing(), {
      found: folders[0] ?? beside.map((name) => `--${name}`).join(", "),
    });
  }
  const dir = config?.output ?? output;
  if (dir === undefined) throw new UsageError(HUB_END.resign_needs());
  const site = await folderGiven(dir, {
    expected: "the site's folder",
    hint: HUB_END.is_it_the_site(),
  });
  passSiteGate([site], gateOf(options, terminal));
  const signing = await openSigning(options, config);
  if (signing === undefined) throw new UsageError(HUB_END.resign_needs());
  return await resign(site, signing, { json, terminal });
}

/** Refuses options that the configuration sets already. */
function refuseBeside(path: string, folders: readonly string[], options: PackCommandOptions): void {
  const {
    config: _config,
    json: _json,
    every: _every,
    quiet: _quiet,
    all: _all,
    sign: _sign,
    expires: _,
    ...others
  } = options;
  const written = Object.keys(others).map((name) =>
    `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
  );
  if (folders.length > 0) written.unshift(folders[0]!);
  if (written.length === 0) return;
  throw new UsageError(HUB_END.config_says({ words: written.join(", ") }), {
    expected: "with --config only --all, --sign, --expires, --every, --quiet and --json",
    hint: HUB_END.into_config({ path }),
  });
}

function configuredJobs(
  { output, keepHours, datasets }: PackConfig,
  { all }: PackCommandOptions,
): PackOptions[] {
  return datasets.map((dataset) => ({
    ...dataset,
    output,
    ...given({ keepHours, all }),
  }));
}

function jobsOf(folders: readonly string[], options: PackCommandOptions): PackOptions[] {
  const { output, name, version, exclude = [], settle, all } = options;
  if (folders.length === 0) {
    throw new UsageError(HUB_END.needs_folder(), { hint: ownCommand("pack FOLDER --output SITE") });
  }
  if (output === undefined) {
    const packed = folders.map(shellWord).join(" ");
    throw new UsageError(HUB_END.needs_output(), {
      hint: ownCommand(`pack ${packed} --output SITE`),
    });
  }
  if (folders.length > 1 && (name ?? version) !== undefined) {
    throw new UsageError(HUB_END.for_one_folder(), {
      found: `${folders.length} folders`,
      hint: HUB_END.called_as_folder(),
    });
  }
  const names = folders.map((folder) => name ?? nameOfFolder(folder));
  const twin = names.find((name, index) => names.indexOf(name) < index);
  if (twin !== undefined) {
    throw new UsageError(HUB_END.same_name({ name: twin }), {
      expected: "folders with different names",
      hint: HUB_END.one_command_each(),
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
    ...given({ version, all }),
  }));
}

function whole(text: string, range: { name: string; min: number; max: number }): number {
  const { name, min, max } = range;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
  if (value >= min && value <= max) return value;
  throw new UsageError(HUB_END.whole_expected({ option: name, min, max, text }));
}

function hours(text: string): number {
  const value = parseHours(text) ?? (/^\d{1,6}$/.test(text) ? Number(text) : undefined);
  if (value !== undefined) return value;
  throw new UsageError(HUB_END.keep_expected({ text }));
}

function percent(text: string): number {
  const part = parsePart(text);
  if (part !== undefined) return part;
  throw new UsageError(HUB_END.part_expected({ text }));
}
