/**
 * Finds the command that runs after a sync while changes are unread (`install_client.sh --then`).
 *
 * Guarantees: pure; finds it in the form in which the installer writes it, and in nothing else.
 *
 * @module
 */
import { orElse } from "../or_else.ts";
import { shellCommands, type Word } from "./shell_commands.ts";

/** The command in a shell's text: the `sh -c` whose success confirms the changes. */
export function commandAfter(text: string): string | undefined {
  const commands = orElse(() => shellCommands(text), []).map((words) => words.map(textOf));
  const at = commands.findIndex((words) => words.includes("changes") && words.includes("--done"));
  const [shell, flag, command] = commands[at - 1] ?? [];
  return shell === "sh" && flag === "-c" ? command : undefined;
}

/** What a command's words give to `sh -c`; empty where they don't. */
export function shellTextIn(words: readonly Word[]): string {
  const texts = words.map(textOf);
  const at = texts.findIndex((word) => word === "sh" || word?.endsWith("/sh"));
  return at >= 0 && texts[at + 1] === "-c" ? texts[at + 2] ?? "" : "";
}

/** A word's text; `undefined` where only the shell knows it. */
function textOf(word: Word): string | undefined {
  const text = word.filter((part) => typeof part === "string");
  return text.length === word.length ? text.join("") : undefined;
}
