/**
 * One run at a time per dataset.
 *
 * Guarantees, where the file system honours `flock`: there are never two holders at once, and a
 * lock dies with its process, whatever killed it. Where `flock` isn't honoured (some network
 * mounts), that is detected, and the host, process and start time in the file decide instead: then
 * two runs that begin in the same instant on two machines may both get in, and a run that died on
 * another machine blocks for a day. The file stays, empty: removing it would race.
 *
 * @module
 */

import { LockedError } from "../errors.ts";
import { diskError, errnoOf, isNotOffered } from "../fs/disk_error.ts";
import { openOwn, readOwnTextSync } from "../fs/own_file.ts";
import type { Clock } from "../types.ts";
import { DISK } from "../messages/disk.ts";

/** Who holds a lock. */
interface Holder {
  host: string;
  pid: number;
  /** When the run began, ms since the epoch. */
  startedAt: number;
}

/** Options for acquiring a lock. */
export interface LockOptions {
  clock: Clock;
  hostname: string;
  pid: number;
}

/** A lock that is held until it is released, or the process ends. */
interface Lock extends Disposable {
  /** Whether the file system enforces the lock; `false` = only the file's content does. */
  readonly honoured: boolean;
  /** Releases the lock; a second call does nothing. */
  release(): void;
}

/** A lock held on another machine, whose processes can't be checked, expires after this long. */
const FOREIGN_LOCK_MS = 24 * 3600 * 1000;

/**
 * Takes the lock at `path` or throws LockedError, which names the holder. Throws StoreError when
 * the file can't be used.
 */
export async function acquireLock(path: string, options: LockOptions): Promise<Lock> {
  const file = open(path);
  let kept = false;
  try {
    if (!await locked(file, path)) throw lockedError(path, readHolder(path));
    const honoured = await keepsOthersOut(path);
    if (!honoured) refuseIfHeld(path, options);
    writeHolder(file, path, options);
    if (!honoured) flushHolder(file, path);
    kept = true;
    return heldLock(file, honoured);
  } finally {
    if (!kept) file.close();
  }
}

/** Who holds the lock at `path`, as the file says; `undefined` when it names nobody. */
export function readHolder(path: string): Holder | undefined {
  try {
    const value = JSON.parse(readOwnTextSync(path));
    const { host, pid, startedAt } = value;
    const sound = typeof host === "string" && Number.isSafeInteger(pid) &&
      Number.isSafeInteger(startedAt) && Math.abs(startedAt) <= 8.64e15;
    return sound ? { host, pid, startedAt } : undefined;
  } catch {
    return undefined;
  }
}

function open(path: string): Deno.FsFile {
  try {
    return openOwn(path, { access: "write", create: 0o600, inPlace: true });
  } catch (error) {
    throw diskError(error, path, DISK.open_the_lock());
  }
}

async function locked(file: Deno.FsFile, path: string): Promise<boolean> {
  try {
    return await file.tryLock(true);
  } catch (error) {
    // No locks on this file system: answer "yes"; `keepsOthersOut` then finds that it means nothing.
    if (isNotOffered(error) || errnoOf(error) === "ENOLCK") return true;
    throw diskError(error, path, DISK.take_the_lock());
  }
}

/** A second, independent open must be refused; otherwise the lock means nothing here. */
async function keepsOthersOut(path: string): Promise<boolean> {
  using second = open(path);
  return !await locked(second, path);
}

function refuseIfHeld(path: string, options: LockOptions): void {
  const holder = readHolder(path);
  if (holder === undefined) return;
  const held = holder.host === options.hostname
    ? holder.pid !== options.pid && processExists(holder.pid)
    : Math.abs(options.clock() - holder.startedAt) < FOREIGN_LOCK_MS;
  if (held) throw lockedError(path, holder);
}

function processExists(pid: number): boolean {
  try {
    return Deno.lstatSync(`/proc/${pid}`).isDirectory;
  } catch (error) {
    // If /proc can't be read, assume that it is alive.
    return !(error instanceof Deno.errors.NotFound);
  }
}

function writeHolder(file: Deno.FsFile, path: string, options: LockOptions): void {
  const holder = {
    format: 1,
    host: options.hostname,
    pid: options.pid,
    startedAt: options.clock(),
  };
  try {
    file.truncateSync(0);
    file.seekSync(0, Deno.SeekMode.Start);
    file.writeSync(new TextEncoder().encode(JSON.stringify(holder) + "\n"));
  } catch (error) {
    throw diskError(error, path, DISK.write_the_lock());
  }
}

/** For readers on other machines: where the lock counts, they needn't read. */
function flushHolder(file: Deno.FsFile, path: string): void {
  try {
    file.syncDataSync();
  } catch (error) {
    if (!isNotOffered(error)) throw diskError(error, path, DISK.write_the_lock());
  }
}

function heldLock(file: Deno.FsFile, honoured: boolean): Lock {
  let open = true;
  const release = (): void => {
    if (!open) return;
    open = false;
    try {
      // An empty file names nobody, for readers that can't take the lock.
      file.truncateSync(0);
    } catch {
      // Readers look at the lock, too.
    }
    try {
      // Closing isn't enough: a program that is being started in this moment still shares the file.
      file.unlockSync();
    } catch {
      // There are no locks here.
    }
    file.close();
  };
  return { honoured, release, [Symbol.dispose]: release };
}

function lockedError(path: string, holder: Holder | undefined): LockedError {
  if (holder === undefined) {
    return new LockedError(DISK.locked({ path }), {
      path,
      hint: DISK.wait_for_the_other_run_to(),
    });
  }
  const since = new Date(holder.startedAt).toISOString();
  return new LockedError(
    DISK.locked_by({ pid: holder.pid, host: holder.host, since }),
    {
      path,
      found: `process ${holder.pid} on ${holder.host}, since ${since}`,
      hint: DISK.wait_or_end({ pid: holder.pid, host: holder.host }),
    },
  );
}
