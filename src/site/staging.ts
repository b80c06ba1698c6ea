/**
 * A run's own folder in the site's staging, and the removal of what killed runs left there.
 *
 * Guarantees: where the file system honours `flock`, the next run removes the folder of a killed run
 * and never that of a live one, however long it takes: a run holds a lock in its folder. Without locks,
 * a folder counts as abandoned if nothing in it has changed for a day.
 * Nothing else in the staging folder is touched.
 *
 * @module
 */

import { join } from "node:path";
import { diskError } from "../fs/disk_error.ts";
import { removeAllInPlace } from "../fs/held_folder.ts";
import { ifThere, ifThereAsync } from "../fs/if_there.ts";
import { openOwn } from "../fs/own_file.ts";
import { PACK } from "../messages/pack.ts";

/** A run's folder; disposing of it removes it with everything in it. */
export interface Staging extends AsyncDisposable {
  /** For packages and patches until they get their names. */
  path: string;
}

const LEFT_BEHIND_MS = 24 * 3600 * 1000;
/** What runs make, those of versions before this folder existed included. */
const MADE_HERE = /^[0-9a-f-]{36}\.(?:run|tmp(?:\.data|\.blocks)?|packing)$/;
const LOCK = "lock";
/** A run that clears up while this one claims takes the folder at most once or twice. */
const TRIES = 5;

/** Makes a folder of its own in `staging`, which exists. Throws StoreError. */
export async function claimStaging(staging: string): Promise<Staging> {
  for (let attempt = 1;; attempt++) {
    const path = join(staging, `${crypto.randomUUID()}.run`);
    try {
      await Deno.mkdir(path, { mode: 0o700 });
      const lock = openOwn(join(path, LOCK), { access: "write", create: 0o600 });
      await lock.tryLock(true).catch(() => {});
      // Another run may have looked at the folder before it was locked.
      if (attempt === TRIES || isStill(path, lock)) return claimed(path, lock);
      lock.close();
    } catch (error) {
      if (attempt < TRIES && error instanceof Deno.errors.NotFound) continue;
      throw diskError(error, path, PACK.make_staging());
    }
  }
}

function claimed(path: string, lock: Deno.FsFile): Staging {
  return {
    path,
    async [Symbol.asyncDispose]() {
      await removeAllInPlace(path).catch(() => {});
      lock.close();
    },
  };
}

/** Removes from `staging`, if it is there, what ended runs left. Throws StoreError. */
export async function clearStaging(staging: string, now: number): Promise<void> {
  const attempt = { path: staging, to: PACK.list_staging() };
  const made = await ifThereAsync(() => Array.fromAsync(Deno.readDir(staging)), attempt) ?? [];
  for (const { name } of made) {
    if (!MADE_HERE.test(name)) continue;
    const path = join(staging, name);
    using lock = openLock(path);
    const ended = await lock?.tryLock(true).catch(() => undefined);
    if (ended === false) continue;
    if (ended || now - await lastChange(path) > LEFT_BEHIND_MS) {
      await removeAllInPlace(path).catch(() => {});
    }
  }
}

function openLock(folder: string): Deno.FsFile | undefined {
  try {
    // A link in its place is no run's folder, and what it leads to isn't looked at.
    if (!Deno.lstatSync(folder).isDirectory) return undefined;
    return openOwn(join(folder, LOCK), { access: "read" });
  } catch {
    return undefined; // A file, or a folder whose run was killed before it made the lock.
  }
}

function isStill(folder: string, lock: Deno.FsFile): boolean {
  const seen = ifThere(() => Deno.lstatSync(join(folder, LOCK)));
  const { dev, ino } = lock.statSync();
  return seen?.dev === dev && seen.ino === ino;
}

/** When something in a folder, or a file, last changed; now if it isn't there any more. */
async function lastChange(path: string): Promise<number> {
  try {
    const { mtime, isDirectory } = await Deno.lstat(path);
    const times = [mtime];
    if (isDirectory) {
      for await (const { name } of Deno.readDir(path)) {
        times.push((await Deno.lstat(join(path, name))).mtime);
      }
    }
    return Math.max(...times.map((time) => time?.getTime() ?? Infinity));
  } catch {
    return Infinity;
  }
}
