/**
 * The programs of the system that the binary may start.
 *
 * Guarantees: there are no others. One is started only by its path here, and only if it is a regular
 * file (not a link) of root's that nobody else can write to.
 *
 * @module
 */

/** Flushes a file system. */
export const SYNC_PROGRAM = "/usr/bin/sync";
/** Lists the names that the runtime leaves out. */
export const LIST_PROGRAM = "/usr/bin/ls";

/** Whether a program may be started: a program that uses the library may lack the permission. */
export function mayStart(program: string): boolean {
  try {
    // Deno must not prompt for it.
    const { state } = Deno.permissions.querySync({ name: "run", command: program });
    const { isFile, uid, mode } = Deno.lstatSync(program);
    return state === "granted" && isFile && uid === 0 && mode !== null && (mode & 0o022) === 0;
  } catch {
    return false; // there is none
  }
}
