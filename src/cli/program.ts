/**
 * Joins the commands, each declared in its room, into the program. Help, completions and
 * `docs/cli.md` are generated from it.
 *
 * @module
 */
import { Command, InvalidArgumentError, Option } from "@commander-js/extra-typings";
import { PROGRAM } from "../own_command.ts";
import { VERSION } from "../version.ts";
import { COMMAND_HELP, helpAfter } from "./command_help.ts";
import { syncDeclaration } from "./sync/commands.ts";
import { statusDeclaration } from "./status/commands.ts";
import { demoDeclaration } from "./demo/commands.ts";
import { initDeclaration } from "./init/commands.ts";
import { keyDeclaration, packDeclaration, serveDeclaration } from "./hub_end/commands.ts";
import { completionsDeclaration, datasetNamesDeclaration } from "./completions/commands.ts";
import { installerDeclaration } from "./installer/commands.ts";
import {
  changesDeclaration,
  convertDeclaration,
  getDeclaration,
  pinDeclaration,
  rollbackDeclaration,
  verifyDeclaration,
  versionsDeclaration,
} from "./data_commands.ts";
import {
  checkDeclaration,
  configDeclaration,
  listDeclaration,
  notifyDeclaration,
  pathsDeclaration,
  reportDeclaration,
  scheduleDeclaration,
  versionDeclaration,
} from "./setup_commands.ts";
import type { Declaration } from "./declaration.ts";
import { LANGUAGES } from "../messages/catalogue.ts";
import { languageNamed } from "../messages/language.ts";
import type { Terminal } from "./terminal.ts";

/** The commands, in the order of the help. */
const DECLARATIONS: readonly Declaration[] = [
  syncDeclaration,
  changesDeclaration,
  getDeclaration,
  demoDeclaration,
  statusDeclaration,
  listDeclaration,
  reportDeclaration,
  verifyDeclaration,
  checkDeclaration,
  notifyDeclaration,
  configDeclaration,
  initDeclaration,
  convertDeclaration,
  versionsDeclaration,
  rollbackDeclaration,
  pinDeclaration,
  packDeclaration,
  keyDeclaration,
  serveDeclaration,
  scheduleDeclaration,
  completionsDeclaration,
  pathsDeclaration,
  versionDeclaration,
  datasetNamesDeclaration,
  installerDeclaration,
];

const languageOption = (): Option =>
  new Option("--lang <language>", "the language of what a person reads").choices(LANGUAGES)
    .argParser((word) => {
      const language = languageNamed(word);
      if (language !== undefined) return language;
      throw new InvalidArgumentError(`Allowed choices are ${LANGUAGES.join(", ")}.`);
    });

/** What stands below the commands. */
export const AFTER = [
  "`datahubsync` alone is `datahubsync sync`.",
  "`datahubsync --check` is its self-test.",
  "`datahubsync COMMAND --help` has examples and exit codes.",
];

/**
 * Builds the program; `done` takes the exit code of the command that ran, `say` translates what is
 * written below the options. With `only`, the other commands aren't there.
 */
export function buildProgram(
  terminal: Terminal,
  done: (code: number) => void,
  say: (english: string) => string = (english) => english,
  only?: "sync",
): Command {
  const program: Command = new Command(PROGRAM)
    .description("Keeps local copies of datasets in sync with a hub.")
    .version(
      VERSION,
      "-V, --version",
      "print the version (with --json also what it was built from)",
    )
    .helpOption("-h, --help", "print this help")
    .enablePositionalOptions()
    .exitOverride()
    .configureHelp({ minWidthToWrap: 20 })
    .configureOutput({
      writeOut: (text) => terminal.out(text),
      writeErr: () => {},
      // Asking the runtime whether a terminal has colours reads variables that the binary may not.
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .addHelpText(
      "after",
      "\n" + AFTER.map(say).join("\n"),
    );

  const declarations = only === undefined ? DECLARATIONS : [syncDeclaration];
  for (const declare of declarations) declare(program, { terminal, done });
  for (const command of [program, ...program.commands]) {
    command.addOption(languageOption());
  }
  for (const command of program.commands) {
    if (!(command.name() in COMMAND_HELP)) continue;
    command.addHelpText(
      "after",
      () => helpAfter(command as unknown as Command, { say, columns: terminal.columns() }),
    );
  }
  return program as unknown as Command;
}
