/**
 * Breaks what a person reads on a terminal between words; the terminal itself breaks lines anywhere.
 *
 * Guarantees: a command or a path stays whole, so that it can be copied; what fits, and what moves the
 * cursor, is written as it is.
 *
 * @module
 */
import { wrap } from "./table.ts";
import type { Terminal } from "./terminal.ts";
import { textWidth } from "./text_width.ts";

/** The terminal, whose messages are broken between words; data on stdout isn't touched. */
export function wordWrapped(terminal: Terminal): Terminal {
  const { masked = (text) => text } = terminal;
  return {
    ...terminal,
    err(text, how) {
      // A secret is found before it is broken.
      terminal.err(how?.moves ? text : inLines(masked(text), terminal.columns()), how);
    },
  };
}

function inLines(text: string, width: number): string {
  return text.split("\n").map((line) => {
    if (textWidth(line) <= width) return line;
    const [, indent = "", words = "", end = ""] = /^( *)(.*?)( *)$/.exec(line) ?? [];
    return wrap(words, width - indent.length).map((part) => indent + part).join("\n") + end;
  }).join("\n");
}
