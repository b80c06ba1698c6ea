/**
 * Whether a program that not every machine has is on this one.
 *
 * Guarantees an answer without starting anything: starting a program that isn't there throws at once,
 * past every handler of the promise.
 *
 * @module
 */
import { join } from "node:path";

/** Daemons lie here, and not on everybody's PATH. */
const FOLDERS = ["/usr/local/sbin", "/usr/sbin", "/sbin"];

/** Whether a program can be started by its name. */
export function installed(program: string): boolean {
  const folders = (Deno.env.get("PATH") ?? "").split(":").concat(FOLDERS);
  return folders.some((folder) => folder !== "" && isExecutable(join(folder, program)));
}

function isExecutable(path: string): boolean {
  try {
    const { isFile, mode } = Deno.statSync(path);
    return isFile && ((mode ?? 0) & 0o111) !== 0;
  } catch {
    return false;
  }
}
