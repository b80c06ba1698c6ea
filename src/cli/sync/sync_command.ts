/**
 * `datahubsync sync`: syncs the configured datasets and reports the results.
 *
 * Guarantees: without a terminal and without `--verbose`, exit codes 0 and 4 come with no output at
 * all, so that cron sends no mail. `--json` prints one document on stdout, whatever happens.
 *
 * @module
 */
import { type RunJob, syncAll } from "../../sync/sync_all.ts";
import {
  type PlanSummary,
  type Reporter,
  reporterOf,
  type RunContext,
} from "../../sync/sync_context.ts";
import type { DatasetResult } from "../../types.ts";
import { AfterRun } from "./after_run.ts";
import { UsageError } from "../../errors.ts";
import { repeat } from "./every.ts";
import { EXIT, exitCodeOf } from "../command/exit_code.ts";
import { stopSignals } from "../command/stop_signals.ts";
import { logReporter } from "./log_reporter.ts";
import { chosenDatasets } from "../../client/chosen_datasets.ts";
import { type OpenRun, openRun, type RunOptions } from "../command/open_run.ts";
import { passOutputGate } from "../command/owner_gate.ts";
import { resultDocument } from "./result_document.ts";
import { sayEnds } from "./sync_words.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { isAwaited, parseWait, waitForPackages } from "./wait.ts";
import { jsonText } from "../../plain_text.ts";
import { COMMAND } from "../../messages/command.ts";

/** Options for `sync`. */
export interface SyncCommandOptions extends RunOptions {
  dryRun?: boolean;
  force?: boolean;
  wait?: string;
  every?: string;
  /** Datasets whose rejected package is taken, once. */
  accept?: string[];
  /** `true` = changes are kept for a reader; a path = the unread ones are also written there. */
  changes?: string | true;
  exitCode?: boolean;
}

/** Runs `sync`, once or repeatedly; returns the exit code. */
export async function syncCommand(given: SyncCommandOptions, terminal: Terminal): Promise<number> {
  const { accept } = given;
  if (accept !== undefined && (given.dryRun || given.every !== undefined)) {
    throw new UsageError(COMMAND.accept_not_with(), { hint: COMMAND.leave_one_out() });
  }
  const options = accept === undefined ? given : { dataset: accept, ...given };
  if (options.every === undefined) return await syncOnce(options, terminal);
  if (options.dryRun || options.json) {
    throw new UsageError(COMMAND.every_not_with(), { hint: COMMAND.leave_one_out() });
  }
  using stop = stopSignals();
  // Each round reads the config again and holds the locks for as long as it works.
  const code = await repeat(() => syncOnce(options, terminal), {
    every: options.every,
    signal: stop.signal,
    terminal,
  });
  return stop.code ?? code;
}

async function syncOnce(options: SyncCommandOptions, terminal: Terminal): Promise<number> {
  if (options.wait !== undefined) parseWait(options.wait);
  if (options.dryRun && options.changes !== undefined) {
    throw new UsageError(COMMAND.changes_not_with(), { hint: COMMAND.leave_one_out() });
  }
  await using run = await openRun(options, terminal, { writes: !options.dryRun });
  if (typeof options.changes === "string") passOutputGate(options.changes, run);
  const after = options.dryRun ? undefined : new AfterRun(run);
  return await runSync(run, options, terminal, { after });
}

/** Syncs an open run's datasets and reports the results; returns the exit code. */
export async function runSync(
  run: OpenRun,
  options: SyncCommandOptions,
  terminal: Terminal,
  { after, reporter: further }: { after?: AfterRun | undefined; reporter?: Reporter },
): Promise<number> {
  const waitMs = options.wait === undefined ? 0 : parseWait(options.wait);
  const watched = terminal.errIsTerminal && !options.quiet && !options.json;
  const plans = new Map<string, PlanSummary>();
  // With --verbose the log's lines go to the same terminal.
  const bars = watched && !options.verbose
    ? (await import("./progress.ts")).openProgress(run.datasets.map(({ name }) => name), terminal)
    : undefined;
  const reporters = [
    logReporter(run.log, { dryRun: options.dryRun ?? false, format: run.config.logging.format }),
    reporterOf({ planned: ({ dataset, plan }) => void plans.set(dataset, plan) }),
    further,
    bars?.reporter,
  ];
  const reporter: Reporter = (event) => reporters.forEach((one) => one?.(event));
  const context: RunContext = { ...run.context, reporter };
  const job = jobOf(run, options);
  run.onCatalogRetry = (cause, waitMs, sentence) =>
    reporter({ type: "retry", dataset: "", cause, waitMs, sentence });
  const onResult = async (result: DatasetResult): Promise<void> => {
    // Datasets waited for get their history line at the end.
    if (waitMs > 0 && isAwaited(result)) return;
    await after?.keep(result);
  };
  const sync = (datasets: typeof run.datasets, first = false): Promise<DatasetResult[]> =>
    syncAll({ ...job, datasets, ...(first && { onResult }) }, context);
  let results: DatasetResult[];
  await after?.begin();
  try {
    results = await waitForPackages(await sync(run.datasets, true), {
      ...context,
      waitMs,
      again: (names) => sync(run.datasets.filter(({ name }) => names.includes(name))),
      onWait: (message) => {
        run.log.info(message);
        bars?.wait(message);
      },
    });
  } catch (error) {
    await after?.fail(error);
    throw error;
  } finally {
    bars?.close();
  }
  await printResults(results, { run, options, terminal, plans });
  sayEnds(results, terminal, { watched });
  // Last, because messages may take a while.
  await after?.end(results);
  const changed = results.some(({ filesChanged }) => filesChanged);
  const code = exitCodeOf(results.map(({ status }) => status), run.signalCode());
  return code === EXIT.ok && options.exitCode && changed ? EXIT.changed : code;
}

/** The job that the options describe, without its datasets. */
function jobOf(run: OpenRun, options: SyncCommandOptions): Omit<RunJob, "datasets"> {
  const { hubsOf, statePath } = run;
  const { dryRun: planOnly = false, force } = options;
  const changes = options.changes !== undefined ? "list" : options.json ? "count" : undefined;
  const accept = options.accept && acceptedOf(run, options.accept);
  return { hubsOf, statePath, planOnly, force, changes, accept };
}

/** Writes what the options ask for on stdout, and the unread changes into their file. */
async function printResults(results: readonly DatasetResult[], { run, options, terminal, plans }: {
  run: OpenRun;
  options: SyncCommandOptions;
  terminal: Terminal;
  plans: ReadonlyMap<string, PlanSummary>;
}): Promise<void> {
  if (typeof options.changes === "string") {
    const { writeChanges } = await import("./unread_changes.ts");
    await writeChanges(options.changes, run);
  }
  if (options.json) {
    const document = resultDocument(results, options.dryRun ? plans : undefined);
    terminal.out(`${jsonText(document)}\n`);
  } else if (options.dryRun) {
    const { renderPlans } = await import("./result_table.ts");
    terminal.out(renderPlans(results, plans));
  } else if (terminal.outIsTerminal && !options.quiet) {
    const { renderResults } = await import("./result_table.ts");
    terminal.out(renderResults(results, terminal));
  }
}

/** The datasets to accept; one that the run doesn't sync is a mistake. Throws UsageError. */
function acceptedOf({ config, datasets }: OpenRun, names: readonly string[]): ReadonlySet<string> {
  chosenDatasets(config, names);
  const left = names.find((name) => !datasets.some((dataset) => dataset.name === name));
  if (left === undefined) return new Set(names);
  throw new UsageError(COMMAND.accept_left_out({ left: JSON.stringify(left) }), {
    expected: datasets.map(({ name }) => name).join(", "),
    found: left,
    hint: COMMAND.leave_dataset_out(),
  });
}
