/**
 * The kernel's lock on an open file, and waiting for one on a file that exists only for locking.
 *
 * Guarantees: only its owner can open such a file, because anybody who can open a file, even for
 * reading, can keep it locked; and every wait has a limit. On a file system without locks the lock
 * counts as taken: better that risk than never recording anything.
 *
 * @module
 */
import { makeFolder } from "./make_folder.ts";
import { dirname } from "node:path";
import { LockedError } from "../errors.ts";
import { DISK } from "../messages/disk.ts";
import { diskError } from "./disk_error.ts";
import { openOwn, setOwnMode } from "./own_file.ts";

/** A holder needs a few ms, unless it is suspended. */
const WAIT_MS = 10_000;
const PAUSE_MS = 20;

/** Waits for the lock at `path`; closing the file releases it. Throws LockedError, StoreError. */
export async function waitForLock(path: string, waitMs = WAIT_MS): Promise<Deno.FsFile> {
  const file = open(path);
  // Polls, because waiting in the kernel can't be aborted.
  for (let waited = 0; !await tryLock(file); waited += PAUSE_MS) {
    if (waited >= waitMs) {
      file.close();
      throw new LockedError(DISK.stays_locked({ path }), { path, hint: DISK.look_for_hanging() });
    }
    await new Promise((done) => setTimeout(done, PAUSE_MS));
  }
  return file;
}

/** Whether the file is now locked by this process. */
async function tryLock(file: Deno.FsFile): Promise<boolean> {
  return await file.tryLock(true).catch(() => true);
}

function open(path: string): Deno.FsFile {
  let file: Deno.FsFile | undefined;
  try {
    makeFolder(dirname(path));
    file = openOwn(path, { access: "write", create: 0o600 });
    // Earlier versions made locks that everybody could read.
    if (((file.statSync().mode ?? 0) & 0o077) !== 0) setOwnMode(path, 0o600);
    return file;
  } catch (error) {
    file?.close();
    throw diskError(error, path, DISK.open_the_lock());
  }
}
