/**
 * Flushes a whole file system in one call, with `sync -f` (Linux's syncfs): for thousands of files,
 * several times cheaper than one flush per file.
 *
 * Guarantees: `true` means that the kernel has stored everything written to that file system and
 * has seen no write error on it since the last such call, whoever made it. It starts `/usr/bin/sync`
 * with an empty environment and no input, if `mayStart()` says so. The call also flushes other programs' data on the same
 * file system, so it has a time limit. It returns `false` at once before Linux 5.8 (syncfs reported
 * no write errors), on file systems whose syncfs isn't known to report them (network, FUSE and
 * overlay), and without permission to run the program; the caller then flushes file by file.
 *
 * @module
 */
import { statfsSync } from "node:fs";
import { mayStart, SYNC_PROGRAM } from "./system_program.ts";

/** File systems whose syncfs stores everything and reports write errors, by the kernel's magic numbers. */
const KNOWN_FILE_SYSTEMS: ReadonlySet<number> = new Set([
  0xef53, // ext4
  0x58465342, // XFS
  0x9123683e, // Btrfs
  0xf2f52010, // F2FS
]);

interface FileSystemSyncOptions {
  /** Give up after this long, in ms. */
  withinMs: number;
  /** The program to start; default {@linkcode SYNC_PROGRAM}. */
  program?: string;
}

/** Whether an existing folder's file system can be flushed in one call. */
export function canSyncFileSystem(folder: string, program: string = SYNC_PROGRAM): boolean {
  try {
    return Deno.build.os === "linux" && mayStart(program) && isGranted() &&
      reportsWriteErrors(Deno.osRelease()) &&
      KNOWN_FILE_SYSTEMS.has(Number(statfsSync(folder).type));
  } catch {
    return false; // flushing file by file will report the error
  }
}

/** Flushes an existing folder's file system; `false` = it wasn't flushed, for whatever reason. */
export async function syncFileSystem(
  folder: string,
  { withinMs, program = SYNC_PROGRAM }: FileSystemSyncOptions,
): Promise<boolean> {
  if (!canSyncFileSystem(folder, program)) return false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    const child = new Deno.Command(program, {
      args: ["-f", folder],
      cwd: "/",
      clearEnv: true,
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    const late = new Promise<"late">((resolve) => {
      timer = setTimeout(() => resolve("late"), withinMs);
    });
    const ended = await Promise.race([child.status, late]);
    if (ended !== "late") return ended.success;
    // A process inside syncfs can't be killed; it ends by itself when the kernel is done.
    child.unref();
    child.kill("SIGKILL");
    return false;
  } catch {
    return false; // the program can't be started here
  } finally {
    clearTimeout(timer);
  }
}

/** Whether a kernel's syncfs reports write errors: Linux 5.8 and later. */
export function reportsWriteErrors(release: string): boolean {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(release) ?? [];
  return Number(major) > 5 || (Number(major) === 5 && Number(minor) >= 8);
}

/** A program that uses the library may lack the permissions, and Deno must not prompt for them. */
function isGranted(): boolean {
  const needed: Deno.PermissionDescriptor[] = [
    { name: "sys", kind: "osRelease" },
    { name: "sys", kind: "statfs" },
  ];
  return needed.every((one) => Deno.permissions.querySync(one).state === "granted");
}
