/**
 * Keeps a package away from the file that says what it may do.
 *
 * Guarantees: an entry that would take the place of a guarded file refuses the package, also where
 * links lead to that file or to the dataset's folder. Whoever replaced the configuration could write
 * into any folder from the next run on. Entries that a filter leaves out don't count.
 *
 * @module
 */
import { relative, sep } from "node:path";
import { ArchiveError } from "../errors.ts";
import type { Located } from "../grown/estimate.ts";

/** Throws ArchiveError `unsafe_name` when one of the entries would be one of the guarded files. */
export async function checkGuarded(
  located: readonly Located[],
  where: { localDir: string; guarded: readonly string[] },
): Promise<void> {
  for (const file of where.guarded) {
    const path = await pathBelow(where.localDir, file);
    if (path === undefined || !located.some(({ entry }) => entry.path === path)) continue;
    throw new ArchiveError("unsafe_name", `The package would replace the configuration ${file}`, {
      entry: path,
      path: file,
      expected: "data only",
      found: path,
      hint: "give the data a folder of its own, or exclude that file",
    });
  }
}

/** A file's path below a folder, with links resolved; `undefined` when it isn't there. */
async function pathBelow(folder: string, file: string): Promise<string | undefined> {
  try {
    const path = relative(await Deno.realPath(folder), await Deno.realPath(file));
    return path.startsWith("..") ? undefined : path.split(sep).join("/");
  } catch {
    return undefined; // without either there is nothing to replace
  }
}
