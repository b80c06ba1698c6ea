/**
 * Completions for bash 4 and later.
 *
 * @module
 */
import type { CompletedCommand, CompletedOption, CompletedProgram } from "./completed_program.ts";

/** The script for bash. */
export function bashCompletions(program: CompletedProgram): string {
  const { name, commands, defaultCommand } = program;
  const names = commands.map((command) => command.name).join(" ");
  return `# Completions of ${name} for bash: source this file, or put it into
# ~/.local/share/bash-completion/completions/${name}
_${name}() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]}
  local command= word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $word in
      ${names.replaceAll(" ", "|")}) command=$word; break ;;
    esac
  done
  local words="${[names, flagsOf(program.options)].join(" ")}"
  case \${command:-${defaultCommand}} in
${commands.map((command) => commandCase(command, command.name === defaultCommand)).join("\n")}
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}
complete -F _${name} ${name}
`;
}

function commandCase(command: CompletedCommand, isDefault: boolean): string {
  const values = command.options.filter(({ value }) => value !== undefined);
  const cases = values.map((option) =>
    `        ${option.flags.join("|")}) ${valueCase(option)} ;;`
  );
  const own = [flagsOf(command.options), ...command.argument].join(" ");
  return [
    `    ${command.name})`,
    ...(cases.length === 0 ? [] : ["      case $previous in", ...cases, "      esac"]),
    // With no command named, what the default command takes is offered beside the commands.
    isDefault
      ? `      if [ -z "$command" ]; then words+=" ${own}"; else words="${own}"; fi`
      : `      words="${own}"`,
    "      ;;",
  ].join("\n");
}

function valueCase({ value }: CompletedOption): string {
  if (value === "path") {
    return 'compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$current"); return';
  }
  if (value === "text" || value === undefined) return "return";
  return `mapfile -t COMPREPLY < <(compgen -W "${value.join(" ")}" -- "$current"); return`;
}

function flagsOf(options: readonly CompletedOption[]): string {
  return options.flatMap(({ flags }) => flags).join(" ");
}
