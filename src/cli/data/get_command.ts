/**
 * `datahubsync get URL [DIR]`: a sync of one ZIP on the web, with no configuration.
 *
 * Guarantees: everything that `sync` guarantees, its exit codes and its silence under cron included.
 * A changed address is reported before anything changes. Existing files that differ from the package's
 * are replaced only if a person or `--adopt` allows it.
 *
 * @module
 */
import {
  differing,
  folderFor,
  type GetSettings,
  planGet,
  refuseToReplace,
} from "../../client/get.ts";
import { UsageError } from "../../errors.ts";
import { masker } from "../../redact.ts";
import { reporterOf } from "../../sync/sync_context.ts";
import { secretsOf } from "../../client/secrets.ts";
import { type Ask, personAt } from "../terminal/ask_person.ts";
import { openRunOf } from "../command/open_run.ts";
import { warnOfLists } from "../command/pattern_options.ts";
import { runSync, type SyncCommandOptions } from "../sync/sync_command.ts";
import { said, say, sayWarning } from "../terminal/language.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { COMMAND } from "../../messages/command.ts";

/** Options for `get`. */
export interface GetCommandOptions
  extends
    Omit<GetSettings, "headers">,
    Pick<SyncCommandOptions, "dryRun" | "force" | "json" | "quiet" | "verbose"> {
  /** `Name: value`, each. */
  header?: readonly string[];
  adopt?: boolean;
}

/** Runs `get`; returns the exit code. Throws UsageError, StoreError, HubError. */
export async function getCommand(
  url: string,
  dir: string | undefined,
  options: GetCommandOptions,
  terminal: Terminal,
  ask: Ask | undefined = personAt(
    terminal.errIsTerminal && !options.quiet && !options.json,
    terminal.err,
  ),
): Promise<number> {
  const { header = [], adopt = false } = options;
  const settings: GetSettings = { ...options, headers: Object.fromEntries(header.map(readHeader)) };
  const { config, statePath, moved } = await planGet(url, dir ?? folderFor(url), settings);
  terminal.hide?.(masker(secretsOf(config)));
  warnOfLists("--include", options.include, terminal);
  warnOfLists("--exclude", options.exclude, terminal);
  await using run = await openRunOf(config, { statePath, options, terminal, writes: false });
  if (moved !== undefined && !options.quiet) {
    terminal.err(`${say(COMMAND.note, { text: said(moved) })}\n`);
  }
  const warnings: string[] = [];
  let asking = false;
  // The bars would be drawn over the question.
  const calm: Terminal = {
    ...terminal,
    err: (text, how) => asking && how?.moves ? undefined : terminal.err(text, how),
  };
  if (!adopt) {
    run.context.mayReplace = async (dataset, paths) => {
      if (ask === undefined) refuseToReplace(dataset, paths);
      terminal.err("\n");
      const question = say(COMMAND.replace, { files: said(differing(paths)) });
      asking = true;
      const answer = await Promise.resolve(ask(question, run.context.signal))
        .finally(() => asking = false);
      if (!/^\s*(?:y(?:es)?|是)\s*$/i.test(answer ?? "")) refuseToReplace(dataset, paths);
    };
  }
  const reporter = reporterOf({ warn: ({ message }) => void warnings.push(message) });
  try {
    return await runSync(run, options, calm, { reporter });
  } finally {
    // There is no log to read later, so warnings must appear even in cron's mail.
    if (!options.quiet && !options.verbose) {
      for (const text of warnings) sayWarning(terminal, text);
    }
  }
}

function readHeader(text: string): [name: string, value: string] {
  const [, name, value] = /^([^:\s]+)\s*:\s*(.*)$/s.exec(text) ?? [];
  if (name !== undefined && value !== undefined) return [name, value];
  throw new UsageError(COMMAND.header_expected(), {
    expected: "Name: value",
    found: "another text",
    hint: "--header 'X-Api-Key: …'",
  });
}
