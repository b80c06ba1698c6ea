/**
 * Whether a data folder holds anything; checked before its recorded version is trusted.
 *
 * Guarantees: stops at the folder with the first file, so it costs little on any tree. A folder that
 * this user can't list, or whose files can't be reached, is an error at once and not only when there
 * is news. It looks at that folder and the topmost one, and doesn't say that the files are the right
 * ones.
 *
 * @module
 */

import { orElse } from "../or_else.ts";
import { openFolder } from "../plain_file.ts";
import { dirname } from "node:path";
import { StoreError } from "../errors.ts";
import { diskError, errnoOf } from "../fs/disk_error.ts";
import { ifThere } from "../fs/if_there.ts";
import { isSafePath } from "../safe_path.ts";
import { shellWord } from "../shell_word.ts";
import { DISK } from "../messages/disk.ts";
import { INSIDE_NAME, type Layout } from "./layout.ts";

/**
 * Whether the data folder exists and contains at least one file; `likely` is one that may be there,
 * which is cheaper to find than to list a folder of thousands. Throws StoreError.
 */
export function folderLooksFilled(layout: Layout, likely?: string): boolean {
  const { localDir } = layout;
  if (likely !== undefined && isSafePath(likely) && isFile(`${localDir}/${likely}`)) {
    for (const folder of new Set([localDir, dirname(`${localDir}/${likely}`)])) {
      checkListable(folder);
    }
    return true;
  }
  const folders = [localDir];
  while (folders.length > 0) {
    const folder = folders.pop()!;
    const hasFile = (): boolean => {
      for (const item of Deno.readDirSync(folder)) {
        if (folder === localDir && item.name === INSIDE_NAME) continue;
        if (item.isFile && isFile(`${folder}/${item.name}`)) return true;
        if (item.isDirectory) folders.push(`${folder}/${item.name}`);
      }
      return false;
    };
    try {
      if (ifThere(hasFile)) return true;
    } catch (error) {
      throw unreadable(error, folder);
    }
  }
  return false;
}

/** Opening it takes the permission that listing it takes, and reads none of its names. */
function checkListable(folder: string): void {
  try {
    openFolder(folder).close();
  } catch (error) {
    throw unreadable(error, folder);
  }
}

function isFile(path: string): boolean {
  try {
    return Deno.lstatSync(path).isFile;
  } catch (error) {
    if (errnoOf(error) === "EACCES") throw unreadable(error, dirname(path));
    return false;
  }
}

/** The owner can put the folder's own permissions right. */
function unreadable(error: unknown, folder: string): StoreError {
  const found = diskError(error, folder, DISK.list_the_folder());
  if (errnoOf(error) !== "EACCES" || error instanceof StoreError) return found;
  const owner = ifOwner(folder);
  if (!owner) return found;
  const command = `chmod u+rwx ${shellWord(folder)}`;
  return new StoreError(found.code, found.message, {
    ...found.evidence,
    hint: DISK.permit_folder({ command }),
  });
}

function ifOwner(folder: string): boolean {
  // a folder above it is in the way
  return orElse(() => Deno.statSync(folder).uid === Deno.uid(), false);
}
