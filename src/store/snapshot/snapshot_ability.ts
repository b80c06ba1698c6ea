/**
 * Whether a file system can hold a snapshot: it takes hard links, for files that stay the same, and
 * symbolic links, for the switch; whether a folder can be moved to become one; and who may reach it.
 *
 * Guarantees: it tries links and moves in a folder of its own, which is then removed; nothing else
 * changes, but for {@linkcode makePassable}.
 *
 * @module
 */

import { join } from "node:path";
import { StoreError } from "../../errors.ts";
import { temporaryNameFor } from "../../fs/atomic_write.ts";
import { diskError, errnoOf, isNoLink } from "../../fs/disk_error.ts";
import { HeldFolders, removeInPlace } from "../../fs/held_folder.ts";
import { ifThere } from "../../fs/if_there.ts";
import { setOwnMode } from "../../fs/own_file.ts";
import { shellWord } from "../../shell_word.ts";
import type { Layout } from "../layout.ts";
import { kindOf } from "../publish/target_check.ts";
import { DISK } from "../../messages/disk.ts";

/**
 * Throws StoreError `unsupported` where no snapshot can be published. `folder` must be there. The trial
 * is a folder of any name, unless the caller names one that is its own and was left by a run that died.
 */
export function checkLinks(
  folder: string,
  trial: string = temporaryNameFor(join(folder, "links")),
): void {
  try {
    ifThere(() => removeInPlace(trial, { recursive: true }));
    Deno.mkdirSync(trial, { mode: 0o700 });
    Deno.mkdirSync(join(trial, "version"));
    Deno.openSync(join(trial, "file"), { write: true, createNew: true }).close();
  } catch (error) {
    throw diskError(error, folder, DISK.try_links());
  }
  try {
    tryLink(
      DISK.hard_links(),
      folder,
      // From one folder to another: some file systems (AFS) make links only within one.
      () => Deno.linkSync(join(trial, "file"), join(trial, "version", "hard")),
    );
    tryLink(DISK.symbolic_links(), folder, () => Deno.symlinkSync("file", join(trial, "symbolic")));
  } finally {
    removeInPlace(trial, { recursive: true });
  }
}

function tryLink(what: string, folder: string, link: () => void): void {
  try {
    link();
  } catch (cause) {
    // A disk that is full or fails may have links all the same.
    if (!isNoLink(cause)) throw diskError(cause, folder, DISK.try_links());
    throw new StoreError(
      "unsupported",
      DISK.snapshot_needs({ what, folder }),
      {
        path: folder,
        expected: what,
        hint: DISK.set_files_or_move(),
        cause,
      },
    );
  }
}

/** The mode bits that others lack to reach the versions; 0 = none. */
export function missingPassage(layout: Layout): number {
  // The folder of versions follows the umask; the work folder was made for its owner only.
  const [through, to] = [modeOf(layout.work), modeOf(layout.versions)];
  return through === undefined || to === undefined ? 0 : to & 0o011 & ~through;
}

/** Opens the work folder to those whom the umask lets into the versions. Throws StoreError. */
export function makePassable(layout: Layout): void {
  const missing = missingPassage(layout);
  if (missing === 0) return;
  try {
    using held = new HeldFolders();
    setOwnMode(layout.work, modeOf(layout.work)! | missing, { place: held.at(layout.work) });
  } catch (error) {
    throw diskError(error, layout.work, DISK.let_others_through_to_the_data());
  }
}

/** A folder's permissions; `undefined` when there is none. */
export function modeOf(path: string): number | undefined {
  if (kindOf(path) !== "folder") return undefined;
  const { mode } = Deno.lstatSync(path);
  return mode === null ? undefined : mode & 0o7777;
}

/**
 * Throws StoreError when a folder beside the work folder, or in it, can't be renamed: on an overlay (a
 * container's file system) one that comes from a lower layer can't, and a mount can't. It is renamed
 * onto one that isn't empty, which every file system refuses; an error other than "not empty" is the
 * reason that it can't be moved.
 */
export function checkMovable(layout: Layout, folder: string): void {
  const full = join(layout.work, "probe");
  try {
    Deno.mkdirSync(join(full, "full"), { recursive: true, mode: 0o700 });
    Deno.renameSync(folder, full);
    Deno.renameSync(full, folder);
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === "EXDEV") throw cantBeMoved(folder, error);
    if (errno !== "ENOTEMPTY" && errno !== "EEXIST") {
      throw diskError(error, folder, DISK.move_the_folder());
    }
  } finally {
    removeInPlace(full, { recursive: true });
  }
}

/** The error for a folder that can't be renamed, with the commands that make it movable. */
export function cantBeMoved(folder: string, cause: unknown): StoreError {
  const [from, copy] = [folder, `${folder}.copy`].map(shellWord);
  return new StoreError(
    "cross_device",
    DISK.cant_move({ folder }),
    {
      path: folder,
      hint: DISK.copy_can_move({
        copy: `cp -a ${from} ${copy} && rm -r ${from} && mv ${copy} ${from}`,
      }),
      cause,
    },
  );
}
