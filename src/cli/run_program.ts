/**
 * Runs the command that the arguments name, or reports what is wrong with the arguments.
 *
 * @module
 */
import { type Command, CommanderError } from "@commander-js/extra-typings";
import { nearest } from "../config/near_miss.ts";
import { UsageError } from "../errors.ts";
import { ownCommand } from "../own_command.ts";
import { EXIT } from "./command/exit_code.ts";
import { buildProgram } from "./program.ts";
import { notNeededBy, type Permission } from "./give_up.ts";
import { language } from "./terminal/language.ts";
import type { Terminal } from "./terminal/terminal.ts";
import { COMMAND } from "../messages/command.ts";
import { SYSTEM } from "../messages/system.ts";

/**
 * Runs the command that the arguments name, after `giveUp` dropped the permissions that it doesn't
 * need. Throws UsageError for words it doesn't know.
 */
export async function runProgram(
  args: readonly string[],
  terminal: Terminal,
  { giveUp = () => {} }: { giveUp?: (permissions: readonly Permission[]) => void } = {},
): Promise<number> {
  let code: number = EXIT.ok;
  const words = withCommand(args);
  // Cron runs it every few minutes, and defining all commands is 5 % of a run with nothing to do.
  const only = words[0] === "sync" ? "sync" : undefined;
  const program = await programInItsLanguage(terminal, (exitCode) => code = exitCode, only);
  program.hook("preAction", (_, command) => {
    if (only === undefined) refuseNames(command);
    giveUp(notNeededBy(command.name(), command.opts()));
  });
  try {
    await program.parseAsync(words, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return EXIT.ok;
    throw usageError(error, args, buildProgram(terminal, () => {}));
  }
  return code;
}

/** Words of a start without `sync` name no datasets: they were meant as a command. */
function refuseNames(command: { name(): string; args: string[] }): void {
  if (command.name() !== "sync" || command.args.length === 0) return;
  const { args } = command;
  const words = { name: "sync", expected: 0, got: args.length, found: args.join(", ") };
  throw new CommanderError(1, "commander.excessArguments", SYSTEM.arguments_too_many(words));
}

/** The program, whose help speaks as this process does. */
async function programInItsLanguage(
  terminal: Terminal,
  done: (code: number) => void,
  only: "sync" | undefined,
): Promise<Command> {
  if (language() === "en") return buildProgram(terminal, done, undefined, only);
  const { helpInChinese, inChinese } = await import("./help_in_chinese.ts");
  const program = buildProgram(terminal, done, inChinese, only);
  helpInChinese(program);
  return program;
}

/** Says what is wrong with the arguments; words that `sync` doesn't take were meant as a command. */
function usageError(
  error: CommanderError,
  args: readonly string[],
  program: Command,
): UsageError {
  const commands = namesOf(program);
  // `help` of a word that is no command.
  const asked = error.code === "commander.help" ? args.find((word) => word !== "help") : undefined;
  if (asked !== undefined) return unknownCommand(asked, program);
  const [, message = "", option] =
    /^(?:error: )?(.*?)(?:\n\(Did you mean (?:one of )?(.*)\?\))?$/s.exec(error.message) ?? [];
  if (option !== undefined) {
    return new UsageError(message, { hint: COMMAND.did_you_mean({ option }) });
  }
  const [first = ""] = args;
  if (error.code !== "commander.excessArguments" || commands.includes(first)) {
    return new UsageError(message);
  }
  const late = args.find((word) => commands.includes(word));
  if (late !== undefined) {
    return new UsageError(COMMAND.command_first({ late }), { hint: ownCommand(`${late} …`) });
  }
  if (first.startsWith("-")) return new UsageError(message);
  return unknownCommand(first, program);
}

/** What was probably meant is one of those that help shows. */
function unknownCommand(word: string, program: Command): UsageError {
  const shown = program.createHelp().visibleCommands(program).map((command) => command.name());
  const meant = nearest(word, shown);
  return new UsageError(COMMAND.unknown_command({ word: JSON.stringify(word) }), {
    ...(meant !== undefined &&
      { hint: COMMAND.did_you_mean_command({ command: ownCommand(meant) }) }),
  });
}

/** Takes `--check` for the command `check`, and `help --help` for `help`. */
function withCommand(args: readonly string[]): string[] {
  if (args[0] === "help") {
    const language = args.indexOf("--lang") + 1;
    return args.filter((word, at) =>
      !/^(?:-h|--help|--lang(?:=.*)?)$/.test(word) && (language === 0 || at !== language)
    );
  }
  const at = args.indexOf("--check");
  return at === -1 ? [...args] : ["check", ...args.slice(0, at), ...args.slice(at + 1)];
}

/** Whose help to show: that of the command in the arguments, or `undefined` for the program's. */
export function helpFor(args: readonly string[], terminal: Terminal): string | undefined {
  if (args.includes("--check")) return "check";
  const [first = ""] = args;
  const names = namesOf(buildProgram(terminal, () => {}));
  if (names.includes(first)) return first;
  // Options without a command are those of the default one, unless a command comes late.
  return first.startsWith("-") && !args.some((word) => names.includes(word)) ? "sync" : undefined;
}

function namesOf(program: Command): string[] {
  return program.commands.flatMap((command) => [command.name(), ...command.aliases()]);
}
