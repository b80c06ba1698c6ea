/**
 * Copies that share their blocks with the original until one of them changes (reflinks).
 *
 * Guarantees: a clone is a new file with the mode of one, whatever the original's; where cloning
 * fails, there is no clone. Only for file systems that are known to share; `copy_file_range` copies
 * the content where one of them was made without reflinks. It doesn't flush.
 *
 * @module
 */
import { statfsSync } from "node:fs";
import { replaceWithNew } from "./new_file.ts";

/** What `statfs` calls file systems that clone files. ZFS, NFS and SMB aren't here: not tried. */
const SHARING: ReadonlySet<number> = new Set([
  0x58465342, // XFS
  0x9123683e, // btrfs
]);

/** Whether files of an existing folder can share blocks. */
export function hasReflinks(folder: string): boolean {
  try {
    if (Deno.permissions.querySync({ name: "sys", kind: "statfs" }).state !== "granted") {
      return false;
    }
    return SHARING.has(Number(statfsSync(folder).type) >>> 0);
  } catch {
    return false; // whoever writes there will report the error
  }
}

/** The mode of a new file, which `umask` decides. */
let newMode: number | undefined;

/**
 * Clones a file in place of whatever has the name `to`; returns the clone, or `undefined` where that
 * isn't possible.
 */
export function cloneToNew(from: string, to: string): Deno.FsFile | undefined {
  let clone: Deno.FsFile | undefined;
  try {
    // It is copied by its name: what would make that wait is refused, as far as a look can.
    if (!Deno.lstatSync(from).isFile) return undefined;
    clone = replaceWithNew(to);
    newMode ??= (clone.statSync().mode ?? 0o644) & 0o777;
    Deno.copyFileSync(from, to); // gives it the original's mode
    Deno.chmodSync(to, newMode);
    return clone;
  } catch {
    clone?.close();
    if (clone !== undefined) Deno.removeSync(to);
    return undefined;
  }
}
