/**
 * The program for tests that interrupt it: the build that can stop itself at a named step, or the
 * release, with a small configuration. Where neither is there, or the sources are newer, they run in its
 * place, so that these tests can be worked on without compiling.
 *
 * @module
 */
import { dirname, join } from "node:path";
import type { Ended } from "./command.ts";
import { ROOT } from "./sources.ts";

/** The command and first words of the program. */
export function programOf(build: "release" | "test"): [string, ...string[]] {
  const path = join(ROOT, "dist", build === "test" ? "datahubsync-test" : "datahubsync");
  if (changedAt(path) > newestUnder(join(ROOT, "src"))) return [path];
  const flags = ["-A", "--quiet", "--no-check", "--no-prompt"];
  return [Deno.execPath(), "run", ...flags, join(ROOT, "main.ts")];
}

/** When a file changed, in milliseconds since 1970; 0 = it isn't there. */
function changedAt(path: string): number {
  try {
    return Deno.statSync(path).mtime?.getTime() ?? 0;
  } catch {
    return 0;
  }
}

/** When the newest file below a folder changed, in milliseconds since 1970. */
function newestUnder(folder: string): number {
  const times = [...Deno.readDirSync(folder)].map(({ name, isDirectory }) => {
    const path = join(folder, name);
    return isDirectory ? newestUnder(path) : changedAt(path);
  });
  return Math.max(0, ...times);
}

/** What {@linkcode writeConfig} writes. */
export interface ConfigOptions {
  url: string;
  localDir: string;
  name?: string;
  publish?: "files" | "snapshot";
  /** Further members of `hub`. */
  hub?: Record<string, unknown>;
  /** Further members of the dataset. */
  dataset?: Record<string, unknown>;
  durable?: boolean;
  logFile?: string;
}

/** Writes a configuration for one dataset. */
export async function writeConfig(path: string, options: ConfigOptions): Promise<void> {
  const { url, localDir, name = "stock-trading-data-pro", publish = "files" } = options;
  const { hub, dataset, durable = true, logFile } = options;
  const config = {
    hub: { url, timeout: 20, ...hub },
    datasets: [{ name, local_dir: localDir, delete_removed: true, publish, ...dataset }],
    sync: { durable },
    ...logFile && { logging: { file: logFile } },
  };
  await Deno.mkdir(dirname(path), { recursive: true });
  await Deno.writeTextFile(path, JSON.stringify(config, null, 2)); // JSON is YAML, too
}

/** How the program is run. */
export interface ProgramOptions {
  /** Default `release`. */
  build?: "release" | "test";
  env?: Record<string, string>;
  /** Words before the program, such as `setpriv --reuid 65534`. */
  under?: string[];
}

/** Starts the program; loopback is never reached through a proxy. */
export function startProgram(args: string[], options: ProgramOptions = {}): Deno.ChildProcess {
  const { build = "release", under = [] } = options;
  const [first, ...rest] = [...under, ...programOf(build), ...args];
  return new Deno.Command(first!, {
    args: rest,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    env: { NO_PROXY: "127.0.0.1,localhost", NO_COLOR: "1", ...options.env },
  }).spawn();
}

/** Runs the program to its end. */
export async function runProgram(args: string[], options: ProgramOptions = {}): Promise<Ended> {
  return await endOf(startProgram(args, options));
}

/** Waits for a program's end; `onErr` gets all of its stderr so far, whenever more comes. */
export async function endOf(
  child: Deno.ChildProcess,
  { onErr = () => {} }: { onErr?: (text: string) => void } = {},
): Promise<Ended> {
  const read = async (stream: ReadableStream<Uint8Array>, told?: (text: string) => void) => {
    const decoder = new TextDecoder();
    let text = "";
    for await (const chunk of stream) {
      text += decoder.decode(chunk, { stream: true });
      told?.(text);
    }
    return text;
  };
  const [stdout, stderr, status] = await Promise.all([
    read(child.stdout),
    read(child.stderr, onErr),
    child.status,
  ]);
  return { code: status.code, signal: status.signal, stdout, stderr };
}
