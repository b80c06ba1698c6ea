/**
 * Keeps a package away from the files that say what the program may do, or that it works with.
 *
 * Guarantees: an entry that would take the place of a guarded file, of what that leads to, or of
 * another name of it (a hard link) refuses the package; so does one whose name some disk takes for
 * the same. Whoever replaced the configuration could write into any folder from the next run on; a
 * file that isn't there yet is guarded, too. Entries that a filter leaves out don't count.
 *
 * @module
 */
import { basename, dirname, join, relative, sep } from "node:path";
import { ArchiveError } from "../errors.ts";
import type { Located } from "../grown/estimate.ts";
import { folded } from "../safe_path.ts";

/** A file that no package may replace. */
export interface Guarded {
  /** Absolute; it needn't be there. */
  path: string;
  /** What it is, for the message: "the configuration". */
  what: string;
}

/** Throws ArchiveError `unsafe_name` when one of the entries would be one of the guarded files. */
export async function checkGuarded(
  located: readonly Located[],
  where: { localDir: string; guarded: readonly Guarded[] },
): Promise<void> {
  const { localDir } = where;
  const root = await realPlace(localDir);
  const byName = new Map<string, Guarded>();
  const byInode = new Map<string, Guarded>();
  for (const one of where.guarded) {
    const places = [join(await realPlace(dirname(one.path)), basename(one.path))];
    places.push(await realPlace(one.path));
    const below = places.map((place) => relative(root, place))
      .filter((path) => path !== "" && path !== ".." && !path.startsWith(`..${sep}`));
    for (const path of below) byName.set(foldedPath(path), one);
    const info = await Deno.stat(one.path).catch(() => undefined);
    // Where the file lies elsewhere and has no other name, no entry can be it: nothing to look at.
    if (info?.ino && (below.length > 0 || (info.nlink ?? 1) > 1)) byInode.set(inodeOf(info), one);
  }
  if (byName.size + byInode.size === 0) return;
  for (const { entry: { path } } of located) {
    const one = byName.get(foldedPath(path)) ??
      (byInode.size === 0 ? undefined : byInode.get(inodeAt(`${localDir}/${path}`)));
    if (one !== undefined) throw wouldReplace(one, path);
  }
}

function wouldReplace({ path, what }: Guarded, entry: string): ArchiveError {
  return new ArchiveError("unsafe_name", `The package would replace ${what} ${path}`, {
    entry,
    path,
    expected: "data only",
    found: entry,
    hint: "give the data a folder of its own, or exclude that file",
  });
}

function foldedPath(path: string): string {
  return path.split("/").map(folded).join("/");
}

function inodeOf({ dev, ino }: Deno.FileInfo): string {
  return `${dev}:${ino}`;
}

function inodeAt(path: string): string {
  try {
    return inodeOf(Deno.lstatSync(path));
  } catch {
    return ""; // what isn't there is nobody's other name
  }
}

/** A path with its links resolved, as far as it exists. */
async function realPlace(path: string): Promise<string> {
  try {
    return await Deno.realPath(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(await realPlace(parent), basename(path));
  }
}
