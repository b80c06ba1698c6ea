/**
 * Options that take a pattern each.
 *
 * @module
 */
import { patternsMeant } from "../../config/near_miss.ts";
import { COMMAND } from "../../messages/command.ts";
import { shellWord } from "../../shell_word.ts";
import { sayWarning } from "../terminal/language.ts";
import type { Terminal } from "../terminal/terminal.ts";

/** Warns of a list in place of a pattern, and says how to write it. */
export function warnOfLists(
  option: "--include" | "--exclude",
  patterns: readonly string[] = [],
  terminal: Terminal,
): void {
  for (const text of patterns) {
    const meant = patternsMeant(text);
    if (meant === undefined) continue;
    const options = meant.map((pattern) => `${option} ${shellWord(pattern)}`).join(" ");
    sayWarning(terminal, COMMAND.one_pattern({ text: JSON.stringify(text), options }));
  }
}
