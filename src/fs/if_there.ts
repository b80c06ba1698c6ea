/**
 * Acts on files that may be missing, if that is no error.
 *
 * Guarantees: only "no such file" counts as missing. A file where a folder should be, or a folder that
 * can't be read, is an error: it is rethrown as it is, or with `attempt` as a StoreError. Only
 * {@linkcode lookAt} also treats a file where a folder should be as nothing there.
 *
 * @module
 */
import { DISK } from "../messages/disk.ts";
import { diskError } from "./disk_error.ts";
import { removeInPlace } from "./held_folder.ts";

/** What was attempted, for the StoreError: `{ path, to: "list the folder" }`. */
interface Attempt {
  path: string;
  to: string;
}

/** The result of `act`; `undefined` if what it acts on is missing. */
export function ifThere<T>(act: () => T, attempt?: Attempt): T | undefined {
  try {
    return act();
  } catch (error) {
    return unlessMissing(error, attempt);
  }
}

/** The same for asynchronous acts. */
export async function ifThereAsync<T>(
  act: () => Promise<T>,
  attempt?: Attempt,
): Promise<T | undefined> {
  try {
    return await act();
  } catch (error) {
    return unlessMissing(error, attempt);
  }
}

/** The result of `ask` for a path; `undefined` if nothing is or can be there. Throws StoreError. */
export function lookAt<T>(path: string, ask: (path: string) => T): T | undefined {
  try {
    return ask(path);
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw diskError(error, path, DISK.look_at_the_file());
  }
}

/** Whether an error means that nothing is at a path, or can be: its folder is a file. */
export function isAbsent(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory;
}

/**
 * Removes a file, or with `recursive` a folder, if it is there: from a folder that lies at its path
 * without links. Throws StoreError.
 */
export function removeIfThere(attempt: Attempt, options?: Deno.RemoveOptions): void {
  ifThere(() => removeInPlace(attempt.path, options), attempt);
}

function unlessMissing(error: unknown, attempt: Attempt | undefined): undefined {
  if (error instanceof Deno.errors.NotFound) return undefined;
  throw attempt === undefined ? error : diskError(error, attempt.path, attempt.to);
}
