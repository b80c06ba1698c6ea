/**
 * Files that several runs append to, and that may be replaced meanwhile.
 *
 * Guarantees: a file from {@linkcode openShared} is locked, and is the one that has this name now
 * (not one renamed away while waiting); the kernel releases the lock when the process dies. It
 * doesn't protect against programs that don't take the lock.
 *
 * @module
 */

import { dirname } from "node:path";
import { openOwn } from "../fs/own_file.ts";
import { ifThereAsync } from "../fs/if_there.ts";

/** Opens a file for reading and appending, creating it if necessary, and locks it. */
export async function openShared(path: string): Promise<Deno.FsFile> {
  await Deno.mkdir(dirname(path), { recursive: true });
  while (true) {
    const file = openOwn(path, { access: "append", create: 0o644 });
    try {
      await file.lock(true);
      if (await isStill(path, file)) return file;
    } catch (error) {
      file.close();
      throw error;
    }
    file.close();
  }
}

async function isStill(path: string, file: Deno.FsFile): Promise<boolean> {
  const named = await ifThereAsync(() => Deno.lstat(path));
  const held = await file.stat();
  return named?.ino === held.ino && named.dev === held.dev;
}
