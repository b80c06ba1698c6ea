/**
 * Checks every path that a publish would write to, before it writes anything.
 *
 * Guarantees: a plan that passes stays within `local_dir`: no path contains `..` or goes through a
 * link, and no folder is where a file should go, or the other way round. It doesn't guard against
 * somebody changing the folder between the check and the publish; the publish then fails.
 *
 * @module
 */

import { ArchiveError, StoreError } from "../../errors.ts";
import { FolderNames } from "../../fs/alike.ts";
import { diskError } from "../../fs/disk_error.ts";
import { ifThere, lookAt } from "../../fs/if_there.ts";
import { INSIDE_NAME, type Layout } from "../layout.ts";
import { DISK } from "../../messages/disk.ts";

/** What is at a path, without following links. */
type Kind = "missing" | "file" | "folder" | "link" | "other";

/** Whether what is at a path below `local_dir` is removed before anything is placed. */
type Clears = (path: string) => boolean;

/** From this many targets in one folder, listing it is cheaper than one `lstat` each. */
const LIST_FROM = 8;

/**
 * Throws StoreError `wrong_type` or ArchiveError `unsafe_name` for the first target that can't be
 * written. Returns the paths at which something is there to be replaced. Changes nothing. What `clears`
 * says of will have gone before.
 */
export function checkTargets(
  layout: Layout,
  paths: string[],
  clears: Clears = () => false,
): Set<string> {
  const there = new Set<string>();
  checkRoot(layout);
  const byFolder = new Map<string, string[]>();
  for (const path of paths) {
    checkPath(layout, path);
    const folder = folderOf(path);
    const group = byFolder.get(folder);
    if (group === undefined) byFolder.set(folder, [path]);
    else group.push(path);
  }
  const kinds = new ParentKinds(layout.localDir, clears);
  for (const [folder, group] of byFolder) {
    const blocked = kinds.blockedBy(folder);
    if (blocked !== undefined) throw inTheWay(layout, blocked.path, blocked.kind, group[0]!);
    if (kinds.of(folder) === "missing") continue;
    for (const [path, kind] of kindsIn(layout.localDir, folder, group)) {
      if (kind === "folder" && !clears(path)) throw inTheWay(layout, path, kind, path);
      if (kind !== "missing" && kind !== "folder") there.add(path);
    }
  }
  return there;
}

/** The folder part of a path below `local_dir`; empty at the top. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf("/"), 0));
}

/** What is at `path`, without following links. Throws StoreError. */
export function kindOf(path: string): Kind {
  const info = lookAt(path, Deno.lstatSync);
  return info === undefined ? "missing" : kindFrom(info);
}

/**
 * What the data's folder is; it may be our link to a version. Not queried as `${root}/.`: with
 * per-path permissions, Deno strips the dot first.
 */
function kindBehind(root: string): Kind {
  const attempt = { path: root, to: DISK.look_at_local_dir() };
  return ifThere(() => kindFrom(Deno.statSync(root)), attempt) ?? "missing";
}

/** The kinds of the folders below `local_dir`; each is looked up once. */
export class ParentKinds {
  readonly #root: string;
  readonly #clears: Clears;
  readonly #known = new Map<string, Kind>();

  /** A file that `clears` says of counts as missing. */
  constructor(root: string, clears: Clears = () => false) {
    this.#root = root;
    this.#clears = clears;
    this.#known.set("", kindBehind(root));
  }

  /** What is at the folder path `folder`. */
  of(folder: string): Kind {
    const known = this.#known.get(folder);
    if (known !== undefined) return known;
    const above = this.of(folderOf(folder));
    const there = above === "folder" ? kindOf(`${this.#root}/${folder}`) : above;
    const kind = there === "file" && this.#clears(folder) ? "missing" : there;
    this.#known.set(folder, kind);
    return kind;
  }

  /** The topmost part of `folder` that exists and isn't a folder. */
  blockedBy(folder: string): { path: string; kind: Kind } | undefined {
    const kind = this.of(folder);
    if (kind === "folder" || kind === "missing") return undefined;
    const above = folder === "" ? undefined : this.blockedBy(folderOf(folder));
    return above ?? { path: folder, kind };
  }
}

/** Throws ArchiveError `unsafe_name` for a path that could lead out of the data folder. */
export function checkPath(layout: Layout, path: string): void {
  const parts = path.split("/");
  const unsafe = path.includes("\0") ||
    parts.some((part) => part === "" || part === "." || part === "..") ||
    (layout.inside && parts[0] === INSIDE_NAME);
  if (!unsafe) return;
  throw new ArchiveError("unsafe_name", DISK.not_inside({ path }), {
    entry: path,
    path: layout.localDir,
    hint: DISK.package_faulty(),
  });
}

function checkRoot(layout: Layout): void {
  const { localDir } = layout;
  // Followed: with a snapshot it is our link.
  if (["folder", "missing"].includes(kindBehind(localDir))) return;
  throw new StoreError("wrong_type", DISK.local_dir_no_folder({ localDir }), {
    path: localDir,
    expected: DISK.a_folder(),
    hint: DISK.move_or_correct(),
  });
}

function* kindsIn(root: string, folder: string, paths: string[]): Iterable<[string, Kind]> {
  const base = folder === "" ? root : `${root}/${folder}`;
  if (paths.length < LIST_FROM) {
    for (const path of paths) yield [path, kindOf(`${root}/${path}`)];
    return;
  }
  const there = new Map<string, Kind>();
  try {
    for (const item of Deno.readDirSync(base)) there.set(item.name, kindFrom(item));
  } catch (error) {
    throw diskError(error, base, DISK.list_the_folder());
  }
  const names = new FolderNames(there.keys());
  for (const path of paths) {
    const name = folder === "" ? path : path.slice(folder.length + 1);
    const kind = there.get(name);
    // The disk may treat an existing name in another spelling as this one.
    yield [path, kind ?? (names.mayFind(name) ? kindOf(`${root}/${path}`) : "missing")];
  }
}

function kindFrom(item: { isFile: boolean; isDirectory: boolean; isSymlink: boolean }): Kind {
  if (item.isSymlink) return "link";
  if (item.isDirectory) return "folder";
  return item.isFile ? "file" : "other";
}

function inTheWay(layout: Layout, blocking: string, kind: Kind, wanted: string): StoreError {
  const path = `${layout.localDir}/${blocking}`;
  const found = kind === "other" ? DISK.something_else() : `a ${kind}`;
  const expected = blocking === wanted ? DISK.a_file() : DISK.a_folder();
  const advice = kind === "link"
    ? DISK.no_links_below()
    : kind === "other"
    ? DISK.move_away({ path })
    : DISK.move_away_or_delete({ path });
  return new StoreError("wrong_type", DISK.cant_publish({ wanted, path, found }), {
    path,
    entry: wanted,
    expected,
    found,
    hint: DISK.advice_and_run({ advice }),
  });
}
