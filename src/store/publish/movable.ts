/**
 * Whether a folder can be renamed at all: on an overlay (a container's file system) one that comes
 * from a lower layer can't, and a mount can't.
 *
 * Guarantees: changes nothing. It renames the folder onto one that isn't empty, which every file
 * system refuses; an error other than "not empty" is the reason that the folder can't be moved.
 *
 * @module
 */

import { join } from "node:path";
import { StoreError } from "../../errors.ts";
import { diskError, errnoOf } from "../../fs/disk_error.ts";
import { shellWord } from "../../shell_word.ts";
import type { Layout } from "../layout.ts";
import { DISK } from "../../messages/disk.ts";

/** Throws StoreError when a folder beside the work folder, or in it, can't be renamed. */
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
    Deno.removeSync(full, { recursive: true });
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
