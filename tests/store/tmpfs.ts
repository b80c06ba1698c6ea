/**
 * Small file systems in memory, where the machine lets us mount any.
 *
 * @module
 */
import { has } from "../support/installed.ts";
import { TempFolder } from "../support/temp.ts";

/** Mounts a tmpfs at `path` (made when missing), with options such as `size=1m`. */
export function mountTmpfs(path: string, options: string): Disposable {
  Deno.mkdirSync(path, { recursive: true });
  const mounted = run("mount", ["-t", "tmpfs", "-o", options, "tmpfs", path]);
  if (!mounted) throw new Error(`mount failed: ${path}`);
  return { [Symbol.dispose]: () => void run("umount", ["-l", path]) };
}

/** Whether this machine lets us mount. */
export function tmpfsWorks(): boolean {
  return has(mounts(), "root, who may mount a tmpfs");
}

function mounts(): boolean {
  if (Deno.build.os !== "linux" || Deno.uid() !== 0) return false;
  using temp = new TempFolder();
  try {
    using _mount = mountTmpfs(temp.path, "size=64k");
    return true;
  } catch {
    return false;
  }
}

function run(command: string, args: string[]): boolean {
  try {
    return new Deno.Command(command, { args, stdout: "null", stderr: "null" }).outputSync().success;
  } catch {
    return false;
  }
}
