/**
 * Keeps packages from replacing the files that control the program or that it works with.
 *
 * Guarantees: a package is refused if an entry would replace a guarded file, its link target or
 * another hard link to it, or if its name is one that some disk treats as the same. A replaced
 * configuration could make the next run write to any folder. Files that don't exist yet are guarded
 * too. A name that the disk treats as the short name (8.3) of a guarded file or of a work folder is
 * refused as well. Entries that a filter leaves out don't count.
 *
 * @module
 */
import { orElse } from "../../or_else.ts";
import { basename, dirname, join, relative, sep } from "node:path";
import { ArchiveError } from "../../errors.ts";
import type { Located } from "../../grown/estimate.ts";
import { folded, isSafePath } from "../../safe_path.ts";
import { ShortNames } from "../../store/short_names.ts";
import { SYNC } from "../../messages/sync.ts";

/** A file that no package may replace. */
export interface Guarded {
  /** Absolute; it needn't exist. */
  path: string;
  /** What it is, for the message: "the configuration". */
  what: string;
}

/** Throws ArchiveError `unsafe_name` if an entry would replace a guarded file. */
export async function checkGuarded(
  located: readonly Located[],
  where: { localDir: string; guarded: readonly Guarded[] },
): Promise<void> {
  const { localDir } = where;
  const root = await realPath(localDir);
  const byName = new Map<string, Guarded>();
  const byInode = new Map<string, Guarded>();
  for (const one of where.guarded) {
    const paths = [join(await realPath(dirname(one.path)), basename(one.path))];
    paths.push(await realPath(one.path));
    const below = paths.map((path) => relative(root, path))
      .filter((path) => path !== "" && path !== ".." && !path.startsWith(`..${sep}`));
    for (const path of below) byName.set(foldedPath(path), one);
    const info = await Deno.stat(one.path).catch(() => undefined);
    // If the file lies elsewhere and has no other name, no entry can replace it.
    if (info?.ino && (below.length > 0 || (info.nlink ?? 1) > 1)) byInode.set(inodeOf(info), one);
  }
  const names = new ShortNames(localDir);
  if (!await Deno.stat(localDir).then(({ isDirectory }) => isDirectory, () => false)) {
    byInode.clear();
  }
  for (const { entry: { path } } of located) {
    const spelled = names.spelled(path);
    if (spelled !== undefined && !isSafePath(spelled)) throw wouldEnter(spelled, path);
    const one = (byName.size === 0 ? undefined : byName.get(foldedPath(spelled ?? path))) ??
      (byInode.size === 0 ? undefined : byInode.get(inodeAt(`${localDir}/${path}`)));
    if (one !== undefined) throw wouldReplace(one, path);
  }
}

function wouldReplace({ path, what }: Guarded, entry: string): ArchiveError {
  return new ArchiveError("unsafe_name", SYNC.would_replace({ what, path }), {
    entry,
    path,
    expected: "data only",
    found: entry,
    hint: SYNC.folder_of_its_own(),
  });
}

function wouldEnter(folder: string, entry: string): ArchiveError {
  return new ArchiveError("unsafe_name", SYNC.would_write_work({ entry }), {
    entry,
    expected: "data only",
    found: `the short name of ${folder}`,
  });
}

function foldedPath(path: string): string {
  return path.split("/").map(folded).join("/");
}

function inodeOf({ dev, ino }: Deno.FileInfo): string {
  return `${dev}:${ino}`;
}

function inodeAt(path: string): string {
  // a missing file has no other names
  return orElse(() => inodeOf(Deno.lstatSync(path)), "");
}

/** A path with the links in its existing part resolved. */
async function realPath(path: string): Promise<string> {
  try {
    return await Deno.realPath(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(await realPath(parent), basename(path));
  }
}
