/**
 * Acts on what may not be there, where that is no error.
 *
 * Guarantees: only "no such file" counts as not there. A file where a folder should be, or a folder
 * that can't be read, is an error: it passes as it is, or as a StoreError where `attempt` is given.
 *
 * @module
 */
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

/** Removes a file, or with `recursive` a folder, if it is there. Throws StoreError. */
export function removeIfThere(attempt: Attempt, options?: Deno.RemoveOptions): void {
  ifThere(() => Deno.removeSync(attempt.path, options), attempt);
}

function unlessMissing(error: unknown, attempt: Attempt | undefined): undefined {
  if (error instanceof Deno.errors.NotFound) return undefined;
  throw attempt === undefined ? error : diskError(error, attempt.path, attempt.to);
}
