/**
 * What a file system has room for, and which one a path lies on.
 *
 * Guarantees: a path that isn't there yet is answered for its nearest folder that is. The figures
 * are the kernel's at that instant and promise nothing for later; quotas aren't in them. A file
 * system that tells no size at all (some FUSE and network ones) has unlimited room: unknown isn't
 * zero.
 *
 * @module
 */

import { statfs } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { temporaryNameFor } from "./atomic_write.ts";
import { diskError } from "./disk_error.ts";

/** Room on a file system, as this user may use it. */
export interface FreeSpace {
  /** `Infinity` where the file system doesn't say. */
  bytes: number;
  /** Of all of the file system; `Infinity` where it doesn't say. */
  total: number;
  /** Files that can still be made; `Infinity` where the file system has no such limit. */
  inodes: number;
}

/** The room on the file system of `path`. Throws StoreError. */
export async function freeSpace(path: string): Promise<FreeSpace> {
  const place = await nearestExisting(path);
  try {
    const answer = await statfs(place);
    return {
      bytes: answer.blocks === 0 ? Infinity : answer.bavail * answer.bsize,
      total: answer.blocks === 0 ? Infinity : answer.blocks * answer.bsize,
      inodes: answer.files === 0 || saysNoneFalsely(place, answer) ? Infinity : answer.ffree,
    };
  } catch (error) {
    throw diskError(error, place, "ask for the free space");
  }
}

/** Some file systems say that no file can be made, and take one all the same. */
function saysNoneFalsely(place: string, { ffree }: { ffree: number }): boolean {
  if (ffree > 0) return false;
  const path = temporaryNameFor(join(place, "inode"));
  try {
    Deno.openSync(path, { write: true, createNew: true }).close();
    Deno.removeSync(path);
    return true;
  } catch {
    return false;
  }
}

/** The number of the device that `path` lies on. Throws StoreError. */
export async function deviceId(path: string): Promise<number> {
  const place = await nearestExisting(path);
  try {
    return (await Deno.stat(place)).dev;
  } catch (error) {
    throw diskError(error, place, "look at the folder");
  }
}

/** The path itself, or the nearest folder above it that exists. */
export async function nearestExisting(path: string): Promise<string> {
  let place = resolve(path);
  while (true) {
    try {
      await Deno.stat(place);
      return place;
    } catch (error) {
      const above = dirname(place);
      const missing = error instanceof Deno.errors.NotFound ||
        error instanceof Deno.errors.NotADirectory;
      if (!missing || above === place) throw diskError(error, place, "look at the folder");
      place = above;
    }
  }
}
