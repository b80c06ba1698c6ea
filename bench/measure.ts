/**
 * Runs shell commands and tells what each cost.
 *
 * Guarantees: wall and CPU time come from the shell's own `time` (milliseconds; CPU is user and
 * system of the command and all it started and waited for), memory from {@linkcode MemoryWatch}.
 * The shell's own start isn't in them. Commands see only the environment given here: no proxies, no
 * language of the user's.
 *
 * @module
 */
import { join } from "node:path";
import { MemoryWatch } from "./memory.ts";

/** What one step cost, in milliseconds. */
export interface Cost {
  wallMs: number;
  cpuMs: number;
}

/** What a job cost. */
export interface Measured {
  /** One for each step. */
  steps: Cost[];
  /** The greatest resident memory of all its processes together, in bytes. */
  peakBytes: number;
  /** The part of it that no file stands behind. */
  ownBytes: number;
}

/** What is measured. */
export interface Job {
  /** Bash commands, one after another; one that fails ends the job. */
  steps: string[];
  /** Variables that they use. */
  env?: Record<string, string>;
  /** An existing folder for the log and the times. */
  folder: string;
}

/**
 * Runs a job.
 *
 * @throws {Error} with the last lines of its output when a step fails.
 */
export async function measure({ steps, env = {}, folder }: Job): Promise<Measured> {
  const log = join(folder, "output.log");
  const times = join(folder, "times");
  await Promise.all([log, times].map((path) => Deno.writeTextFile(path, "")));
  const script = [
    "set -o pipefail",
    "TIMEFORMAT='%R %U %S'",
    ...steps.map((step) => `{ time { ${step}; } >>"$LOG" 2>&1; } 2>>"$TIMES" || exit $?`),
  ].join("\n");
  const child = new Deno.Command("bash", {
    args: ["-c", script],
    clearEnv: true,
    env: { ...cleanEnvironment(), ...env, LOG: log, TIMES: times },
    cwd: folder,
    stdin: "null",
  }).spawn();
  const watch = new MemoryWatch(child.pid);
  const { code } = await child.status;
  watch.stop();
  if (code !== 0) {
    const output = (await Deno.readTextFile(log)).trim().split("\n").slice(-5).join("\n");
    throw new Error(`exit ${code} of: ${steps.join("; ")}\n${output}`);
  }
  const lines = (await Deno.readTextFile(times)).trim().split("\n");
  const { resident, own } = watch.peak;
  return { steps: lines.map(costOf), peakBytes: resident, ownBytes: own };
}

/** Reads `real user sys`, in seconds. */
export function costOf(line: string): Cost {
  const [real = NaN, user = NaN, sys = NaN] = line.split(" ").map((text) => Number(text) * 1000);
  return { wallMs: real, cpuMs: user + sys };
}

/** What every contestant gets. */
function cleanEnvironment(): Record<string, string> {
  const { PATH = "/usr/local/bin:/usr/bin:/bin", HOME = "/tmp" } = Deno.env.toObject();
  return { PATH, HOME, LANG: "C.UTF-8", no_proxy: "*" };
}
