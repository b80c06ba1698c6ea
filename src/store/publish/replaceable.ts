/**
 * Asks the kernel whether a file could be replaced, without replacing it.
 *
 * Guarantees: changes nothing but, for a file on a mount of its own, a hidden folder beside it for an
 * instant. It renames a folder onto the file, which the kernel always refuses:
 * it first checks that both are on one writable mount, that the user may change the target's
 * folder, and that the file isn't immutable, and only then that the target is a folder. It doesn't
 * find what only a file server knows (another program has the file open, …); that shows at the
 * rename.
 *
 * @module
 */

import { dirname, join } from "node:path";
import { asRoot } from "../../as_root.ts";
import { StoreError } from "../../errors.ts";
import { temporaryNameFor } from "../../fs/atomic_write.ts";
import { diskError, errnoOf } from "../../fs/disk_error.ts";
import { shellWord } from "../../shell_word.ts";
import type { Layout } from "../layout.ts";
import { folderOf, kindOf } from "./target_check.ts";
import { DISK } from "../../messages/disk.ts";

/** Throws StoreError when the file `target` can't be replaced. */
export function checkReplaceable(layout: Layout, target: string): void {
  // A copy beside it replaces a file on another mount: the kernel says that it is another one before it
  // says whether that may be written to.
  const beside = (): void => probe(temporaryNameFor(target), target, { recursive: false });
  probe(join(layout.work, "probe"), target, { recursive: true, onOtherMount: beside });
}

function probe(
  folder: string,
  target: string,
  { recursive, onOtherMount }: { recursive: boolean; onOtherMount?: () => void },
): void {
  try {
    Deno.mkdirSync(folder, { recursive, mode: 0o700 });
    Deno.renameSync(folder, target);
    Deno.renameSync(target, folder); // the file vanished in this instant
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === "ENOTDIR" || errno === "ENOENT") return;
    if (errno === "EXDEV" && onOtherMount !== undefined) return onOtherMount();
    throw errorWithRemedy(error, target, DISK.put_the_file_in_place());
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

/** The error for a publish that succeeded in part; `old` = files that stay as they were. */
export function errorOfPart(failures: readonly StoreError[], old: number): StoreError {
  const first = failures[0]!;
  const others = failures.length - 1;
  const message = others === 0
    ? first.message
    : DISK.same_for_others({ message: first.message, others });
  if (old === 0) return new StoreError(first.code, message, first.evidence);
  const state = old === 1 ? DISK.others_new_one_old() : DISK.others_new_some_old({ old });
  const left = DISK.leave_out();
  const again = DISK.tries_again({ state, left });
  const hint = first.hint?.replace(`; ${left}`, "");
  return new StoreError(first.code, message, {
    ...first.evidence,
    hint: hint === undefined ? again : DISK.hint_and({ hint, other: again }),
  });
}

/** The error for a file that can't be replaced or removed, with a command that fixes it. */
export function errorWithRemedy(error: unknown, target: string, doing: string): StoreError {
  const said = diskError(error, target, doing);
  const hint = said === error ? undefined : hintFor(errnoOf(error), target);
  if (hint === undefined) return said;
  const withHint = { ...said.evidence, hint: DISK.hint_and({ hint, other: DISK.leave_out() }) };
  return new StoreError(said.code, said.message, withHint);
}

function hintFor(errno: string | undefined, target: string): string | undefined {
  if (errno === "EACCES") {
    return DISK.folder_yours_again({
      chown: asRoot(`chown ${Deno.uid()} ${shellWord(dirname(target))}`),
    });
  }
  if (errno !== "EPERM") return undefined;
  // The attribute of the folder refuses its files as well.
  const both = [dirname(target), ...(kindOf(target) === "missing" ? [] : [target])];
  const names = both.map(shellWord).join(" ");
  return DISK.lsattr({ names, chattr: asRoot(`chattr -ia ${names}`) });
}
