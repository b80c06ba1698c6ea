/**
 * Programs of a test's own.
 *
 * Guarantees: they can be started at once. A file that this process itself had open for writing may be
 * "busy" for a moment after: a child that another test starts meanwhile has it open, too, until it
 * becomes its program. So another process writes it.
 *
 * @module
 */
import { run } from "./command.ts";

/** Writes a script or program that everybody may execute. */
export async function writeExecutable(path: string, text: string): Promise<void> {
  await run("sh", ["-c", 'cat >"$1" && chmod 755 "$1"', "sh", path], { input: text });
}
