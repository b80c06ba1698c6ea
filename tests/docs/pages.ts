/**
 * What the documents' tests read of a page: its tables, its code, the flags in it; and the commands that
 * there are.
 *
 * @module
 */
import type { Command } from "@commander-js/extra-typings";
import { join } from "node:path";
import { buildProgram } from "../../src/cli/program.ts";
import type { Terminal } from "../../src/cli/terminal/terminal.ts";
import { ROOT } from "../support/sources.ts";

/** A file of the checkout. */
export const read = (name: string): Promise<string> => Deno.readTextFile(join(ROOT, name));

/** The commands that help shows. */
export function visibleCommands(): Command[] {
  const program = buildProgram(terminal, () => {});
  return program.createHelp().visibleCommands(program as never)
    .filter((command) => command.name() !== "help") as unknown as Command[];
}

const terminal: Terminal = {
  out: () => {},
  err: () => {},
  outIsTerminal: false,
  errIsTerminal: false,
  colours: false,
  columns: () => 80,
};

/** The long options that help shows. */
export function optionsOf(command: Command): string[] {
  return command.options.filter(({ hidden }) => !hidden).map(({ long }) => long ?? "");
}

/** The long flags in code spans. */
export function flagsIn(text: string): Set<string> {
  const spans = codesIn(text.replaceAll(/```.*?```/gs, "")).join(" ");
  return new Set([...spans.matchAll(/(?<![\w-])--[a-z][a-z-]*/g)].map(([flag]) => flag));
}

/** What stands in code spans. */
export function codesIn(text: string): string[] {
  return [...text.matchAll(/`([^`\n]+)`/g)].map(([, code]) => code!);
}

/** What follows in the same paragraph. */
export function paragraphFrom(text: string, needle: string): string {
  return text.slice(text.indexOf(needle)).split("\n\n", 1)[0]!;
}

/** The rows of each table, without its heading. */
export function tablesOf(text: string): string[][][] {
  return [...text.matchAll(/(?:^\|.*\|$\n?)+/gm)].map(([table]) =>
    table.trimEnd().split("\n").slice(2).map((row) =>
      row.replaceAll("\\|", "¦").slice(1, -1).split("|").map((cell) => cell.trim())
    )
  );
}

/** The rows of the table whose first cell is so; throws where there is none. */
export function rowsOf(text: string, first: string): string[][] {
  const table = tablesOf(text).find(([row]) => row?.[0] === first);
  if (table === undefined) throw new Error(`no table begins with ${first}`);
  return table;
}
