/**
 * The kernel's lock on an open file, where the file system has one.
 *
 * @module
 */

/**
 * Whether the lock is ours. On a file system without locks it counts as ours: rather a risk than
 * never recording anything.
 */
export async function tryLock(file: Deno.FsFile): Promise<boolean> {
  try {
    return await file.tryLock(true);
  } catch {
    return true;
  }
}
