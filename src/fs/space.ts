/**
 * The free space of file systems, and which one a path is on.
 *
 * Guarantees: for a path that doesn't exist yet, the nearest existing parent counts. The figures
 * are the kernel's at that instant and promise nothing for later; they don't include quotas. A file
 * system that can't be asked or reports no size (some FUSE and network ones) counts as unlimited: unknown
 * isn't zero.
 *
 * @module
 */

import { statfs } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { temporaryNameFor } from "./atomic_write.ts";
import { diskError, isNotOffered } from "./disk_error.ts";
import { isAbsent } from "./if_there.ts";
import { DISK } from "../messages/disk.ts";

/** Free space on a file system, as available to this user. */
export interface FreeSpace {
  /** `Infinity` where the file system doesn't say. */
  bytes: number;
  /** The file system's total size; `Infinity` where it doesn't say. */
  total: number;
  /** Files that can still be created; `Infinity` where the file system has no such limit. */
  inodes: number;
}

/** The free space on the file system of `path`. Throws StoreError. */
export async function freeSpace(path: string): Promise<FreeSpace> {
  const existing = await nearestExisting(path);
  try {
    const answer = await statfs(existing);
    return {
      bytes: answer.blocks === 0 ? Infinity : answer.bavail * answer.bsize,
      total: answer.blocks === 0 ? Infinity : answer.blocks * answer.bsize,
      inodes: answer.files === 0 || saysNoneFalsely(existing, answer) ? Infinity : answer.ffree,
    };
  } catch (error) {
    if (isNotOffered(error)) return { bytes: Infinity, total: Infinity, inodes: Infinity };
    throw diskError(error, existing, DISK.ask_for_the_free_space());
  }
}

/** Some file systems report zero free inodes and still accept new files. */
function saysNoneFalsely(existing: string, { ffree }: { ffree: number }): boolean {
  if (ffree > 0) return false;
  const path = temporaryNameFor(join(existing, "inode"));
  try {
    Deno.openSync(path, { write: true, createNew: true }).close();
    Deno.removeSync(path);
    return true;
  } catch {
    return false;
  }
}

/** The number of the device that `path` is on. Throws StoreError. */
export async function deviceId(path: string): Promise<number> {
  const existing = await nearestExisting(path);
  try {
    return (await Deno.stat(existing)).dev;
  } catch (error) {
    throw diskError(error, existing, DISK.look_at_the_folder());
  }
}

/** The path itself, or its nearest existing parent. */
export async function nearestExisting(path: string): Promise<string> {
  let existing = resolve(path);
  while (true) {
    try {
      await Deno.stat(existing);
      return existing;
    } catch (error) {
      const above = dirname(existing);
      if (!isAbsent(error) || above === existing) {
        throw diskError(error, existing, DISK.look_at_the_folder());
      }
      existing = above;
    }
  }
}
