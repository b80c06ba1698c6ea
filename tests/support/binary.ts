/**
 * The compiled binary, run from outside: what goes in, and its exit code, stdout and stderr.
 *
 * Guarantees: it sees no environment but what a test gives it, so no proxy, locale or token of the
 * machine's changes a result. A binary that is still running when its test ends is killed.
 *
 * @module
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Ended, endedOf } from "./command.ts";
import { readTree, type Tree } from "./tree.ts";
import { tempDir } from "./temp.ts";

/** Around the binary. */
export interface BinaryOptions {
  cwd?: string;
  /** All of its environment. */
  env?: Record<string, string>;
}

/** A binary that is running. */
export interface Running extends AsyncDisposable {
  readonly pid: number;
  readonly ended: Promise<Ended>;
  kill(signal: Deno.Signal): void;
}

/** Where the binary is. Throws, saying how to build it, when it isn't there. */
export function binaryPath(): string {
  const path = fileURLToPath(new URL("../../dist/datahubsync", import.meta.url));
  try {
    if (Deno.statSync(path).isFile) return path;
  } catch {
    // Said below.
  }
  throw new Error(`${path} isn't there; hint: ./denow task compile, or ./denow task test:e2e`);
}

/** Starts the binary. */
export function startBinary(args: readonly string[], options: BinaryOptions = {}): Running {
  const child = new Deno.Command(binaryPath(), {
    args: [...args],
    ...(options.cwd !== undefined && { cwd: options.cwd }),
    env: options.env ?? {},
    clearEnv: true,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const ended = child.output().then(endedOf);
  const kill = (signal: Deno.Signal): void => {
    try {
      child.kill(signal);
    } catch {
      // It has ended by itself.
    }
  };
  return {
    pid: child.pid,
    ended,
    kill,
    async [Symbol.asyncDispose]() {
      kill("SIGKILL");
      await ended;
    },
  };
}

/** Runs the binary to its end. */
export async function runBinary(
  args: readonly string[],
  options: BinaryOptions = {},
): Promise<Ended> {
  return await startBinary(args, options).ended;
}

/** A folder with a configuration, in which the binary works. */
export interface Workplace extends AsyncDisposable {
  readonly path: string;
  at(...parts: string[]): string;
  /** Writes `config.yaml`. */
  configure(yaml: string): Promise<void>;
  /** Runs the binary with `--config` of this folder behind the arguments. */
  run(...args: string[]): Promise<Ended>;
  start(...args: string[]): Running;
  /** What is below `data/{name}`. */
  tree(name: string): Promise<Tree>;
  /** The recorded versions. */
  state(): Promise<Record<string, string>>;
  /** The log's lines, without time. */
  log(): Promise<string[]>;
}

/** Makes a folder; `yaml` is its configuration. */
export async function workplace(yaml: string, options: BinaryOptions = {}): Promise<Workplace> {
  const temp = await tempDir();
  const configure = (text: string): Promise<void> =>
    Deno.writeTextFile(temp.at("config.yaml"), text);
  await configure(yaml);
  const words = (args: string[]): string[] => [...args, "--config", temp.at("config.yaml")];
  const around = { cwd: temp.path, ...options };
  return {
    path: temp.path,
    at: temp.at,
    configure,
    run: (...args) => runBinary(words(args), around),
    start: (...args) => startBinary(words(args), around),
    tree: (name) => readTree(join(temp.path, "data", name)),
    state: async () => JSON.parse(await Deno.readTextFile(temp.at(".last_sync.json"))),
    async log() {
      const text = await Deno.readTextFile(temp.at("logs/sync.log"));
      return text.trimEnd().split("\n").map((line) => line.replace(/^\S+ /, ""));
    },
    [Symbol.asyncDispose]: () => temp[Symbol.asyncDispose](),
  };
}

/** A configuration: the hub, datasets below `data/`, a log; `more` is appended as it is. */
export function configFor(
  url: string,
  names: readonly string[],
  options: { hub?: string[]; dataset?: string[]; level?: string; more?: string[] } = {},
): string {
  const { hub = [], dataset = [], level = "INFO", more = [] } = options;
  return [
    "hub:",
    `  url: ${url}`,
    ...hub.map((line) => `  ${line}`),
    "datasets:",
    ...names.flatMap((name) => [
      `  - name: ${name}`,
      `    local_dir: ./data/${name}`,
      ...dataset.map((line) => `    ${line}`),
    ]),
    "logging:",
    `  level: ${level}`,
    "  file: ./logs/sync.log",
    ...more,
    "",
  ].join("\n");
}
