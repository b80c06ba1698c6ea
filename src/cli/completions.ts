/**
 * Completions for shells, made from the program's definition.
 *
 * Guarantees: pure; what help shows is completed, and nothing else. Names of datasets aren't: that
 * would take a run of the program for every key.
 *
 * @module
 */
import type { CompletedCommand, CompletedOption, CompletedProgram } from "./completed_program.ts";
import { bashCompletions } from "./completions_bash.ts";
import { fishCompletions } from "./completions_fish.ts";
import { zshCompletions } from "./completions_zsh.ts";
import type { Command } from "@commander-js/extra-typings";

/** The shells that are known. */
export const SHELLS = ["bash", "zsh", "fish"] as const;

/** One of {@linkcode SHELLS}. */
export type Shell = typeof SHELLS[number];

/** The script that a shell reads. */
export function completions(program: Command, shell: Shell): string {
  const described = describe(program);
  switch (shell) {
    case "bash":
      return bashCompletions(described);
    case "zsh":
      return zshCompletions(described);
    case "fish":
      return fishCompletions(described);
  }
}

function describe(program: Command): CompletedProgram {
  const help = program.createHelp();
  const commands = help.visibleCommands(program).filter((command) => command.name() !== "help")
    .map((command): CompletedCommand => ({
      name: command.name(),
      description: command.description(),
      options: optionsOf(command as unknown as Command),
      argument: command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []),
    }));
  const check = { flags: ["--check"], description: "the same as check", value: undefined };
  return {
    name: program.name(),
    defaultCommand: "sync",
    options: [...optionsOf(program), check],
    commands,
  };
}

function optionsOf(command: Command): CompletedOption[] {
  return command.createHelp().visibleOptions(command as never).map((option) => ({
    flags: [option.short, option.long].filter((flag) => flag !== undefined),
    description: option.description,
    value: option.required || option.optional
      ? option.argChoices ?? (/<(file|folder|dir)/.test(option.flags) ? "path" : "text")
      : undefined,
  }));
}
