/**
 * `datahubsync verify`: compares the folders with the hub, or with the manifest where the hub is away
 * or isn't needed, and with `--repair` fixes them. A repair that changed something is recorded in the history like a sync.
 *
 * @module
 */
import { given } from "../../given.ts";
import { Catalogs } from "../../client/first_catalog.ts";
import { unverified, verifyOne, type VerifyResult } from "../../client/verify_one.ts";
import { verifySource } from "../../client/verify_source.ts";
import type { DatasetConfig } from "../../config/dataset_config.ts";
import { jsonText, messageText, oneLine } from "../../plain_text.ts";
import { ownCommand } from "../../own_command.ts";
import { shellWord } from "../../shell_word.ts";
import type { DatasetResult } from "../../types.ts";
import { AfterRun } from "../sync/after_run.ts";
import { EXIT } from "../command/exit_code.ts";
import { logReporter } from "../sync/log_reporter.ts";
import { openRun, type RunOptions } from "../command/open_run.ts";
import type { Message } from "../../messages/catalogue.ts";
import { COMMAND } from "../../messages/command.ts";
import { VERIFY } from "../../messages/verify.ts";
import { said, say } from "../terminal/language.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { textWidth } from "../terminal/text_width.ts";
import { bytesText } from "../../units.ts";

interface VerifyCommandOptions extends RunOptions {
  repair?: boolean;
  offline?: boolean;
}

/** The result for one dataset, in the names that docs/cli.md documents. */
type VerifiedDataset = ReturnType<typeof verdictOf>;

/** Runs `verify`; returns the exit code. */
export async function verifyCommand(
  names: string[],
  options: VerifyCommandOptions,
  terminal: Terminal,
): Promise<number> {
  const chosen = names.length > 0 ? { ...options, dataset: names } : options;
  await using run = await openRun(chosen, terminal, { writes: options.repair ?? false });
  const reporter = logReporter(run.log);
  const { hubsOf, statePath } = run;
  const { repair = false } = options;
  const context = { ...run.context, reporter };
  const catalogs = new Catalogs(hubsOf, context);
  const verdicts: VerifiedDataset[] = [];
  const repaired: DatasetResult[] = [];
  const onRepaired = (result: DatasetResult): void => void repaired.push(result);
  const verify = async (dataset: DatasetConfig): Promise<VerifyResult> => {
    try {
      const { hub, traits, ...source } = await verifySource(dataset, {
        hubs: hubsOf(dataset),
        offline: options.offline ?? false,
        repair,
        ask: () => catalogs.of(dataset),
      });
      const at = { ...context, hub, traits };
      const use = { context: at, ...source, statePath, repair, onRepaired };
      return await verifyOne(dataset, use);
    } catch (error) {
      // All datasets share the hub's list; an address belongs to one dataset.
      if (dataset.source === undefined) throw error;
      return unverified(dataset.name, error, context.clean);
    }
  };
  for (const dataset of run.datasets) {
    const verdict = verdictOf(await verify(dataset));
    verdicts.push(verdict);
    if (!options.json) terminal.out(describe(verdict, options));
  }
  if (options.json) terminal.out(`${jsonText({ results: verdicts })}\n`);
  // Last, because messages may take a while.
  if (repaired.length > 0) await new AfterRun({ ...run, context }).end(repaired);
  return run.signalCode() ?? (verdicts.every(({ ok }) => ok) ? EXIT.ok : EXIT.failed);
}

function verdictOf(result: VerifyResult) {
  return {
    dataset: result.datasetName,
    ok: result.success,
    entries: result.entries,
    missing: result.missing,
    damaged: result.damaged,
    left_out: result.leftOut,
    extra: result.extra,
    repaired: result.entriesRepaired,
    bytes_read: result.bytesRead,
    bytes_downloaded: result.bytesDownloaded,
    error: result.error === undefined ? null : messageText(result.error),
    ...given({
      note: result.note && messageText(result.note),
      hint: result.hint && messageText(result.hint),
    }),
  };
}

/** Paths of one kind that a person is shown. */
const MOST_SHOWN = 20;

function describe(verdict: VerifiedDataset, options: VerifyCommandOptions): string {
  const { dataset, ok, entries, missing, damaged, extra, repaired, error, hint } = verdict;
  const left = verdict.left_out;
  const sum = say(VERIFY.sum, {
    entries,
    read: bytesText(verdict.bytes_read),
    missing: missing.length,
    damaged: damaged.length,
    extra: extra.length,
  }) +
    (left.length > 0 ? say(VERIFY.and_left, { left: left.length }) : "") +
    (repaired > 0 ? say(VERIFY.and_repaired, { repaired }) : "");
  const why = error === null ? "" : said(error);
  // Where nothing could be compared, there are no figures.
  const text = error === null
    ? sum
    : entries === 0
    ? why
    : say(COMMAND.of, { names: sum, text: why });
  const lines = [`${ok ? "✓" : "✗"} ${say(COMMAND.of, { names: dataset, text })}`];
  if (verdict.note !== undefined) lines.push(say(COMMAND.note, { text: said(verdict.note) }));
  if (hint !== undefined) lines.push(say(COMMAND.hint, { text: said(hint) }));
  const kinds: [Message, readonly string[]][] = [
    [VERIFY.missing, missing],
    [VERIFY.damaged, damaged],
    [VERIFY.left_out, left],
    [VERIFY.extra, extra],
  ];
  for (const [message, paths] of kinds) {
    const kind = say(message);
    const blanks = " ".repeat(Math.max(0, 8 - textWidth(kind)));
    for (const path of paths.slice(0, MOST_SHOWN)) {
      lines.push(`  ${kind}${blanks} ${oneLine(path)}`);
    }
    const rest = paths.length - MOST_SHOWN;
    if (rest > 0) lines.push(`  ${say(VERIFY.more, { rest, kind })}`);
  }
  if (!ok && error === null && missing.length + damaged.length > 0) {
    const words = `verify ${shellWord(dataset)} --repair`;
    const fetch = say(VERIFY.to_fetch, { command: ownCommand(words, options) });
    lines.push(say(COMMAND.hint, { text: fetch }));
  }
  return `${lines.join("\n")}\n`;
}
