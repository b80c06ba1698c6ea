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
import { COMPLETION_COMMANDS } from "./completions/commands.ts";
import { DATA_COMMANDS } from "./data/commands.ts";
import type { Commands } from "./command/declaration.ts";
import { DEMO_COMMANDS } from "./demo/commands.ts";
import { formatItem, LEAST_BESIDE } from "./help_layout.ts";
import { HUB_END_COMMANDS } from "./hub_end/commands.ts";
import { INIT_COMMANDS } from "./init/commands.ts";
import { INSTALLER_COMMANDS } from "./installer/commands.ts";
import { SETUP_COMMANDS } from "./setup/commands.ts";
import { STATUS_COMMANDS } from "./status/commands.ts";
import { SYNC_COMMANDS } from "./sync/commands.ts";
import { LANGUAGES } from "../messages/catalogue.ts";
import { languageNamed } from "../messages/language.ts";
import type { Terminal } from "./terminal/terminal.ts";

const COMMANDS: Commands = {
  ...SYNC_COMMANDS,
  ...DATA_COMMANDS,
  ...STATUS_COMMANDS,
  ...SETUP_COMMANDS,
  ...INIT_COMMANDS,
  ...DEMO_COMMANDS,
  ...HUB_END_COMMANDS,
  ...COMPLETION_COMMANDS,
  ...INSTALLER_COMMANDS,
};

/** In the order of the help; the rest has none, and is hidden. */
const NAMES = new Set([...Object.keys(COMMAND_HELP), ...Object.keys(COMMANDS)]);

const languageOption = (): Option =>
  new Option("--lang <language>", "the language of the messages").choices(LANGUAGES)
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
    .configureHelp({ minWidthToWrap: LEAST_BESIDE, formatItem })
    .configureOutput({
      writeOut: (text) => terminal.out(text),
      writeErr: () => {},
      // Asking the runtime whether a terminal has colours reads variables that the binary may not.
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .addHelpText("after", ({ command }) => {
      const help = command.createHelp();
      return "\n" + AFTER.map((text) => help.boxWrap(say(text), terminal.columns())).join("\n");
    });

  for (const name of only === undefined ? NAMES : [only]) {
    const hidden = !(name in COMMAND_HELP);
    const command = program.command(name, { isDefault: name === "sync", hidden });
    COMMANDS[name]!(command, { program, terminal, done });
    if (hidden) continue;
    command.addHelpText("after", () => helpAfter(command, { say, columns: terminal.columns() }));
  }
  for (const command of [program, ...program.commands]) command.addOption(languageOption());
  return program as unknown as Command;
}
