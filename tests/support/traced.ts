/**
 * The paths that a program hands to the kernel, as `strace` sees them.
 *
 * Guarantees that each path is whole and absolute, and that failed calls count: a look-up that finds
 * nothing is one that an attacker can answer. Sockets in the file system count, too.
 *
 * @module
 */
import { normalize, resolve } from "node:path";
import { type Ended, outcomeOf, run } from "./command.ts";
import { tempDir } from "./temp.ts";

/** Follows children, names what descriptors stand for, and writes to the file that is named next. */
const STRACE = ["-f", "--seccomp-bpf", "-qq", "-y", "-e", "signal=none", "-o"];

const around = ({ cwd, env }: { cwd: string; env?: Record<string, string> }) => ({
  cwd,
  env: { PATH: "/usr/bin:/bin", ...env },
  clearEnv: true,
});

/** How the program ended, and each path once, sorted. */
export interface Traced extends Ended {
  paths: string[];
}

/** Runs a program under `strace`. */
export async function traced(
  command: readonly string[],
  options: { cwd: string; env?: Record<string, string> },
): Promise<Traced> {
  await using temp = await tempDir();
  const trace = temp.at("trace");
  const calls = ["-xx", "-s", "8192", "-e", "trace=%file,connect,bind"];
  const ended = await outcomeOf(
    "strace",
    [...calls, ...STRACE, trace, ...command],
    around(options),
  );
  const lines = (await Deno.readTextFile(trace)).split("\n");
  const paths = [...new Set(lines.flatMap((line) => pathsIn(line, options.cwd)))].sort();
  return { ...ended, paths };
}

/**
 * How often a program and what it starts make each of these system calls on a descriptor of what lies in
 * `cwd`: the runtime that runs it may flush files of its own.
 */
export async function callsOf<Name extends string>(
  names: readonly Name[],
  command: readonly string[],
  options: { cwd: string; env?: Record<string, string> },
): Promise<Record<Name, number>> {
  await using temp = await tempDir();
  const trace = temp.at("trace");
  const calls = ["-e", `trace=${names.join()}`];
  await run("strace", [...calls, ...STRACE, trace, ...command], around(options));
  const made = [...(await Deno.readTextFile(trace)).matchAll(/^\d+ +(\w+)\(\d+<([^>]*)>/gm)];
  const count = (name: Name) =>
    made.filter(([, call, path]) => call === name && `${path}/`.startsWith(`${options.cwd}/`))
      .length;
  return Object.fromEntries(names.map((name) => [name, count(name)])) as Record<Name, number>;
}

/** The folder of a descriptor, or a path: everything in strace's hex spelling. */
const WORD =
  /(?:AT_FDCWD|\b\d+)<((?:\\x[0-9a-f]{2}|[^>])*)>|(sun_path=@?)?"((?:\\x[0-9a-f]{2})*)"/g;

function pathsIn(line: string, cwd: string): string[] {
  // A call that another thread interrupted is finished on a line without its arguments.
  const call = /^\d+ +(\w+)\((.*)/s.exec(line);
  if (call === null) return [];
  const [, name, rest = ""] = call;
  // The arguments of a new program are words, and what readlink answers was asked for by its name.
  const given = name === "execve" ? rest.split(", [")[0]! : rest.split(/\) += /)[0]!;
  const most = name?.startsWith("readlink") ? 1 : name === "getcwd" ? 0 : Infinity;
  const isSocket = name === "connect" || name === "bind";
  const found: string[] = [];
  let folder = cwd;
  for (const [, descriptor, socket, path] of given.matchAll(WORD)) {
    if (found.length >= most) break;
    if (descriptor !== undefined) folder = plain(descriptor);
    else if (isSocket && socket !== "sun_path=") continue;
    else if (path) found.push(normalize(resolve(folder, plain(path))));
  }
  return name === "symlink" || name === "symlinkat" ? found.slice(-1) : found;
}

function plain(hex: string): string {
  const bytes = hex.match(/\\x[0-9a-f]{2}|[^\\]/g) ?? [];
  const octets = bytes.map((one) =>
    one.length > 1 ? parseInt(one.slice(2), 16) : one.charCodeAt(0)
  );
  return new TextDecoder().decode(new Uint8Array(octets));
}
