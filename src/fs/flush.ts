/**
 * Flushes files and folders to the disk.
 *
 * Guarantees: when a call returns, the kernel has reported the data as stored. It can't see past a
 * device that lies about it. A file system without flushing (some network and FUSE ones) isn't an
 * error here; `abilities.ts` detects it so that it can be reported.
 *
 * @module
 */

import { openFolder, openPlain } from "../plain_file.ts";
import { diskError, isNotOffered } from "./disk_error.ts";
import { canSyncFileSystem, syncFileSystem } from "./file_system_sync.ts";
import { DISK } from "../messages/disk.ts";

/**
 * How many files are flushed in parallel. Measured on ext4, 5,400 files: 64 at a time 0.69 s, one by
 * one 2.8 s; as cheap as `sync -f`.
 */
const CONCURRENCY = 64;

/** Flushes files. Throws a StoreError that names the first one that failed. */
export async function flushAll(paths: string[]): Promise<void> {
  await inParallel(paths, flushFile);
}

/** Up to this many files, one flush each is cheaper than starting a program (2 to 4 ms). */
const FEW = 16;

/**
 * Files of at least this size are flushed by their writer, while others still arrive, so that the
 * disk needn't idle.
 */
const LARGE = 8 << 20;

/**
 * How long flushing a file system may take: the time for our own bytes on a slow disk, plus a
 * margin.
 */
const GRACE_MS = 5_000;
const SLOW_DISK_BYTES_PER_MS = 20_000;

/**
 * The size from which a file below `folder` is flushed as soon as it is complete; {@linkcode
 * flushTogether} flushes the others. `Infinity` = none.
 */
export function flushAtOnceFrom(folder: string, { durable }: { durable: boolean }): number {
  if (!durable) return Infinity;
  return canSyncFileSystem(folder) ? LARGE : 0;
}

/**
 * Flushes files that are all in or below `folder`, on its file system: many in one call where the
 * system supports that, otherwise one by one. Throws as {@linkcode flushAll} does.
 */
export async function flushTogether(
  paths: string[],
  { folder, bytes, beside }: { folder: string; bytes: number; beside?: Beside | undefined },
): Promise<void> {
  const withinMs = GRACE_MS + bytes / SLOW_DISK_BYTES_PER_MS;
  const together = paths.length > FEW && await syncFileSystem(folder, { withinMs });
  // What began before has ended, too, unless it failed: the kernel reports an error only once.
  if (together && (await beside?.ended() ?? true)) return;
  await flushAll(paths);
}

/** What flushed some of the files before; see {@linkcode FlushBeside}. */
export interface Beside {
  /** Waits for it; `false` = it failed. */
  ended(): Promise<boolean>;
}

/** Up to this many folders, one flush each is cheaper than starting a program (40 µs each). */
const FEW_FOLDERS = 64;

/**
 * Flushes folders, so that the names in them survive a power cut: many of a file system in one call,
 * where it supports that.
 */
export async function flushDirectories(paths: string[]): Promise<void> {
  const many = paths.length > FEW_FOLDERS ? Map.groupBy(paths, deviceOf).values() : [paths];
  for (const group of many) {
    const together = group.length > FEW_FOLDERS &&
      await syncFileSystem(group[0]!, { withinMs: GRACE_MS });
    if (!together) await inParallel(group, flushDirectory);
  }
}

function deviceOf(path: string): number {
  try {
    return Deno.statSync(path).dev;
  } catch (error) {
    throw diskError(error, path, DISK.flush_the_folder());
  }
}

/** Flushes one folder, so that the names in it survive a power cut. */
export async function flushDirectory(path: string): Promise<void> {
  try {
    using folder = openFolder(path);
    await folder.sync();
  } catch (error) {
    if (isNotOffered(error)) return;
    throw diskError(error, path, DISK.flush_the_folder());
  }
}

async function flushFile(path: string): Promise<void> {
  try {
    using file = openPlain(path);
    await flushOpen(file);
  } catch (error) {
    throw diskError(error, path, DISK.flush_the_file());
  }
}

/** Flushes an open file. Throws the system's error. */
export async function flushOpen(file: Deno.FsFile): Promise<void> {
  try {
    await file.sync();
  } catch (error) {
    if (!isNotOffered(error)) throw error;
  }
}

/**
 * Runs `work` over `items`; after a failure it starts no further item and waits for those already
 * started.
 */
async function inParallel(
  items: string[],
  work: (item: string) => Promise<void>,
): Promise<void> {
  let next = 0;
  let failed = false;
  const goOn = async (): Promise<void> => {
    while (next < items.length && !failed) {
      try {
        await work(items[next++]!);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const runs = Array.from({ length: Math.min(CONCURRENCY, items.length) }, goOn);
  for (const result of await Promise.allSettled(runs)) {
    if (result.status === "rejected") throw result.reason;
  }
}
