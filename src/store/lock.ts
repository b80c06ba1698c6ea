/**
 * One run at a time on one dataset.
 *
 * Guarantees, where the file system honours `flock`: two holders never exist at once, and a dead
 * run's lock is gone with it, whatever killed it. Where it isn't honoured (some network mounts)
 * that is noticed, and the holder's host, process and start time in the file decide instead: then
 * two runs that begin in the same instant on two machines may both get in, and a run that died on
 * another machine blocks for a day. The file itself stays, empty: removing it would race.
 *
 * @module
 */

import { LockedError } from "../errors.ts";
import { diskError, errnoOf, isNotOffered } from "../fs/disk_error.ts";
import { openOwn, readOwnTextSync } from "../fs/own_file.ts";
import type { Clock } from "../types.ts";

/** Who holds a lock. */
export interface Holder {
  host: string;
  pid: number;
  /** When the run began, ms since the epoch. */
  startedAt: number;
}

/** What a lock needs to know. */
export interface LockOptions {
  clock: Clock;
  hostname: string;
  pid: number;
  /** Asks the kernel for a lock, without waiting; default `flock`. */
  tryLock?: (file: Deno.FsFile) => Promise<boolean>;
  /** Whether a process of this machine is alive; default: it is in `/proc`. */
  isAlive?: (pid: number) => boolean;
}

/** A lock that is held until it is released, or the process ends. */
export interface Lock extends Disposable {
  /** Whether the file system keeps others out; `false` = we rely on what the file says. */
  readonly honoured: boolean;
  /** Gives the lock back; a second call does nothing. */
  release(): void;
}

/** A lock of a machine that we can't ask counts as left behind after this long. */
const FOREIGN_LOCK_MS = 24 * 3600 * 1000;

/**
 * Takes the lock at `path` or throws LockedError, which names the holder. Throws StoreError when
 * the file can't be used.
 */
export async function acquireLock(path: string, options: LockOptions): Promise<Lock> {
  const tryLock = options.tryLock ?? flock;
  const file = open(path);
  let kept = false;
  try {
    if (!await tryLock(file)) throw lockedError(path, readHolder(path));
    const honoured = await keepsOthersOut(path, tryLock);
    if (!honoured) refuseIfHeld(path, options);
    writeHolder(file, path, options);
    kept = true;
    return heldLock(file, honoured);
  } finally {
    if (!kept) file.close();
  }
}

/** Who holds the lock at `path`, by the file's own word; `undefined` when it says nobody. */
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
    return openOwn(path, { access: "write", create: 0o600 });
  } catch (error) {
    throw diskError(error, path, "open the lock");
  }
}

async function flock(file: Deno.FsFile): Promise<boolean> {
  try {
    return await file.tryLock(true);
  } catch (error) {
    // No locks on this file system: the answer "yes" is then found out to be worth nothing.
    if (isNotOffered(error) || errnoOf(error) === "ENOLCK") return true;
    throw error;
  }
}

/** A second, independent opening must be refused, or the lock means nothing here. */
async function keepsOthersOut(
  path: string,
  tryLock: (file: Deno.FsFile) => Promise<boolean>,
): Promise<boolean> {
  using second = open(path);
  return !await tryLock(second);
}

function refuseIfHeld(path: string, options: LockOptions): void {
  const holder = readHolder(path);
  if (holder === undefined) return;
  const isAlive = options.isAlive ?? processExists;
  const held = holder.host === options.hostname
    ? holder.pid !== options.pid && isAlive(holder.pid)
    : Math.abs(options.clock() - holder.startedAt) < FOREIGN_LOCK_MS;
  if (held) throw lockedError(path, holder);
}

function processExists(pid: number): boolean {
  try {
    return Deno.lstatSync(`/proc/${pid}`).isDirectory;
  } catch (error) {
    // Without a /proc to ask, the careful answer is yes.
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
    file.syncDataSync();
  } catch (error) {
    if (isNotOffered(error)) return; // of all these only the flush
    throw diskError(error, path, "write the lock");
  }
}

function heldLock(file: Deno.FsFile, honoured: boolean): Lock {
  let open = true;
  const release = (): void => {
    if (!open) return;
    open = false;
    try {
      // Says "nobody" to those who can only read the file.
      file.truncateSync(0);
    } catch {
      // The lock itself ends with the closing.
    }
    file.close();
  };
  return { honoured, release, [Symbol.dispose]: release };
}

function lockedError(path: string, holder: Holder | undefined): LockedError {
  if (holder === undefined) {
    return new LockedError(`Another run holds the lock ${path}`, {
      path,
      hint: "wait for the other run to end",
    });
  }
  const since = new Date(holder.startedAt).toISOString();
  return new LockedError(
    `Another run holds the lock: process ${holder.pid} on ${holder.host}, since ${since}`,
    {
      path,
      found: `process ${holder.pid} on ${holder.host}, since ${since}`,
      hint: `wait for it to end; if it hangs, end process ${holder.pid} on ${holder.host}`,
    },
  );
}
