/**
 * Finds the names that aren't UTF-8, with `ls`: the runtime leaves them out when it lists a folder.
 *
 * Guarantees: where `/usr/bin/ls` is GNU's and may be started, all such names below a folder are found;
 * links aren't followed. Elsewhere none is. What `ls` complains of is left to whoever walks the folder.
 *
 * @module
 */
import { Buffer, isUtf8 } from "node:buffer";
import { orElse } from "../or_else.ts";
import { LIST_PROGRAM, mayStart } from "./system_program.ts";

/** A path whose last name isn't UTF-8. */
interface OddName {
  /** Below the folder, with U+FFFD for each byte that is no character. */
  path: string;
  /** The same as a shell takes it: `$'a/\320\302.csv'`. */
  word: string;
}

/** The names below a folder that aren't UTF-8, sorted. */
export async function oddNames(folder: string): Promise<OddName[]> {
  if (!mayStart(LIST_PROGRAM)) return [];
  const command = new Deno.Command(LIST_PROGRAM, {
    args: ["-1AUR", "--quoting-style=c", "--", folder],
    cwd: "/",
    clearEnv: true,
    env: { LC_ALL: "C" },
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  });
  await using child = orElse(() => command.spawn(), undefined);
  if (child === undefined) return []; // not here, or too many processes
  const found: OddName[] = [];
  let above = "";
  let rest = "";
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    for (const line of lines) {
      if (line.endsWith(`":`)) above = line.slice(1, -2).replace(/\\(.)/g, asInNames);
      else if (/\\[23]/.test(line) && !isUtf8(bytesOf(line.slice(1, -1)))) {
        found.push(oddName(`${above}/${line.slice(1, -1)}`, folder));
      }
    }
  }
  return found.sort((a, b) => a.word < b.word ? -1 : 1);
}

/** In the line above a folder's names colons are quoted, too. */
function asInNames(pair: string, character: string): string {
  return character === ":" ? ":" : pair;
}

function oddName(quoted: string, folder: string): OddName {
  const path = bytesOf(quoted).toString().slice(folder.length + 1);
  // The folder's own name is quoted, too, so the part below it is found from its end.
  const depth = path.split("/").length;
  const below = quoted.split("/").slice(-depth).join("/");
  return { path, word: `$'${below.replaceAll("'", "\\'")}'` };
}

const LETTERS: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

/** The bytes of a name in C's quoting. */
function bytesOf(quoted: string): Buffer {
  const parts = quoted.matchAll(/\\([0-7]{3})|\\(.)|[^\\]+/g);
  return Buffer.concat(
    [...parts].map(([text, octal, letter]) =>
      octal === undefined
        ? Buffer.from(letter === undefined ? text : LETTERS[letter] ?? letter)
        : Buffer.of(parseInt(octal, 8))
    ),
  );
}
