/**
 * The long tasks, run for a short time in a process of their own: they measure memory and descriptors,
 * which tests that run beside them would add to.
 *
 * @module
 */
import { resolve } from "node:path";
import { run } from "./command.ts";
import { runSeed } from "./random.ts";

/** Runs a task of `tests/` with `--json`; gives the documents that it prints, a line each. */
export async function runTask<T>(script: string, args: string[]): Promise<T[]> {
  const path = resolve(import.meta.dirname!, "..", script);
  const stdout = await run(Deno.execPath(), [
    ...["run", "-A", "--quiet", "--no-check", "--no-prompt", path],
    ...[...args, "--json", "--seed", String(runSeed())],
  ]);
  return stdout.trim().split("\n").map((line) => JSON.parse(line));
}
