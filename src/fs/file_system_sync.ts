/**
 * Flushes all that a file system holds in one call, with `sync -f` (Linux' syncfs): for thousands of
 * files that is several times cheaper than one flush per file.
 *
 * Guarantees: `true` means that the kernel has stored everything written to that file system, and saw
 * no write error on it since the last such call (whoever made it). The only program that is started is `/usr/bin/sync`,
 * with an empty environment and no input, and only where it is root's own regular file that nobody
 * else can write. Other programs' data on the same file system is flushed, too, so the call has a time
 * limit. It isn't offered before Linux 5.8 (syncfs reported no write errors), on file systems whose
 * syncfs isn't known to report them (network, FUSE and overlay), or without the permission to run the
 * program: there `false` comes at once, and the caller flushes file by file.
 *
 * @module
 */
import { statfsSync } from "node:fs";

/** The one program that the binary may start. */
export const SYNC_PROGRAM = "/usr/bin/sync";

/** File systems whose syncfs stores everything and reports write errors, by the kernel's magic numbers. */
const KNOWN_FILE_SYSTEMS: ReadonlySet<number> = new Set([
  0xef53, // ext4
  0x58465342, // XFS
  0x9123683e, // Btrfs
  0xf2f52010, // F2FS
]);

/** How a file system is flushed. */
export interface SyncOptions {
  /** Give up after this long, in ms. */
  withinMs: number;
  /** The program to start; default {@linkcode SYNC_PROGRAM}. */
  program?: string;
}

/** Whether the file system of an existing folder can be flushed in one call. */
export function canSyncFileSystem(folder: string, program: string = SYNC_PROGRAM): boolean {
  try {
    return Deno.build.os === "linux" && isGranted(program) &&
      reportsWriteErrors(Deno.osRelease()) && isRootsOwn(program) &&
      KNOWN_FILE_SYSTEMS.has(Number(statfsSync(folder).type));
  } catch {
    return false; // flushing file by file says what is wrong
  }
}

/** Flushes the file system of an existing folder; `false` = it wasn't, for whatever reason. */
export async function syncFileSystem(
  folder: string,
  { withinMs, program = SYNC_PROGRAM }: SyncOptions,
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
    // Inside syncfs a process can't be killed: it ends when the kernel is done, without us.
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

/** Whether a program is a regular file of root's that nobody else can write: no link to another one. */
function isRootsOwn(program: string): boolean {
  const { isFile, uid, mode } = Deno.lstatSync(program);
  return isFile && uid === 0 && mode !== null && (mode & 0o022) === 0;
}

/** A program that uses the library may lack the permissions, and nobody should be asked for them. */
function isGranted(program: string): boolean {
  const needed: Deno.PermissionDescriptor[] = [
    { name: "run", command: program },
    { name: "sys", kind: "osRelease" },
    { name: "sys", kind: "statfs" },
  ];
  return needed.every((one) => Deno.permissions.querySync(one).state === "granted");
}
