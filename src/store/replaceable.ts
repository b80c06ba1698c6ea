/**
 * Asks the kernel whether a file could be replaced, without replacing it.
 *
 * Guarantees: changes nothing. It renames a folder onto the file, which the kernel always refuses:
 * it first checks that both are on one writable mount, that the user may change the target's
 * folder, and that the file isn't immutable, and only then that the target is a folder. It doesn't
 * find what only a file server knows (another program has the file open, …); that shows at the
 * rename.
 *
 * @module
 */

import { dirname, join } from "node:path";
import { StoreError } from "../errors.ts";
import { diskError, errnoOf } from "../fs/disk_error.ts";
import { shellWord } from "../shell_word.ts";
import type { Layout } from "./layout.ts";
import { folderOf } from "./target_check.ts";

/** Throws StoreError when the file `target` can't be replaced. */
export function checkReplaceable(layout: Layout, target: string): void {
  const folder = join(layout.work, "probe");
  try {
    Deno.mkdirSync(folder, { recursive: true, mode: 0o700 });
    Deno.renameSync(folder, target);
    Deno.renameSync(target, folder); // the file vanished in this instant
  } catch (error) {
    const errno = errnoOf(error);
    // Another mount: a copy beside the target replaces it.
    if (errno === "ENOTDIR" || errno === "EXDEV" || errno === "ENOENT") return;
    throw errorWithRemedy(error, target, "put the file in place");
  } finally {
    try {
      Deno.removeSync(folder);
    } catch {
      // It was never made.
    }
  }
}

/** Checks one file per folder. Throws StoreError for the first folder that can't be written to. */
export function checkFolders(layout: Layout, files: Iterable<string>): void {
  const asked = new Set<string>();
  for (const path of files) {
    const folder = folderOf(path);
    if (asked.has(folder)) continue;
    asked.add(folder);
    checkReplaceable(layout, `${layout.localDir}/${path}`);
  }
}

/** The error for a file that can't be replaced or removed, with a command that fixes it. */
export function errorWithRemedy(error: unknown, target: string, doing: string): StoreError {
  const said = diskError(error, target, doing);
  const hint = said === error ? undefined : hintFor(errnoOf(error), target);
  if (hint === undefined) return said;
  const withHint = { ...said.evidence, hint: `${hint}; or leave the file out with \`exclude\`` };
  return new StoreError(said.code, said.message, withHint);
}

function hintFor(errno: string | undefined, target: string): string | undefined {
  if (errno === "EACCES") {
    return `make its folder yours again: sudo chown ${Deno.uid()} ${shellWord(dirname(target))}`;
  }
  if (errno !== "EPERM") return undefined;
  return `if \`lsattr -d ${shellWord(target)}\` shows an i or a: sudo chattr -ia ${
    shellWord(target)
  }`;
}
