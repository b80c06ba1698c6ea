/**
 * A folder that somebody named on the command line or in a configuration.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import { ifThereAsync } from "./if_there.ts";
import { DISK } from "../messages/disk.ts";

/**
 * Its path, absolute and without links. Throws UsageError with this expectation and hint when there
 * is no folder, StoreError when it can't be looked at.
 */
export async function folderGiven(
  folder: string,
  otherwise: { expected: string; hint: string },
): Promise<string> {
  const path = await ifThereAsync(async () => {
    const real = await Deno.realPath(folder);
    return (await Deno.stat(real)).isDirectory ? real : undefined;
  }, { path: folder, to: DISK.look_at_the_folder() });
  if (path !== undefined) return path;
  throw new UsageError(DISK.isnt_folder({ folder }), { ...otherwise, path: folder });
}
