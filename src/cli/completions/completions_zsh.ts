/**
 * Completions for zsh.
 *
 * @module
 */
import type { CompletedCommand, CompletedOption, CompletedProgram } from "./completed_program.ts";

/** The script for zsh. */
export function zshCompletions(program: CompletedProgram): string {
  const { name, commands, defaultCommand, namesCommand } = program;
  const main = commands.find((command) => command.name === defaultCommand);
  // Help is among the program's own.
  const mainOptions = (main?.options ?? []).filter(({ flags }) => !flags.includes("--help"));
  const described = commands.map((command) =>
    `    ${quote(`${command.name}:${command.description.replaceAll(":", "\\:")}`)}`
  );
  return `#compdef ${name}
# Completions of ${name} for zsh: put this file as _${name} into a folder of $fpath.
_${name}_names() {
  local -a names config
  local at=\${words[(I)(-c|--config)]}
  (( at > 0 && at < CURRENT - 1 )) && config=(-c "\${words[at+1]/#\\~/$HOME}")
  names=("\${(@f)$(\${_${name}_program/#\\~/$HOME} ${namesCommand} $config 2>/dev/null </dev/null)}")
  names=(\${names:#})
  compadd -a names
}
_${name}() {
  local _${name}_program=$words[1]
  local -a commands
  commands=(
${described.join("\n")}
  )
  case $words[2] in
${commands.map((command) => commandCase(command, name)).join("\n")}
    *)
      if (( CURRENT == 2 )) && [[ $PREFIX != -* ]]; then
        _describe command commands
      else
        _arguments -s ${
    [...program.options, ...mainOptions].map((option) => argument(option, name)).join(
      " \\\n          ",
    )
  }
      fi
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

function commandCase(command: CompletedCommand, program: string): string {
  const given = command.options.map((option) => argument(option, program));
  if (command.argument === "dataset") given.push(quote(`*:dataset:_${program}_names`));
  else if (command.argument.length > 0) given.push(quote(`*: :(${command.argument.join(" ")})`));
  return `    ${command.name})
      shift words; (( CURRENT-- ))
      _arguments -s ${given.join(" \\\n        ")}
      ;;`;
}

function argument({ flags, description, value }: CompletedOption, program: string): string {
  const said = `[${description.replace(/[[\]:\\]/g, "\\$&")}]`;
  const rest = value === undefined
    ? ""
    : value === "path"
    ? ":file:_files"
    : value === "dataset"
    ? `:dataset:_${program}_names`
    : value === "text"
    ? ":value: "
    : `:value:(${value.join(" ")})`;
  if (flags.length === 1) return quote(`${flags[0]}${said}${rest}`);
  return `${quote(`(${flags.join(" ")})`)}{${flags.join(",")}}${quote(said + rest)}`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
