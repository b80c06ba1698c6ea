/**
 * Writes the second half of `docs/cli.md`, the reference of all commands, out of the commands'
 * definitions: `deno run -A tools/cli_docs.ts`. A test keeps the file equal to what this makes; what
 * stands above the mark is written by hand.
 *
 * @module
 */
import type { Command } from "@commander-js/extra-typings";
import { join, resolve } from "node:path";
import { buildProgram } from "../src/cli/program.ts";
import { PROGRAM } from "../src/own_command.ts";
import type { Terminal } from "../src/cli/terminal/terminal.ts";

/** A terminal that shows nothing. */
export const NOBODY: Terminal = {
  out: () => {},
  err: () => {},
  outIsTerminal: false,
  errIsTerminal: false,
  colours: false,
  columns: () => 80,
};

/** Where the made part of the page begins. */
const MARK =
  "<!-- Below: made from the commands' definitions by `deno run -A tools/cli_docs.ts`. -->";

/** The text of `docs/cli.md`, of which `page` is the present one. Throws where the mark is missing. */
export function cliReference(page: string): string {
  const at = page.indexOf(MARK);
  if (at === -1) throw new Error(`docs/cli.md has no line ${MARK}`);
  const program = buildProgram(NOBODY, () => {});
  const commands = program.createHelp().visibleCommands(program)
    .filter((command) => command.name() !== "help") as unknown as Command[];
  const sections = commands.map((command) =>
    `## \`${PROGRAM} ${command.name()}\`\n\n${fenced(helpOf(command))}`
  );
  const all = `## All commands\n\n${fenced(helpOf(program))}`;
  return `${page.slice(0, at)}${MARK}\n\n${[all, ...sections].join("\n")}`;
}

/** As `--help` prints it, with what stands below the options. */
function helpOf(command: Command): string {
  let text = "";
  command.configureHelp({ helpWidth: 100 });
  command.configureOutput({ writeOut: (part) => void (text += part) });
  command.outputHelp();
  return text.trimEnd();
}

function fenced(text: string): string {
  return `\`\`\`text\n${text}\n\`\`\`\n`;
}

if (import.meta.main) {
  const path = join(resolve(import.meta.dirname!, ".."), "docs", "cli.md");
  await Deno.writeTextFile(path, cliReference(await Deno.readTextFile(path)));
  console.log(`wrote ${path}`);
}
