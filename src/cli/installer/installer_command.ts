/**
 * `datahubsync installer`: what `install_client.sh` asks the binary that it installs, so that the text
 * of a file is written, and tested, in one place. Hidden: people run the script.
 *
 * Guarantees: reads stdin and its arguments and nothing else, changes nothing.
 *
 * @module
 */
import { UsageError } from "../../errors.ts";
import { EXIT } from "../exit_code.ts";
import type { Terminal } from "../terminal.ts";
import { INSTALLER_CHINESE, INSTALLER_USAGE_CHINESE } from "./installer_chinese.ts";
import { environmentFile, logrotateFile, serviceFile, timerFile } from "./unit_files.ts";

/** What it can print: the files, and what the script says in Chinese. */
export type InstallerFile =
  | "sync"
  | "pack"
  | "serve"
  | "timer"
  | "environment"
  | "logrotate"
  | "chinese"
  | "usage";

/** What the script knows; each file needs some of it. */
export interface InstallerOptions {
  program?: string;
  user?: string;
  group?: string;
  config?: string;
  wait?: string;
  then?: string;
  site?: string;
  listen?: string;
  schedule?: string;
}

/** Prints one file. `lines` = stdin: folders, logs, variables or `OnCalendar=` lines. */
export function installerCommand(
  file: InstallerFile,
  options: InstallerOptions,
  lines: readonly string[],
  terminal: Terminal,
): number {
  terminal.out(textOf(file, options, lines));
  return EXIT.ok;
}

function textOf(
  file: InstallerFile,
  options: InstallerOptions,
  lines: readonly string[],
): string {
  const given = (name: keyof InstallerOptions): string => {
    const value = options[name];
    if (value === undefined) throw new UsageError(`installer ${file} needs --${name}`);
    return value;
  };
  const runs = options.user === undefined
    ? {}
    : { runs: { user: options.user, group: given("group") } };
  switch (file) {
    case "sync":
      return serviceFile({
        what: "keeps local datasets up to date with the hub",
        stays: false,
        program: given("program"),
        words: [
          ...["sync", "-c", given("config"), "-q", "--wait", given("wait")],
          ...(options.then === undefined ? [] : ["--changes"]),
        ],
        ...(options.then !== undefined && { then: options.then }),
        writable: lines,
        ...runs,
      });
    case "pack":
      return serviceFile({
        what: `packs folders into ${given("site")}`,
        stays: true,
        program: given("program"),
        words: ["pack", ...lines, "--output", given("site"), "--settle", "60s", "--every", "10m"],
        writable: [given("site")],
        readable: lines,
        ...runs,
      });
    case "serve":
      return serviceFile({
        what: `serves ${given("site")}`,
        stays: true,
        program: given("program"),
        words: ["serve", given("site"), "--listen", given("listen")],
        writable: [],
        readable: [given("site")],
        ...runs,
      });
    case "timer":
      return timerFile(given("schedule"), lines);
    case "environment":
      return environmentFile(lines);
    case "logrotate":
      return logrotateFile(lines, given("user"), given("group"));
    case "usage":
      return INSTALLER_USAGE_CHINESE;
    case "chinese":
      return Object.entries(INSTALLER_CHINESE).map(([words, chinese]) => `${words}\t${chinese}\n`)
        .join("");
  }
}

/** The lines of stdin, without the end of the last. */
export async function linesOfStdin(): Promise<string[]> {
  const text = await new Response(Deno.stdin.readable).text();
  return text.split("\n").filter((line) => line !== "");
}
