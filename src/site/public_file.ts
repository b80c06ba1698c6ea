/**
 * Files and folders that a web server, which is another user, must be able to read.
 *
 * Guarantees: whatever the umask, everybody may read what is made here; a replaced file's mtime rises
 * by at least a second, because servers make ETags from the size and whole seconds.
 *
 * @module
 */

import { basename, dirname, join } from "node:path";
import { type FileData, writeFileAtomic } from "../fs/atomic_write.ts";
import { diskError, isNoLink } from "../fs/disk_error.ts";
import { flushAll } from "../fs/flush.ts";
import { temporaryNameFor } from "../fs/atomic_write.ts";
import { HeldFolders, renameInPlace } from "../fs/held_folder.ts";
import { copyToNew } from "../fs/new_file.ts";
import { setOwnMode } from "../fs/own_file.ts";
import { realOf } from "../fs/strangers_links.ts";
import { ifThereAsync } from "../fs/if_there.ts";
import { DISK } from "../messages/disk.ts";
import { PACK } from "../messages/pack.ts";
import { placeIn } from "./open_site.ts";

/** Makes a folder, and those above it, that everybody may enter; an existing one stays as it is. */
export async function makePublicFolder(path: string): Promise<void> {
  try {
    await Deno.mkdir(path, { mode: 0o755 });
    using held = new HeldFolders();
    setOwnMode(path, 0o755, { place: held.at(join(realOf(dirname(path)), basename(path))) });
  } catch (error) {
    // A link that leads nowhere exists, too, and nothing can be made below it.
    if (error instanceof Deno.errors.AlreadyExists && await isThere(path)) return;
    if (!(error instanceof Deno.errors.NotFound)) {
      throw diskError(error, path, DISK.make_the_folder());
    }
    await makePublicFolder(dirname(path));
    await makePublicFolder(path);
  }
}

async function isThere(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

/** Replaces a file's content in one step. Throws StoreError. */
export async function writePublicFile(
  path: string,
  text: FileData,
  options: { durable: boolean; now: number },
): Promise<void> {
  const { durable, now } = options;
  const seconds = await timeAfter(path, now);
  // Written under a temporary name first, so that nobody sees the new text with the wrong mode or time.
  const fresh = temporaryNameFor(path);
  try {
    await writeFileAtomic(fresh, text, { durable });
    makePublic(fresh, seconds);
    renameInPlace(placeIn(fresh), placeIn(path));
  } catch (error) {
    await Deno.remove(fresh).catch(() => {});
    throw diskError(error, path, DISK.write_the_file());
  }
}

/** Lets everybody read a file, and sets its mtime in whole seconds since the epoch. */
export function makePublic(path: string, seconds: number): void {
  using held = new HeldFolders();
  setOwnMode(path, 0o644, { seconds, place: held.at(placeIn(path)) });
}

/** `now` (in ms) as seconds since the epoch, but at least a second after the existing file's mtime. */
export async function timeAfter(path: string, now: number): Promise<number> {
  const info = await statOf(path);
  const before = info?.mtime == null ? -Infinity : Math.floor(info.mtime.getTime() / 1000);
  return Math.max(Math.floor(now / 1000), before + 1);
}

/**
 * Makes `path` a hard link to `from`, or a copy where there are no links, replacing atomically what is
 * there. The caller flushes the folder. Throws StoreError.
 */
export async function linkOver(
  from: string,
  path: string,
  { durable }: { durable: boolean },
): Promise<void> {
  const [source, there] = [await statOf(from), await statOf(path)];
  // A rename between two names of one file does nothing at all.
  if (source?.ino != null && source.ino === there?.ino && source.dev === there.dev) return;
  const fresh = temporaryNameFor(path);
  try {
    using held = new HeldFolders();
    await Deno.link(held.at(placeIn(from)), held.at(fresh)).catch(async (error) => {
      if (!isNoLink(error)) throw error;
      await copyToNew(from, fresh);
      if (source?.mtime) makePublic(fresh, Math.floor(source.mtime.getTime() / 1000));
      if (durable) await flushAll([fresh]);
    });
    Deno.renameSync(held.at(fresh), held.at(path));
  } catch (error) {
    await Deno.remove(fresh).catch(() => {});
    throw diskError(error, path, PACK.replace_file());
  }
}

/** A file's `stat`; `undefined` if it doesn't exist. Throws StoreError. */
export async function statOf(path: string): Promise<Deno.FileInfo | undefined> {
  return await ifThereAsync(() => Deno.stat(path), { path, to: DISK.look_at_the_file() });
}
