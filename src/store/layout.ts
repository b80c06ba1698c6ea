/**
 * The paths of everything that belongs to one dataset.
 *
 * Guarantees: two configurations that reach the same folder by different paths share one work
 * folder (and so one lock). The work folder lies beside the data, or inside it only where nothing
 * else works, and then no name in it has the extension of a data file. {@linkcode resolveLayout}
 * changes nothing. It doesn't guard against somebody moving folders while a run works in them.
 *
 * @module
 */

import { makeFolder } from "../fs/make_folder.ts";
import { createHash } from "node:crypto";
import { basename, dirname, join, resolve } from "node:path";
import { StoreError } from "../errors.ts";
import { beginningOf, NAME_MAX, removeLeftovers, temporaryNameFor } from "../fs/atomic_write.ts";
import { diskError, errnoOf } from "../fs/disk_error.ts";
import { ifThereAsync } from "../fs/if_there.ts";
import { MAX_LINKS } from "../fs/own_file.ts";
import { makeAmong, makePrivate } from "./private_folder.ts";
import { type JudgedLink, judgedLink, realOf } from "../fs/strangers_links.ts";
import { DISK } from "../messages/disk.ts";

/** A `local_dir` that is this program's link to a version (`publish: snapshot`). */
interface SnapshotLink {
  /** The link's path; the same as the layout's `localDir`. */
  link: string;
  /** The folder that it leads to; it may be missing after a crash or a user's `rm`. */
  current: string;
}

/** The paths of one dataset, all absolute. */
export interface Layout {
  /** The folder with the data; with a snapshot the link to it. */
  localDir: string;
  /** The folder for everything that isn't data. */
  work: string;
  /** Whether `work` lies inside `localDir`. */
  inside: boolean;
  lock: string;
  /** The package's bytes received so far. */
  partial: string;
  /** Which bytes of the partial are there. */
  partialMap: string;
  /** The folder of verified files that aren't live yet. */
  staging: string;
  /** What lets a publish or a conversion finish after a crash. */
  journal: string;
  manifest: string;
  /** The manifest that a running publish will put in place. */
  manifestNext: string;
  /** The symbols of entries' last blocks, remembered from earlier runs. */
  symbols: string;
  /** The midstates from which hashes of growing files are resumed, remembered from earlier runs. */
  midstates: string;
  /** The folder of patches being downloaded. */
  patches: string;
  /** How hubs answered ranges, remembered from earlier runs. */
  hubs: string;
  /** What is recorded about the package, where it comes from an address of its own. */
  taken: string;
  /** Which package was rejected, and why. */
  rejected: string;
  /** The lists of what changed that wait to be collected; missing = they aren't kept. */
  changes: string;
  /** The list of a publish that is under way. */
  changesNext: string;
  /** The folder of versions, with `publish: snapshot`. */
  versions: string;
  /** The manifests of those versions, by name. */
  manifests: string;
  /** Names the version that is to stay live. */
  pin: string;
  snapshot?: SnapshotLink;
}

/** The work folder's name inside the data; a folder of this name is never descended into. */
export const INSIDE_NAME = ".datahubsync";

/**
 * Finds the paths for `localDir`; neither it nor the folders above it need to exist. Throws
 * StoreError `wrong_type` when something other than a folder is in the way.
 */
export async function resolveLayout(localDir: string): Promise<Layout> {
  const { path, current } = await followLinks(localDir);
  const beside = join(dirname(path), workName(basename(path)));
  const inside = current === undefined && await mustLieInside(path, beside);
  const work = inside ? join(path, INSIDE_NAME) : beside;
  return {
    localDir: path,
    work,
    inside,
    lock: join(work, "lock"),
    partial: join(work, "partial"),
    partialMap: join(work, "partial.map"),
    staging: join(work, "staging"),
    journal: join(work, "journal"),
    manifest: join(work, "manifest"),
    manifestNext: join(work, "manifest.next"),
    symbols: join(work, "symbols"),
    midstates: join(work, "midstates"),
    patches: join(work, "patches"),
    hubs: join(work, "hubs"),
    taken: join(work, "taken"),
    rejected: join(work, "rejected"),
    changes: join(work, "changes"),
    changesNext: join(work, "changes.next"),
    versions: join(work, "versions"),
    manifests: join(work, "manifests"),
    pin: join(work, "pin"),
    ...(current === undefined ? {} : { snapshot: { link: path, current } }),
  };
}

/**
 * Makes the work folder (for its owner only), the staging folder and the folders above them. The
 * data's folder itself is made by the publish. Throws StoreError.
 */
export async function ensureLayout(layout: Layout): Promise<void> {
  await ensureWork(layout);
  try {
    await makeAmong(layout.snapshot?.current ?? layout.localDir, layout.staging);
  } catch (error) {
    throw diskError(error, layout.work, DISK.make_the_work_folder());
  }
}

/** Makes the work folder alone, for who stages nothing. Throws StoreError. */
export async function ensureWork(layout: Layout): Promise<void> {
  try {
    makeFolder(dirname(layout.work));
    await makePrivate(layout.work);
  } catch (error) {
    throw diskError(error, layout.work, DISK.make_the_work_folder());
  }
}

/** The work folder's name for a data folder's name; of names that are too long no two share one. */
function workName(name: string): string {
  const most = NAME_MAX - "..datahubsync".length;
  if (new TextEncoder().encode(name).length <= most) return `.${name}.datahubsync`;
  const rest = `~${createHash("sha256").update(name).digest("hex").slice(0, 16)}`;
  return `.${beginningOf(name, most - rest.length)}${rest}.datahubsync`;
}

/**
 * Follows a `local_dir` that is a link, hop by hop, and stops at this program's own link into its
 * versions: that link is where the data belongs. Any other link only leads there.
 */
async function followLinks(localDir: string): Promise<{ path: string; current?: string }> {
  let path = inRealParent(resolve(localDir));
  const followed: JudgedLink[] = [];
  for (let hop = 0; hop < MAX_LINKS; hop++) {
    const info = await lstatOrNone(path);
    if (info === undefined || info.isDirectory) {
      for (const link of followed) link.mayLeadTo(path);
      return { path };
    }
    if (!info.isSymlink) {
      throw new StoreError("wrong_type", DISK.local_dir_is_file({ path }), {
        path,
        expected: "a folder",
        found: "a file",
        hint: DISK.correct_local_dir(),
      });
    }
    const link = judgedLink(path);
    const target = resolve(link.target);
    const versions = join(dirname(path), workName(basename(path)), "versions");
    if (dirname(target) === versions) {
      for (const before of followed) before.mayLeadTo(path);
      return { path, current: target };
    }
    followed.push(link);
    path = inRealParent(link.target);
  }
  throw new StoreError("wrong_type", DISK.local_dir_loop({ localDir }), {
    path: localDir,
    hint: DISK.look_with_ls(),
  });
}

/** The same path with the links above it resolved. */
function inRealParent(path: string): string {
  const [parent, name] = [dirname(path), basename(path)];
  try {
    // What ends so has no name of its own.
    return ["", ".", ".."].includes(name) ? realOf(path) : join(realOf(parent), name);
  } catch (error) {
    throw diskError(error, parent, DISK.find_the_folder_above_local_dir());
  }
}

async function mustLieInside(localDir: string, beside: string): Promise<boolean> {
  if (await lstatOrNone(localDir) === undefined) return false;
  const parent = dirname(localDir);
  if (parent === localDir || isOtherMount(localDir, parent)) return true;
  if (await lstatOrNone(beside) !== undefined) return false;
  if (await lstatOrNone(join(localDir, INSIDE_NAME)) !== undefined) return true;
  return !(await canMakeFolderIn(parent));
}

/**
 * Whether a rename between the two would fail. Device numbers can't say (bind mounts share them),
 * so this renames a name that doesn't exist: the kernel compares the mounts first, then checks
 * write permission, and only then looks up the name. Nothing is changed.
 */
function isOtherMount(localDir: string, parent: string): boolean {
  const name = `.${crypto.randomUUID()}.tmp`;
  try {
    Deno.renameSync(join(localDir, name), join(parent, name));
    return false;
  } catch (error) {
    return ["EXDEV", "EROFS"].includes(errnoOf(error) ?? "");
  }
}

/**
 * Makes a folder and removes it: mode bits alone say nothing about access lists and mounts. Uses a
 * temporary name, because another run may already be using the work folder's.
 */
async function canMakeFolderIn(parent: string): Promise<boolean> {
  const path = temporaryNameFor(join(parent, "datahubsync"));
  try {
    await Deno.mkdir(path, { mode: 0o700 });
  } catch {
    return false;
  }
  await Deno.remove(path).catch(() => {});
  // And those of killed runs; one that another run has just made has done its work, too.
  await removeLeftovers(parent, ["datahubsync"]);
  return true;
}

async function lstatOrNone(path: string): Promise<Deno.FileInfo | undefined> {
  return await ifThereAsync(() => Deno.lstat(path), { path, to: DISK.look_at_the_folder() });
}

/**
 * Whether a name is that of a finished version. Anything else in the folder of versions is a
 * leftover. Digits only, so that no name can lead elsewhere.
 */
export function isVersionName(name: string): boolean {
  return /^\d{6,15}$/.test(name);
}
