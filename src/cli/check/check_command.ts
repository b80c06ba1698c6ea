/**
 * `datahubsync check`, also `datahubsync --check`: reports what is wrong and how to fix it.
 *
 * Guarantees: exits with 0 if there are no failures (warnings are allowed), 3 if something fails, 2
 * if the configuration can't be used. The configuration's secrets are hidden.
 *
 * @module
 */
import { processEnvironment } from "../../environment.ts";
import { ConfigError } from "../../errors.ts";
import { sleep } from "../../hub/retry/sleep.ts";
import { trustSystemStore } from "../../hub/tls/tls.ts";
import { redactor } from "../../redact.ts";
import type { CheckContext, Machine } from "./check_context.ts";
import type { CheckLine } from "./check_line.ts";
import { configProblems } from "./config_check.ts";
import { countOf, reportDocument, reportText } from "./report.ts";
import { runChecks } from "./run_checks.ts";
import { CHECK } from "../../messages/check.ts";
import { EXIT } from "../command/exit_code.ts";
import { chosenDatasets } from "../../client/chosen_datasets.ts";
import { secretsOf } from "../../client/secrets.ts";
import { openConfig, type RunOptions, statePathOf } from "../command/open_run.ts";
import { stopSignals } from "../command/stop_signals.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { basename } from "node:path";
import { jsonText } from "../../plain_text.ts";

/** How long a step to a hub may take without a sign of life; a sync waits longer. */
const PATIENCE_MS = 15_000;

/** A hub that asks for an hour's pause is asked again after this: a person waits for the report. */
const LONGEST_PAUSE_MS = 1_000;

/** Runs `check`; returns the exit code. Throws UsageError. */
export async function checkCommand(
  options: RunOptions,
  terminal: Terminal,
  machine: Machine = thisMachine(),
): Promise<number> {
  try {
    const config = await openConfig(options, terminal);
    trustSystemStore();
    using stop = stopSignals();
    const context: CheckContext = {
      config,
      statePath: await statePathOf(config, options),
      datasets: chosenDatasets(config, options.dataset),
      machine,
      clock: Date.now,
      sleep: (ms, signal) => sleep(Math.min(ms, LONGEST_PAUSE_MS), signal),
      signal: stop.signal,
      patienceMs: PATIENCE_MS,
    };
    const lines = await runChecks(context);
    stop.signal.throwIfAborted();
    say(lines, { options, terminal, clean: redactor(secretsOf(config)) });
    return countOf(lines).errors === 0 ? EXIT.ok : EXIT.failed;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    say(configProblems(error), { options, terminal, clean: (text) => text });
    return EXIT.usage;
  }
}

function say(
  lines: readonly CheckLine[],
  to: { options: RunOptions; terminal: Terminal; clean: (text: string) => string },
): void {
  const { options, terminal, clean } = to;
  if (options.json) terminal.out(`${jsonText(reportDocument(lines, { clean }))}\n`);
  else {
    const { verbose = false } = options;
    const { colours } = terminal;
    const width = terminal.outIsTerminal ? terminal.columns() : Infinity;
    terminal.out(reportText(lines, { clean, colours, verbose, width }));
  }
}

const EXCESS_RIGHTS = [["run", CHECK.run_programs()], ["ffi", CHECK.call_native_code()]] as const;

/** The machine that this program runs on. */
function thisMachine(): Machine {
  const execPath = Deno.execPath();
  return {
    root: "",
    execPath,
    compiled: Deno.build.standalone || basename(execPath) === "datahubsync",
    excessRights: EXCESS_RIGHTS.filter(([name]) =>
      Deno.permissions.querySync({ name }).state === "granted"
    ).map(([, meaning]) => meaning),
    uid: Deno.uid() ?? -1,
    home: processEnvironment("HOME"),
    env: processEnvironment,
  };
}
