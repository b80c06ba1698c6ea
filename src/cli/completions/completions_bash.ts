/**
 * Completions for bash 4 and later.
 *
 * @module
 */
import type { CompletedCommand, CompletedOption, CompletedProgram } from "./completed_program.ts";

/** The script for bash. */
export function bashCompletions(program: CompletedProgram): string {
  const { name, commands, defaultCommand, namesCommand } = program;
  const names = commands.map((command) => command.name).join(" ");
  return `# Completions of ${name} for bash: source this file, or put it into
# ~/.local/share/bash-completion/completions/${name}
_${name}_names() {
  local name quoted at program=\${COMP_WORDS[0]/#\\~/$HOME}
  local -a config=()
  for (( at = 1; at < COMP_CWORD - 1; at++ )); do
    case \${COMP_WORDS[at]} in
      -c|--config) config=(-c "\${COMP_WORDS[at+1]/#\\~/$HOME}") ;;
    esac
  done
  COMPREPLY=()
  while IFS= read -r name; do
    printf -v quoted %q "$name"
    [[ $name == "$1"* || $quoted == "$1"* ]] && COMPREPLY+=("$quoted")
  done < <("$program" ${namesCommand} "\${config[@]}" 2>/dev/null </dev/null)
}
_${name}() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]}
  local command= word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $word in
      ${names.replaceAll(" ", "|")}) command=$word; break ;;
    esac
  done
  local words="${names}" options="${flagsOf(program.options)}"
  case \${command:-${defaultCommand}} in
${commands.map((command) => commandCase(command, { name, defaultCommand })).join("\n")}
  esac
  [[ $current == -* ]] && words=$options
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}
complete -F _${name} ${name}
`;
}

function commandCase(
  command: CompletedCommand,
  program: { name: string; defaultCommand: string },
): string {
  const values = command.options.filter(({ value }) => value !== undefined);
  const cases = values.map((option) =>
    `        ${option.flags.join("|")}) ${valueCase(option, program.name)} ;;`
  );
  const own = flagsOf(command.options);
  // With no command named, the default command's options are offered beside the program's own.
  const options = command.name === program.defaultCommand
    ? `      if [ -z "$command" ]; then options+=" ${own}"; else options="${own}" words=; fi`
    : `      options="${own}" words="${
      command.argument === "dataset" ? "" : command.argument.join(" ")
    }"`;
  const names = command.argument === "dataset"
    ? [
      `      [[ -n $command && $current != -* ]] && { _${program.name}_names "$current"; return; }`,
    ]
    : [];
  return [
    `    ${command.name})`,
    ...(cases.length === 0 ? [] : ["      case $previous in", ...cases, "      esac"]),
    options,
    ...names,
    "      ;;",
  ].join("\n");
}

function valueCase({ value }: CompletedOption, program: string): string {
  if (value === "path") {
    return 'compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$current"); return';
  }
  if (value === "dataset") return `_${program}_names "$current"; return`;
  if (value === "text" || value === undefined) return "return";
  return `mapfile -t COMPREPLY < <(compgen -W "${value.join(" ")}" -- "$current"); return`;
}

function flagsOf(options: readonly CompletedOption[]): string {
  return options.flatMap(({ flags }) => flags).join(" ");
}
