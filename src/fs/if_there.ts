/**
 * Acts on what may not be there, where that is no error.
 *
 * Guarantees: only "no such file" counts as not there. A file where a folder should be, or a folder
 * that can't be read, is an error: it passes as it is, or as a StoreError where `attempt` is given.
 * {@linkcode lookAt} alone also takes a file where a folder should be for nothing at the path.
 *
 * @module
 */
import { DISK } from "../messages/disk.ts";
import { diskError } from "./disk_error.ts";

/** What was attempted, for the StoreError: `{ path, to: "list the folder" }`. */
interface Attempt {
  path: string;
  to: string;
}

/** What `act` returns; `undefined` when what it acts on isn't there. */
export function ifThere<T>(act: () => T, attempt?: Attempt): T | undefined {
  try {
    return act();
  } catch (error) {
    return unlessMissing(error, attempt);
  }
}

/** The same for what is awaited. */
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

/** What `ask` says of a path; `undefined` where nothing is, or can be. Throws StoreError. */
export function lookAt<T>(path: string, ask: (path: string) => T): T | undefined {
  try {
    return ask(path);
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw diskError(error, path, DISK.look_at_the_file());
  }
}

/** Whether an error says that nothing is at a path, nor can be: a file is where its folder should be. */
export function isAbsent(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory;
}

/** Removes a file, or with `recursive` a folder, if it is there. Throws StoreError. */
export function removeIfThere(attempt: Attempt, options?: Deno.RemoveOptions): void {
  ifThere(() => Deno.removeSync(attempt.path, options), attempt);
}

function unlessMissing(error: unknown, attempt: Attempt | undefined): undefined {
  if (error instanceof Deno.errors.NotFound) return undefined;
  throw attempt === undefined ? error : diskError(error, attempt.path, attempt.to);
}
