/**
 * `datahubsync changes`: prints the unread changes as JSON lines; `--done N` confirms them as read.
 * `sync --changes FILE` writes the same into a file.
 *
 * Guarantees: a change is printed again until it is confirmed, so a reader that dies loses nothing;
 * `--done N` forgets nothing that came after N was printed.
 *
 * @module
 */
import type { Config } from "../../config/config.ts";
import { UsageError } from "../../errors.ts";
import { ownCommand } from "../../own_command.ts";
import type { UnreadChange } from "../../store/change_list.ts";
import { keepsChanges } from "../../store/changes.ts";
import { resolveLayout } from "../../store/layout.ts";
import { EXIT } from "../command/exit_code.ts";
import { chosenDatasets } from "../../client/chosen_datasets.ts";
import { openToChange, type RunOptions } from "../command/open_run.ts";
import { changeLines, unreadChanges } from "../sync/unread_changes.ts";
import { say } from "../terminal/language.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { COMMAND } from "../../messages/command.ts";

interface ChangesOptions extends RunOptions {
  /** Confirms everything up to this number. */
  done?: string;
  /** Prints only the number to confirm. */
  last?: boolean;
  exitCode?: boolean;
}

/** Runs `changes`; returns the exit code. Throws UsageError, StoreError. */
export async function changesCommand(options: ChangesOptions, terminal: Terminal): Promise<number> {
  const done = options.done === undefined ? undefined : parseNumber(options.done);
  if (done !== undefined && (options.last || options.dataset !== undefined)) {
    throw new UsageError(COMMAND.done_not_with(), { hint: COMMAND.number_covers_all() });
  }
  const { config } = await openToChange(options, terminal);
  const datasets = chosenDatasets(config, options.dataset);
  // Closed before printing, so that paging through the output doesn't block the next run.
  const unread = await unreadChanges(config, new Set(datasets.map(({ name }) => name)), done);
  if (done !== undefined) return EXIT.ok;
  if (unread.length === 0) {
    if (!options.last) await sayWhyNone(config, options, terminal);
  } else terminal.out(options.last ? `${lastOf(unread)}\n` : changeLines(unread));
  return options.exitCode && unread.length > 0 ? EXIT.changed : EXIT.ok;
}

function lastOf(changes: readonly UnreadChange[]): number {
  return changes.reduce((last, { number }) => Math.max(last, number), 0);
}

function parseNumber(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new UsageError(COMMAND.done_number({ text: JSON.stringify(text) }), {
    hint: COMMAND.prints_it({ command: ownCommand("changes --last") }),
  });
}

/** Tells a person at a terminal that changes aren't being kept. */
async function sayWhyNone(
  config: Config,
  { dataset: names }: ChangesOptions,
  terminal: Terminal,
): Promise<void> {
  for (const { name, localDir, changes } of chosenDatasets(config, names)) {
    if (changes === true || keepsChanges(await resolveLayout(localDir))) continue;
    const text = say(COMMAND.changes_not_kept, { path: config.path });
    terminal.err(`${say(COMMAND.of, { names: name, text })}\n`);
  }
}
