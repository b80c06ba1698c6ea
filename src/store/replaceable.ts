/**
 * Asks the kernel whether a file could be replaced, without replacing it.
 *
 * Guarantees: changes nothing. A folder is renamed onto the file, which the kernel never does: it
 * first looks whether both lie on one mount that can be written to, whether the user may change the
 * target's folder, and whether the file is immutable, and says so; only then it answers that a file
 * is no folder. What only a file server knows (another program has it open, …) shows at the rename.
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
    Deno.renameSync(target, folder); // the file went in this instant
  } catch (error) {
    const errno = errnoOf(error);
    // Another mount: a copy beside the target replaces it.
    if (errno === "ENOTDIR" || errno === "EXDEV" || errno === "ENOENT") return;
    throw errorWithRemedy(error, target, "put the file in place");
  } finally {
    try {
      Deno.removeSync(folder);
    } catch {
      // It never was made.
    }
  }
}

/** Asks that of one file in each folder. Throws StoreError for the first that can't be written to. */
export function checkFolders(layout: Layout, files: Iterable<string>): void {
  const asked = new Set<string>();
  for (const path of files) {
    const folder = folderOf(path);
    if (asked.has(folder)) continue;
    asked.add(folder);
    checkReplaceable(layout, `${layout.localDir}/${path}`);
  }
}

/** The error of a file that can't be replaced or removed, with what can be typed against it. */
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
