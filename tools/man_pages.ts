/**
 * The manual pages, made for each release: `deno run -A tools/man_pages.ts FOLDER` writes
 * `datahubsync.1`, one page per command and `datahubsync.yaml.5`.
 *
 * Guarantees: they come from what the program itself uses (the commands' definitions, their examples
 * and exit codes, the list of config keys) and from `docs/`; they aren't kept in the repository, so
 * they can't be out of date. Throws where `docs/configuration.md` has no row for a key.
 *
 * @module
 */
import type { Command } from "@commander-js/extra-typings";
import { join, resolve } from "node:path";
import { COMMAND_HELP } from "../src/cli/command_help.ts";
import { buildProgram } from "../src/cli/program.ts";
import { configKeys } from "../src/config/known_keys.ts";
import { PROGRAM } from "../src/own_command.ts";
import { VERSION } from "../src/version.ts";
import { NOBODY } from "./cli_docs.ts";

/** The pages' texts by file name. */
export type Pages = ReadonlyMap<string, string>;

/** Makes the pages; `time` is the date in their footers, `root` the checkout. */
export async function manPages(root: string, time: Date): Promise<Pages> {
  const read = (name: string): Promise<string> => Deno.readTextFile(join(root, name));
  const program = buildProgram(NOBODY, () => {});
  const commands = (program.createHelp().visibleCommands(program) as unknown as Command[])
    .filter((command) => command.name() !== "help");
  const head = (name: string, section: number): string =>
    `.TH ${quoted(name.toUpperCase())} ${section} ${time.toISOString().slice(0, 10)} ` +
    `${quoted(`${PROGRAM} ${VERSION}`)} ${quoted("DataHubSync")}\n`;
  const pages = new Map<string, string>();
  pages.set(
    `${PROGRAM}.1`,
    head(PROGRAM, 1) + programPage(program, { commands, words: await read("docs/cli.md") }),
  );
  for (const command of commands) {
    const name = `${PROGRAM}-${command.name()}`;
    pages.set(`${name}.1`, head(name, 1) + commandPage(command));
  }
  const texts = {
    page: await read("docs/configuration.md"),
    example: await read("config.example.yaml"),
  };
  pages.set(`${PROGRAM}.yaml.5`, head(`${PROGRAM}.yaml`, 5) + configPage(texts));
  return pages;
}

function programPage(
  program: Command,
  { commands, words }: { commands: readonly Command[]; words: string },
): string {
  const list = commands.map((command) => {
    const page = `${PROGRAM}-${command.name()}`;
    return `.TP\n${bold(page)}(1)\n${prose(`${command.description()}.`)}\n`;
  });
  const codes = rows(section(words, "Exit codes"))
    .map(([code = "", meaning = ""]) => `.TP\n${bold(code)}\n${prose(meaning)}\n`);
  return [
    name(PROGRAM, program.description()),
    `.SH SYNOPSIS\n.B ${PROGRAM}\n[\\fICOMMAND\\fR] [\\fIOPTION\\fR]...\n`,
    `.SH DESCRIPTION\n${prose("Without a command it syncs: see")}\n.BR ${PROGRAM}\\-sync (1).\n`,
    `.SH OPTIONS\n${optionsOf(program)}`,
    `.SH COMMANDS\n${list.join("")}`,
    `.SH EXIT STATUS\n${prose("Where several apply: the signal's, then 1, 2, 3, 4, 0.")}\n`,
    ...codes,
    `.SH FILES\n.TP\n\\fI/usr/share/doc/${PROGRAM}/docs/\\fR\n`,
    `${prose("What messages call docs/, of a package. An archive has it beside the program.")}\n`,
    also(`${PROGRAM}.yaml`, 5),
  ].join("");
}

function commandPage(command: Command): string {
  const { examples, codes } = COMMAND_HELP[command.name()]!;
  const help = command.createHelp();
  const usage = command.usage().replace(/^\[options\] ?/, "");
  const operands = help.visibleArguments(command)
    .map((argument) => `.TP\n\\fI${code(argument.name())}\\fR\n${prose(argument.description)}\n`);
  const typed = examples.map(([words, what]) =>
    `.TP\n${bold(`${PROGRAM} ${words}`)}\n${what === "" ? "\\&" : prose(what)}\n`
  );
  const ends = Object.entries(codes)
    .map(([number, what]) => `.TP\n${bold(number)}\n${prose(what)}\n`);
  return [
    name(`${PROGRAM}-${command.name()}`, command.description()),
    `.SH SYNOPSIS\n.B ${code(`${PROGRAM} ${command.name()}`)}\n[\\fIOPTION\\fR]...`,
    usage === "" ? "\n" : ` \\fI${code(usage)}\\fR\n`,
    `.SH DESCRIPTION\n${prose(sentence(command.description()))}\n`,
    ...operands,
    `.SH OPTIONS\n${optionsOf(command)}`,
    `.SH EXAMPLES\n${typed.join("")}`,
    `.SH EXIT STATUS\n${ends.join("")}`,
    also(PROGRAM, 1, `${PROGRAM}.yaml`, 5),
  ].join("");
}

function configPage({ page, example }: { page: string; example: string }): string {
  const table = rows(page).filter(([keys = ""]) => keys.startsWith("`"));
  const inTable = new Set<string>();
  const keys = table.map(([keys = "", meaning = ""]) => {
    const names = [...keys.matchAll(/`([^`]+)`/g)].map(([, key]) => key!);
    for (const key of names) inTable.add(key);
    return `.TP\n${names.map(bold).join(", ")}\n${prose(meaning)}\n`;
  });
  const missing = configKeys().filter((key) => !inTable.has(key));
  if (missing.length > 0) throw new Error(`docs/configuration.md lacks ${missing.join(", ")}`);
  const afterTable = page.slice(page.lastIndexOf("\n|"));
  const rest = afterTable.slice(afterTable.indexOf("\n", 1)).trim().split(/\n{2,}/)
    .map((part) =>
      part.startsWith("#")
        ? `.SH ${quoted(plain(part.replace(/^#+ /, "")).toUpperCase())}\n`
        : `.PP\n${prose(part)}\n`
    );
  // The example says everything twice; here the English is enough.
  const lines = example.split("\n").filter((line) => !/\p{Script=Han}/u.test(line));
  return [
    name(`${PROGRAM}.yaml`, "the configuration of datahubsync"),
    `.SH DESCRIPTION\n`,
    prose("A YAML file, usually called `config.yaml`. Two keys are needed: `hub.url` and one"),
    "\n",
    prose("dataset with `name` and `local_dir`. An unknown key or a wrong value is an error."),
    "\n",
    `.SH KEYS\n${keys.join("")}`,
    `.SH NOTES\n`,
    ...rest,
    `.SH EXAMPLE\n.nf\n${lines.map(code).join("\n").trim()}\n.fi\n`,
    also(PROGRAM, 1, `${PROGRAM}-check`, 1),
  ].join("");
}

function name(title: string, what: string): string {
  return `.SH NAME\n${code(title)} \\- ${prose(what.replace(/\.$/, ""))}\n`;
}

function also(...words: (string | number)[]): string {
  const pages = words.flatMap((word, at) =>
    typeof word === "string" ? [`.BR ${code(word)} (${words[at + 1]})`] : []
  );
  return `.SH SEE ALSO\n${pages.join(",\n")}\n`;
}

function optionsOf(command: Command): string {
  const help = command.createHelp();
  return help.visibleOptions(command).map((option) =>
    `.TP\n${bold(help.optionTerm(option))}\n${prose(help.optionDescription(option))}\n`
  ).join("");
}

/** The cells of a Markdown table's rows, below its head. */
function rows(text: string): string[][] {
  return text.split("\n").filter((line) => /^\| (?!-)/.test(line)).slice(1)
    .map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim()));
}

function section(text: string, title: string): string {
  const from = text.indexOf(`\n## ${title}\n`);
  if (from === -1) throw new Error(`there is no section "${title}"`);
  const to = text.indexOf("\n## ", from + 1);
  return text.slice(from, to === -1 ? undefined : to);
}

function sentence(text: string): string {
  return `${text[0]!.toUpperCase()}${text.slice(1)}.`;
}

/** Markdown's marks taken off. */
function plain(text: string): string {
  return text.replaceAll(/\[([^\]]+)\]\([^)]*\)/g, "$1").replaceAll("`", "");
}

/** A paragraph of Markdown: code becomes bold, a link its words. */
function prose(text: string): string {
  const words = text.replaceAll(/\[([^\]]+)\]\([^)]*\)/g, "$1").replaceAll("\n", " ");
  const parts = words.split(/(`[^`]+`)/);
  const made = parts.map((part) =>
    part.startsWith("`") && part.length > 1 ? bold(part.slice(1, -1)) : escape(part)
  ).join("");
  return guarded(made);
}

function bold(text: string): string {
  return `\\fB${code(text)}\\fR`;
}

/** Text that may be typed: its characters come out as they are. */
function code(text: string): string {
  return guarded(escape(text).replaceAll("'", "\\(aq").replaceAll("-", "\\-"));
}

function escape(text: string): string {
  const names: Record<string, string> = {
    "\\": "\\e",
    "`": "\\(ga",
    "^": "\\(ha",
    "~": "\\(ti",
    '"': "\\(dq",
  };
  return text.replaceAll(/[\\`^~"]/g, (mark) => names[mark]!);
}

/** A line that begins with a dot or an apostrophe would be a request. */
function guarded(line: string): string {
  return /^[.']/.test(line) ? `\\&${line}` : line;
}

function quoted(text: string): string {
  return `"${code(text)}"`;
}

if (import.meta.main) {
  const [folder] = Deno.args;
  if (folder === undefined) throw new Error("usage: man_pages.ts FOLDER");
  await Deno.mkdir(folder, { recursive: true });
  for (const [file, text] of await manPages(resolve(import.meta.dirname!, ".."), new Date())) {
    await Deno.writeTextFile(join(folder, file), text);
  }
}
