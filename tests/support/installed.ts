/**
 * What a test needs beside the sources: programs, rights, room. Here it asks for them, so that a test
 * that has to be skipped says why, by name, and never ends in an error.
 *
 * Guarantees an answer without starting anything: starting a program that isn't there throws at once,
 * past every handler of the promise. Reasons are collected for `tools/test.ts`, which prints them.
 *
 * @module
 */
import { join } from "node:path";

/** Daemons lie here, and not on everybody's PATH. */
const FOLDERS = ["/usr/local/sbin", "/usr/sbin", "/sbin"];

/** Whether all these programs can be started; where not, a test is skipped for the first that is missing. */
export function installed(...programs: string[]): boolean {
  const missing = programs.find((program) => pathOf(program) === undefined);
  if (missing !== undefined) skippedFor(missing);
  return missing === undefined;
}

/** Where a program is; `undefined` = it isn't installed. */
export function pathOf(program: string): string | undefined {
  const folders = (Deno.env.get("PATH") ?? "").split(":").concat(FOLDERS);
  return folders.filter((folder) => folder !== "").map((folder) => join(folder, program))
    .find(isExecutable);
}

/** Whether this is true; where not, a test is skipped for this reason. */
export function has(it: boolean, reason: string): boolean {
  if (!it) skippedFor(reason);
  return it;
}

function isExecutable(path: string): boolean {
  try {
    const { isFile, mode } = Deno.statSync(path);
    return isFile && ((mode ?? 0) & 0o111) !== 0;
  } catch {
    return false;
  }
}

/** Adds the reason to the list that `tools/test.ts` reads, if it runs these tests. */
function skippedFor(reason: string): void {
  const list = Deno.env.get("TEST_SKIPS");
  if (list === undefined) return;
  const files = [...(new Error().stack ?? "").matchAll(/\/(tests\/[\w/]+_test\.ts)/g)];
  const file = files.at(-1)?.[1] ?? "tests";
  Deno.writeTextFileSync(list, `${JSON.stringify({ reason, file })}\n`, { append: true });
}
