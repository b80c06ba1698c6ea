/**
 * Whether a data folder holds anything; checked before its recorded version is trusted.
 *
 * Guarantees: stops at the folder with the first file, so it costs little on any tree. It doesn't say
 * that the files are the right ones.
 *
 * @module
 */

import { INSIDE_NAME, type Layout } from "./layout.ts";
import { ifThere } from "../fs/if_there.ts";
import { isSafePath } from "../safe_path.ts";
import { DISK } from "../messages/disk.ts";

/**
 * Whether the data folder exists and contains at least one file; `likely` is one that may be there,
 * which is cheaper to find than to list a folder of thousands. Throws StoreError.
 */
export function folderLooksFilled(layout: Layout, likely?: string): boolean {
  if (likely !== undefined && isSafePath(likely) && isFile(`${layout.localDir}/${likely}`)) {
    return true;
  }
  const folders = [layout.localDir];
  while (folders.length > 0) {
    const folder = folders.pop()!;
    const hasFile = (): boolean => {
      for (const item of Deno.readDirSync(folder)) {
        if (folder === layout.localDir && item.name === INSIDE_NAME) continue;
        if (item.isFile) return true;
        if (item.isDirectory) folders.push(`${folder}/${item.name}`);
      }
      return false;
    };
    if (ifThere(hasFile, { path: folder, to: DISK.list_the_folder() })) return true;
  }
  return false;
}

function isFile(path: string): boolean {
  try {
    return Deno.lstatSync(path).isFile;
  } catch {
    return false;
  }
}
