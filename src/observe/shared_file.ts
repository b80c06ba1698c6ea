/**
 * Files that several runs append to and that may be replaced under their hands.
 *
 * Guarantees: whoever got a file from {@linkcode openShared} holds its lock, and the file is the
 * one that has this name now (not one that was renamed away while waiting); the kernel frees the
 * lock when the process dies. It doesn't protect from programs that don't take the lock.
 *
 * @module
 */

import { dirname } from "node:path";
import { openOwn } from "../fs/own_file.ts";
import { ifThereAsync } from "../fs/if_there.ts";

/** Opens a file for reading and appending, creates it if need be, and locks it. */
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
