/**
 * Opens everything that a command needs from a configuration: the configuration itself, the log, the
 * signals and the engine; and closes it again.
 *
 * @module
 */
import { chosenDatasets } from "../client/chosen_datasets.ts";
import { openEngine } from "../client/open_engine.ts";
import { secretsOf } from "../client/secrets.ts";
import type { Config } from "../config/config.ts";
import { processEnvironment } from "../config/env_names.ts";
import { loadConfig } from "../config/load_config.ts";
import { locateConfig } from "../config/locate_config.ts";
import { InterruptedError } from "../errors.ts";
import type { HubClient } from "../hub/hub_client.ts";
import { trustSystemStore } from "../hub/tls.ts";
import { type Log, openLog } from "../observe/log.ts";
import { locateState } from "../store/state.ts";
import type { RunContext } from "../sync/sync_all.ts";
import type { Fetch } from "../types.ts";
import { EXIT } from "./exit_code.ts";
import type { Terminal } from "./terminal.ts";
import { dirname } from "node:path";

export { chosenDatasets } from "../client/chosen_datasets.ts";
export { secretsOf } from "../client/secrets.ts";

/** The options that all commands with a configuration share. */
export interface RunOptions {
  config?: string;
  state?: string;
  dataset?: string[];
  quiet?: boolean;
  verbose?: boolean;
  force?: boolean;
  engine?: string;
  /** Goes around proxies, for the demo's own hub. */
  direct?: boolean;
}

/** An open run. */
export interface OpenRun extends AsyncDisposable {
  config: Config;
  statePath: string;
  log: Log;
  hubs: HubClient[];
  fetch: Fetch;
  /** The datasets that were asked for. */
  datasets: Config["datasets"];
  context: RunContext;
  /** The exit code of the signal that ended the run. */
  signalCode(): number | undefined;
}

/** Loads the configuration that the options and the surroundings name. Throws ConfigError. */
export async function openConfig(options: RunOptions): Promise<Config> {
  const path = await locateConfig({
    flag: options.config,
    env: processEnvironment,
    cwd: Deno.cwd(),
    executableDir: dirname(Deno.execPath()),
  });
  return await loadConfig(path, { env: processEnvironment });
}

/** Opens a run. Throws ConfigError, UsageError, HubError (a bad `ca_file`). */
export async function openRun(options: RunOptions, terminal: Terminal): Promise<OpenRun> {
  const config = await openConfig(options);
  const statePath = await locateState({
    configPath: config.path,
    baseDir: config.baseDir,
    ...(options.state !== undefined && { flag: options.state }),
  });
  const datasets = chosenDatasets(config, options.dataset);
  const log = openLog({
    logging: config.logging,
    secrets: secretsOf(config),
    ...(options.verbose && { verbose: true }),
    ...(options.quiet && { quiet: true }),
    ...(options.verbose && { stderr: (text) => terminal.err(text) }),
  });
  for (const warning of config.warnings) log.warn(warning);
  trustSystemStore();
  const stop = new AbortController();
  const engine = openEngine(config, {
    signal: stop.signal,
    statePath,
    onCatalogRetry: (cause, waitMs) => log.info(`Asking the hub again in ${waitMs} ms: ${cause}`),
    engine: options.engine === "zipjs" ? "zipjs" : "fast",
    ...(options.direct && { direct: true }),
    ...(options.force && { force: true }),
    ...testStop(),
  });
  const signals = listen(stop);
  const { hubs, fetch, context } = engine;
  return {
    config,
    statePath,
    log,
    hubs,
    fetch,
    datasets,
    context,
    signalCode: () => signals.code,
    async [Symbol.asyncDispose]() {
      engine[Symbol.dispose]();
      signals.stop();
      await log[Symbol.asyncDispose]();
    },
  };
}

const SIGNALS = [["SIGINT", EXIT.interrupted], ["SIGTERM", EXIT.terminated], [
  "SIGHUP",
  EXIT.terminated,
]] as const;

/** Ends the run in order at the first signal, at once at the second. */
function listen(stop: AbortController): { code: number | undefined; stop: () => void } {
  const state: { code: number | undefined; stop: () => void } = { code: undefined, stop: () => {} };
  const listeners = SIGNALS.map(([signal, code]) => {
    const listener = (): void => {
      if (state.code !== undefined) Deno.exit(code);
      state.code = code;
      stop.abort(new InterruptedError(`interrupted by ${signal}`));
    };
    Deno.addSignalListener(signal, listener);
    return () => Deno.removeSignalListener(signal, listener);
  });
  state.stop = () => listeners.forEach((remove) => remove());
  return state;
}

/** In test builds only: stops dead at a named step and says so, to be killed there. */
function testStop(): { onStep?: (step: string) => void } {
  const name = "DATAHUBSYNC_TEST_STOP";
  if (Deno.permissions.querySync({ name: "env", variable: name }).state !== "granted") return {};
  const step = Deno.env.get(name);
  if (step === undefined) return {};
  return {
    onStep(at) {
      if (at !== step) return;
      // Killing itself would take the right to run programs, which no build has.
      Deno.stderr.writeSync(new TextEncoder().encode(`stopped at ${at}\n`));
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    },
  };
}
