/**
 * Removes files that we placed, and the folders that this leaves empty.
 *
 * Guarantees: a file goes only while it is what it was described as: same size, and same last change
 * or same content. Nothing is removed through a link. A folder goes only when it is empty. A file
 * that can't be removed keeps no other from being removed.
 *
 * @module
 */

import type { StoreError } from "../errors.ts";
import { crcOfFile } from "../fs/crc_file.ts";
import { diskError, errnoOf } from "../fs/disk_error.ts";
import type { Removal } from "./journal.ts";
import type { Layout } from "./layout.ts";
import { errorWithRemedy } from "./replaceable.ts";
import { checkPath, folderOf, ParentKinds } from "./target_check.ts";

/** What a removal came to. */
export interface RemovalReport {
  /** Files that are gone. */
  deleted: number;
  /** Files that stay, since somebody changed them. */
  kept: string[];
  /** Files that should go and can't be removed, with the reason. */
  failed: Map<Removal, StoreError>;
  /** The folders, below `local_dir`, that lost something and are still there. */
  touched: Set<string>;
}

/** Removes what is still as described. Can be done again after a crash. Throws StoreError. */
export function removeFiles(layout: Layout, removals: Removal[]): RemovalReport {
  const report: RemovalReport = {
    deleted: 0,
    kept: [],
    failed: new Map(),
    touched: new Set(),
  };
  const parents = new ParentKinds(layout.localDir);
  const emptied = new Set<string>();
  for (const removal of removals) {
    checkPath(layout, removal.path);
    const folder = folderOf(removal.path);
    if (parents.of(folder) === "missing") continue;
    const path = `${layout.localDir}/${removal.path}`;
    const state = parents.of(folder) === "folder" ? stateOf(path, removal) : "changed";
    if (state === "changed") report.kept.push(removal.path);
    if (state === "changed") continue;
    try {
      if (state === "as_described") remove(path);
      if (state === "as_described") report.deleted++;
      emptied.add(folder);
    } catch (error) {
      report.failed.set(removal, errorWithRemedy(error, path, "remove the file"));
    }
  }
  for (const folder of emptied) {
    const left = removeEmpty(layout.localDir, folder);
    report.touched.add(left);
  }
  return report;
}

/** Whether a file is what it was described as. Throws StoreError. */
export function stateOf(path: string, removal: Removal): "missing" | "as_described" | "changed" {
  let info: Deno.FileInfo;
  try {
    info = Deno.lstatSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "missing";
    throw diskError(error, path, "look at the file");
  }
  if (!info.isFile || info.size !== removal.size) return "changed";
  if (info.mtime?.getTime() === removal.mtimeMs) return "as_described";
  return crcOfFile(path).crc === removal.crc ? "as_described" : "changed";
}

function remove(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** Removes `folder` and those above it as long as they are empty; returns the first that stays. */
function removeEmpty(root: string, folder: string): string {
  let place = folder;
  while (place !== "") {
    try {
      Deno.removeSync(`${root}/${place}`);
    } catch (error) {
      // Not empty, or not ours to remove: it stays. Gone already: look at the one above.
      if (errnoOf(error) !== "ENOENT") break;
    }
    place = folderOf(place);
  }
  return place;
}
