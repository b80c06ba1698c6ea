/**
 * Completions for zsh.
 *
 * @module
 */
import type { CompletedCommand, CompletedOption, CompletedProgram } from "./completed_program.ts";

/** The script for zsh. */
export function zshCompletions(program: CompletedProgram): string {
  const { name, commands, defaultCommand } = program;
  const main = commands.find((command) => command.name === defaultCommand);
  // Help is among the program's own.
  const mainOptions = (main?.options ?? []).filter(({ flags }) => !flags.includes("--help"));
  const described = commands.map((command) =>
    `    ${quote(`${command.name}:${command.description.replaceAll(":", "\\:")}`)}`
  );
  return `#compdef ${name}
# Completions of ${name} for zsh: put this file as _${name} into a folder of $fpath.
_${name}() {
  local -a commands
  commands=(
${described.join("\n")}
  )
  case $words[2] in
${commands.map(commandCase).join("\n")}
    *)
      (( CURRENT == 2 )) && _describe command commands
      _arguments -s ${[...program.options, ...mainOptions].map(argument).join(" \\\n        ")}
      ;;
  esac
}
if [ "$funcstack[1]" = "_${name}" ]; then
  _${name} "$@"
else
  compdef _${name} ${name}
fi
`;
}

function commandCase(command: CompletedCommand): string {
  const given = command.options.map(argument);
  if (command.argument.length > 0) given.push(quote(`*: :(${command.argument.join(" ")})`));
  return `    ${command.name})
      shift words; (( CURRENT-- ))
      _arguments -s ${given.join(" \\\n        ")}
      ;;`;
}

function argument({ flags, description, value }: CompletedOption): string {
  const said = `[${description.replace(/[[\]:\\]/g, "\\$&")}]`;
  const rest = value === undefined
    ? ""
    : value === "path"
    ? ":file:_files"
    : value === "text"
    ? ":value: "
    : `:value:(${value.join(" ")})`;
  if (flags.length === 1) return quote(`${flags[0]}${said}${rest}`);
  return `${quote(`(${flags.join(" ")})`)}{${flags.join(",")}}${quote(said + rest)}`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
