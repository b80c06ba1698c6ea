/**
 * One writer at a time in a site's catalog.
 *
 * Guarantees: where the file system honours `flock`, two writers are never in at once, and a dead
 * one's lock is gone with it. On one that knows no locks the risk is taken: the last writer's
 * catalog stands, and the other's dataset is in it again after its next sync.
 *
 * @module
 */

import { setTimeout } from "node:timers/promises";
import { LockedError } from "../errors.ts";
import { diskError } from "../fs/disk_error.ts";
import { openOwn } from "../fs/own_file.ts";
import { tryLock } from "../fs/file_lock.ts";
import { PACK } from "../messages/pack.ts";

/** A writer needs some ms, with many slow renames some seconds. */
const WAIT_MS = 60_000;
const PAUSE_MS = 20;

/** Waits for the lock at `path`; closing the file gives it back. Throws LockedError, StoreError. */
export async function lockSite(path: string, waitMs = WAIT_MS): Promise<Deno.FsFile> {
  let file: Deno.FsFile;
  try {
    file = openOwn(path, { access: "write", create: 0o600 });
  } catch (error) {
    throw diskError(error, path, PACK.lock_site());
  }
  // Polling, since a wait in the kernel can't be given up.
  for (let waited = 0; !await tryLock(file); waited += PAUSE_MS) {
    if (waited >= waitMs) {
      file.close();
      throw new LockedError(PACK.site_locked({ path }), {
        path,
        hint: PACK.end_hanging(),
      });
    }
    await setTimeout(PAUSE_MS);
  }
  return file;
}
