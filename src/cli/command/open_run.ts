/**
 * Opens everything that a command needs (configuration, log, signals, engine), and closes it again.
 *
 * @module
 */
import { testStop } from "./test_stop.ts";
import { chosenDatasets } from "../../client/chosen_datasets.ts";
import { type Engine, openEngine } from "../../client/open_engine.ts";
import { readableAddresses, secretsOf } from "../../client/secrets.ts";
import type { Config } from "../../config/config.ts";
import { CONFIG_VARIABLE } from "../../config/env_names.ts";
import { processEnvironment } from "../../environment.ts";
import { loadConfig } from "../../config/load_config.ts";
import { locateConfig } from "../../config/locate_config.ts";
import type { OnRetry } from "../../hub/retry/retry.ts";
import { sayWarning, speakAsConfigured } from "../terminal/language.ts";
import { trustSystemStore } from "../../hub/tls/tls.ts";
import { calendarEnds } from "../../monitoring/calendar_end.ts";
import { type Log, openLog } from "../../monitoring/log.ts";
import { masker } from "../../redact.ts";
import { locateState } from "../../store/memory/state.ts";
import { passOwnerGate, refuseFoundConfig } from "./owner_gate.ts";
import { stopSignals } from "./stop_signals.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { dirname } from "node:path";

/** The options that all commands with a configuration share. */
export interface RunOptions {
  config?: string;
  state?: string;
  dataset?: string[];
  json?: boolean;
  quiet?: boolean;
  verbose?: boolean;
  /** Bypasses proxies, for the demo's own hub. */
  direct?: boolean;
}

/** An open run. */
export interface OpenRun extends AsyncDisposable, Pick<Engine, "hubsOf" | "fetch" | "context"> {
  config: Config;
  statePath: string;
  log: Log;
  /** The requested datasets. */
  datasets: Config["datasets"];
  /** Called before the hub's list is requested again; writes to the log unless replaced. */
  onCatalogRetry: OnRetry;
  /** The exit code of the signal that ended the run. */
  signalCode(): number | undefined;
}

/** The path of the state: named by the options, or the configuration's. */
export async function statePathOf(
  { path, baseDir }: Config,
  { state }: Pick<RunOptions, "state">,
): Promise<string> {
  return await locateState({
    configPath: path,
    baseDir,
    ...(state !== undefined && { flag: state }),
  });
}

/**
 * Loads the configuration that the options, the environment or the folder name; from then on the
 * terminal shows none of its secrets. Throws ConfigError.
 */
export async function openConfig(options: RunOptions, terminal: Terminal): Promise<Config> {
  const cwd = Deno.cwd();
  const executableDir = dirname(Deno.execPath());
  const path = await locateConfig({
    flag: options.config,
    env: processEnvironment,
    cwd,
    executableDir,
  });
  const config = await loadConfig(path, { env: processEnvironment });
  terminal.hide?.(masker(secretsOf(config)));
  await speakAsConfigured(config.language);
  const named = options.config !== undefined || processEnvironment(CONFIG_VARIABLE);
  if (!named && cwd !== executableDir) {
    // Without this folder, the program's own would have been found.
    const own = await locateConfig({ env: () => undefined, cwd: executableDir, executableDir })
      .catch(() => undefined);
    await refuseFoundConfig(config, own === path ? undefined : own);
  }
  return config;
}

/** Opens a configuration for a command that changes copies without an engine; checks the owner rule. */
export async function openToChange(
  options: RunOptions,
  terminal: Terminal,
): Promise<{ config: Config; statePath: string }> {
  const config = await openConfig(options, terminal);
  const statePath = await statePathOf(config, options);
  const owners = await passOwnerGate({ config, statePath }, { mark: true });
  for (const warning of owners.later) sayWarning(terminal, warning);
  return { config, statePath };
}

/**
 * Opens a run. If it `writes`, it may mark an installation that follows the owner rule. Throws
 * ConfigError, UsageError, HubError (a bad `ca_file`), StoreError `unsafe_owner`.
 */
export async function openRun(
  options: RunOptions,
  terminal: Terminal,
  { writes }: { writes: boolean },
): Promise<OpenRun> {
  const config = await openConfig(options, terminal);
  const statePath = await statePathOf(config, options);
  return await openRunOf(config, { statePath, options, terminal, writes });
}

/** Opens a run of a loaded configuration. Throws as {@linkcode openRun}. */
export async function openRunOf(config: Config, { statePath, options, terminal, writes }: {
  statePath: string;
  options: RunOptions;
  terminal: Terminal;
  writes: boolean;
}): Promise<OpenRun> {
  const datasets = chosenDatasets(config, options.dataset);
  const owners = await passOwnerGate({ config, statePath }, { mark: writes });
  const log = logOf(config, options, terminal);
  const { timezone } = config.hub;
  const calendars = calendarEnds(datasets, { now: Date.now(), timezone });
  for (const warning of [...config.warnings, ...calendars, ...owners.warnings, ...owners.later]) {
    log.warn(warning);
  }
  for (const url of readableAddresses(config)) {
    log.warn(`The token goes to ${url} over plain http: whoever is on the way can read it`);
  }
  if (terminal.errIsTerminal && !options.quiet) {
    for (const warning of owners.later) sayWarning(terminal, warning);
  }
  trustSystemStore();
  using opening = new DisposableStack(); // what can't be opened leaves nothing open
  const signals = opening.use(stopSignals());
  const engine = opening.use(
    openEngine(config, {
      signal: signals.signal,
      statePath,
      notesSigned: writes,
      onCatalogRetry: (...notice) => run.onCatalogRetry(...notice),
      ...(options.direct && { direct: true }),
      ...testStop(),
    }),
  );
  const { hubsOf, fetch, context } = engine;
  const opened = opening.move();
  const run: OpenRun = {
    config,
    statePath,
    log,
    hubsOf,
    fetch,
    datasets,
    context,
    signalCode: () => signals.code,
    onCatalogRetry: (_cause, _waitMs, sentence) => log.info(`Catalog: ${sentence}`),
    async [Symbol.asyncDispose]() {
      opened.dispose();
      await log[Symbol.asyncDispose]();
    },
  };
  return run;
}

function logOf(
  config: Config,
  options: RunOptions,
  terminal: Terminal,
): ReturnType<typeof openLog> {
  return openLog({
    logging: config.logging,
    secrets: secretsOf(config),
    ...(options.verbose && { verbose: true, stderr: (text: string) => terminal.err(text) }),
    ...(options.quiet && { quiet: true }),
    complain: (text) => sayWarning(terminal, text),
  });
}
