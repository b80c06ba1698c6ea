/**
 * Programs of a test's own.
 *
 * Guarantees: they can be started at once. A file that this process itself had open for writing may be
 * "busy" for a moment after: a child that another test starts meanwhile has it open, too, until it
 * becomes its program. So another process writes it.
 *
 * @module
 */
import assert from "node:assert/strict";

/** Writes a script or program that everybody may execute. */
export async function writeExecutable(path: string, text: string): Promise<void> {
  const child = new Deno.Command("sh", {
    args: ["-c", 'cat >"$1" && chmod 755 "$1"', "sh", path],
    stdin: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(text));
  await writer.close();
  const { success, stderr } = await child.output();
  assert(success, new TextDecoder().decode(stderr));
}
