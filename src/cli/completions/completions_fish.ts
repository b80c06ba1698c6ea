/**
 * Completions for fish.
 *
 * @module
 */
import type { CompletedOption, CompletedProgram } from "./completed_program.ts";

/** The script for fish. */
export function fishCompletions(program: CompletedProgram): string {
  const { name, commands, defaultCommand, namesCommand } = program;
  const names = commands.map((command) => command.name).join(" ");
  const none = `not __fish_seen_subcommand_from ${names}`;
  const lines = [
    `# Completions of ${name} for fish: put this file into ~/.config/fish/completions/${name}.fish`,
    `function __${name}_names`,
    "  set -l words (commandline -xpc 2>/dev/null; or commandline -opc)",
    "  set -l config",
    "  set -l at (contains -i -- -c $words; or contains -i -- --config $words)",
    '  if test -n "$at"; and test (count $words) -gt $at',
    "    set config -c $words[(math $at + 1)]",
    "  end",
    `  eval (string escape -- $words[1]) ${namesCommand} (string escape -- $config) 2>/dev/null </dev/null`,
    "end",
    `complete -c ${name} -f`,
    ...program.options.map((option) => optionLine(name, none, option)),
  ];
  for (const command of commands) {
    lines.push(
      `complete -c ${name} -n ${quote(none)} -a ${command.name} -d ${quote(command.description)}`,
    );
    const seen = `__fish_seen_subcommand_from ${command.name}`;
    const when = command.name === defaultCommand ? `${seen}; or ${none}` : seen;
    for (const option of command.options) {
      if (command.name === defaultCommand && option.flags.includes("--help")) continue;
      lines.push(optionLine(name, when, option));
    }
    const words = command.argument === "dataset" ? `(__${name}_names)` : command.argument.join(" ");
    if (words !== "") lines.push(`complete -c ${name} -n ${quote(seen)} -a ${quote(words)}`);
  }
  return `${lines.join("\n")}\n`;
}

function optionLine(program: string, when: string, option: CompletedOption): string {
  const { flags, description, value } = option;
  const named = flags.map((flag) =>
    flag.startsWith("--") ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`
  );
  const rest = value === undefined
    ? ""
    : value === "path"
    ? " -r -F"
    : value === "dataset"
    ? ` -x -a '(__${program}_names)'`
    : value === "text"
    ? " -x"
    : ` -x -a ${quote(value.join(" "))}`;
  return `complete -c ${program} -n ${quote(when)} ${named.join(" ")}${rest} -d ${
    quote(description)
  }`;
}

function quote(text: string): string {
  return `'${text.replace(/[\\']/g, "\\$&")}'`;
}
