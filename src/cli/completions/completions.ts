/**
 * Completions for shells, made from the program's definition.
 *
 * Guarantees: pure; what help shows is completed, and nothing else. An empty word gets commands or
 * names, never options. Names of datasets come from the program itself, in 0.1 s and without a hub.
 *
 * @module
 */
import type { CompletedCommand, CompletedOption, CompletedProgram } from "./completed_program.ts";
import { bashCompletions } from "./completions_bash.ts";
import { fishCompletions } from "./completions_fish.ts";
import { zshCompletions } from "./completions_zsh.ts";
import type { Command } from "@commander-js/extra-typings";

/** The shells that are known. */
const SHELLS = ["bash", "zsh", "fish"] as const;

/** One of {@linkcode SHELLS}. */
export type Shell = typeof SHELLS[number];

/** Commands whose arguments are datasets. */
const DATASET_ARGUMENTS: ReadonlySet<string> = new Set([
  ...["sync", "verify", "convert", "versions", "rollback", "pin"],
]);

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
      argument: DATASET_ARGUMENTS.has(command.name())
        ? "dataset"
        : command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []),
    }));
  const { description = "" } = commands.find(({ name }) => name === "check") ?? {};
  const check = { flags: ["--check"], description, value: undefined };
  return {
    name: program.name(),
    defaultCommand: "sync",
    namesCommand: "dataset-names",
    options: [...optionsOf(program), check],
    commands,
  };
}

function optionsOf(command: Command): CompletedOption[] {
  return command.createHelp().visibleOptions(command as never).map((option) => ({
    flags: [option.short, option.long].filter((flag) => flag !== undefined),
    description: option.description,
    value: valueOf(option),
  }));
}

function valueOf(
  option: ReturnType<ReturnType<Command["createHelp"]>["visibleOptions"]>[number],
): CompletedOption["value"] {
  if (!option.required && !option.optional) return undefined;
  if (option.long === "--dataset" || option.long === "--accept") return "dataset";
  return option.argChoices ?? (/<(file|folder|dir)/.test(option.flags) ? "path" : "text");
}
