/**
 * Removes files that we placed, and the folders that this leaves empty.
 *
 * Guarantees: a file is removed only if it still matches its description: same size, and same mtime
 * or same content. Nothing is removed through a link, even one that somebody puts in a folder's place
 * meanwhile (`held_folder.ts`). A folder is removed only when empty. A file that can't be removed
 * doesn't stop the others.
 *
 * @module
 */

import type { StoreError } from "../../errors.ts";
import { crcOfFile } from "../../fs/crc_file.ts";
import { errnoOf } from "../../fs/disk_error.ts";
import { HeldFolders, removeInPlace } from "../../fs/held_folder.ts";
import { ifThere } from "../../fs/if_there.ts";
import type { Removal } from "./journal.ts";
import type { Layout } from "../layout.ts";
import { errorWithRemedy } from "./replaceable.ts";
import { inFolder } from "./placing.ts";
import { checkPath, folderOf, kindOf, ParentKinds } from "./target_check.ts";
import { DISK } from "../../messages/disk.ts";

/** The result of a removal. */
export interface RemovalReport {
  /** How many files were removed. */
  deleted: number;
  /** Files that stay, because somebody changed them. */
  kept: string[];
  /** Files that couldn't be removed, with the reason. */
  failed: Map<Removal, StoreError>;
  /** The remaining folders, relative to `local_dir`, from which something was removed. */
  touched: Set<string>;
}

/** Options for removing files. */
interface RemovalOptions {
  /** Whether a folder may go that this leaves empty; default: each may. */
  goes?: (folder: string) => boolean;
  /** What was removed before; this is added to it. */
  report?: RemovalReport;
}

/** Removes what still matches its description. Safe to repeat after a crash. Throws StoreError. */
export function removeFiles(
  layout: Layout,
  removals: readonly Removal[],
  options: RemovalOptions = {},
): RemovalReport {
  const { goes = () => true, report = nothingRemoved() } = options;
  const parents = new ParentKinds(layout.localDir);
  const emptied = new Set<string>();
  using held = new HeldFolders();
  for (const removal of removals) {
    checkPath(layout, removal.path);
    const folder = folderOf(removal.path);
    if (parents.of(folder) === "missing") continue;
    const path = `${layout.localDir}/${removal.path}`;
    const state = parents.of(folder) === "folder" ? stateOf(path, removal) : "changed";
    if (state === "changed") report.kept.push(removal.path);
    if (state === "changed") continue;
    try {
      const target = inFolder(layout, removal.path);
      if (state === "as_described") ifThere(() => Deno.removeSync(held.at(target)));
      if (state === "as_described") report.deleted++;
      emptied.add(folder);
    } catch (error) {
      report.failed.set(removal, errorWithRemedy(error, path, DISK.remove_the_file()));
    }
  }
  for (const folder of emptied) {
    const left = removeEmpty(layout, folder, goes);
    report.touched.add(left);
  }
  return report;
}

function nothingRemoved(): RemovalReport {
  return { deleted: 0, kept: [], failed: new Map(), touched: new Set() };
}

/** Whether a file still matches its description. Throws StoreError. */
export function stateOf(path: string, removal: Removal): "missing" | "as_described" | "changed" {
  const info = ifThere(() => Deno.lstatSync(path), { path, to: DISK.look_at_the_file() });
  if (info === undefined) return "missing";
  if (!info.isFile || info.size !== removal.size) return "changed";
  if (info.mtime?.getTime() === removal.mtimeMs) return "as_described";
  return crcOfFile(path).crc === removal.crc ? "as_described" : "changed";
}

/** Removes `folder` and its parents while they are empty and may go; returns the first that stays. */
export function removeEmpty(
  layout: Layout,
  folder: string,
  goes: (folder: string) => boolean,
): string {
  while (folder !== "" && goes(folder)) {
    const path = inFolder(layout, folder);
    // Removing takes files, too.
    if (!["folder", "missing"].includes(kindOf(path))) break;
    try {
      removeInPlace(path);
    } catch (error) {
      // Not empty, or no permission: it stays. Already gone: go on with its parent.
      if (errnoOf(error) !== "ENOENT") break;
    }
    folder = folderOf(folder);
  }
  return folder;
}
