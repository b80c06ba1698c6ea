/**
 * The gate for people and for CI: `./denow task ok`. Runs every step, also after one has failed, and
 * says at the end which did.
 *
 * @module
 */
import { resolve } from "node:path";

const STEPS: readonly (readonly [name: string, ...command: string[]])[] = [
  ["format", "fmt", "--check"],
  ["lint", "lint", "--quiet"],
  ["types", "check", "--quiet", "."],
  ["documentation", "doc", "--lint", "--quiet", "src/mod.ts"],
  ["examples", "test", "--doc", "--quiet", "-A", "--no-prompt", "src/", "docs/api.md"],
  // The floors are among these tests.
  ["tests", "task", "--quiet", "test"],
];

if (import.meta.main) {
  const failed: string[] = [];
  for (const [name, ...args] of STEPS) {
    console.log(`── ${name}: deno ${args.join(" ")}`);
    const { success } = await new Deno.Command(Deno.execPath(), {
      args,
      cwd: resolve(import.meta.dirname!, ".."),
      stdin: "null",
      stdout: "inherit",
      stderr: "inherit",
    }).spawn().status;
    if (!success) failed.push(name);
  }
  console.log(failed.length === 0 ? "── all in order" : `── failed: ${failed.join(", ")}`);
  Deno.exit(failed.length === 0 ? 0 : 1);
}
