/**
 * How a person types this program: the one module that messages and hints take it from.
 *
 * Guarantees: a command of this program in a message can be typed as it stands, in the folder and
 * shell that the program was started from: `datahubsync` where the PATH found it, else the path
 * that was typed. Only our own binary says so; from its sources, and in programs that use the
 * library, it is `datahubsync`.
 *
 * @module
 */
import { isAbsolute } from "node:path";
import process from "node:process";
import { shellWord } from "./shell_word.ts";

/** What the program is called. */
export const PROGRAM = "datahubsync";

/** How the program was started. */
export interface Start {
  /** Whether this is our binary. */
  ours: boolean;
  /** The first word of the command line: a path, or a name that the shell found on its PATH. */
  argv0: string;
  /** The binary, absolute and without links. */
  execPath: string;
}

/** The program as the person who started it types it. */
export function ownName(start: Start = thisStart()): string {
  return start.ours && start.argv0 !== "" ? shellWord(start.argv0) : PROGRAM;
}

/** The program as it is typed in any folder, for readers who aren't where it was started. */
export function ownNameAnywhere(start: Start = thisStart()): string {
  const here = start.argv0.includes("/") && !isAbsolute(start.argv0);
  return ownName(here ? { ...start, argv0: start.execPath } : start);
}

/** A command of this program with these words, about the files that the person named. */
export function ownCommand(
  words: string,
  options: { config?: string | undefined; state?: string | undefined; start?: Start } = {},
): string {
  const { config, state, start } = options;
  const files = Object.entries({ "-c": config, "-s": state })
    .flatMap(([flag, path]) => path === undefined ? [] : [` ${flag} ${shellWord(path)}`]);
  return `${ownName(start)} ${words}${files.join("")}`;
}

function thisStart(): Start {
  const ours = isOurBinary();
  // The path may need a right that only our binary is sure to have.
  return ours
    ? { ours, argv0: process.argv0, execPath: Deno.execPath() }
    : { ours, argv0: "", execPath: "" };
}

/** Another program that was compiled with our library isn't called as we are. */
function isOurBinary(): boolean {
  if (!Deno.build.standalone) return false;
  try {
    // Written by tools/compile.ts, and by nobody else.
    return Deno.statSync(new URL("./build.json", import.meta.url)).isFile;
  } catch {
    return false;
  }
}
