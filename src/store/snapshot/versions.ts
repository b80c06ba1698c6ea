/**
 * The versions of a dataset with `publish: snapshot`, and the link that says which one is live.
 *
 * Guarantees: the link changes in one rename, so a reader finds the old version or the new one. The
 * link is relative, so the parent folder can be moved as a whole.
 *
 * @module
 */

import { basename, dirname, join, relative } from "node:path";
import { StoreError } from "../../errors.ts";
import { diskError, errnoOf } from "../../fs/disk_error.ts";
import { flushDirectory } from "../../fs/flush.ts";
import {
  HeldFolders,
  removeAllInPlace,
  removeInPlace,
  renameInPlace,
} from "../../fs/held_folder.ts";
import { ifThere, removeIfThere } from "../../fs/if_there.ts";
import { replaceWithNew } from "../../fs/new_file.ts";
import { isVersionName, type Layout } from "../layout.ts";
import { kindOf } from "../publish/target_check.ts";
import { ownCommand } from "../../own_command.ts";
import { DISK } from "../../messages/disk.ts";

/** The ending of the mark of a version that may not have gone live yet. */
const MARK = ".next";

/**
 * The finished versions' names, oldest first, without one whose publish was cut off before it went
 * live. Throws StoreError.
 */
export function listVersions(layout: Layout): string[] {
  const all = new Set(listAll(layout));
  const live = liveVersion(layout);
  const wasLive = (name: string): boolean => name === live || !all.has(name + MARK);
  return [...all].filter((name) => isVersionName(name) && wasLive(name)).sort((a, b) => +a - +b);
}

/** The next version's name: higher than that of every existing version. */
export function nextVersion(layout: Layout): string {
  const last = Math.max(0, ...listAll(layout).filter(isVersionName).map(Number));
  return String(last + 1).padStart(6, "0");
}

/** Marks a version that is about to be finished and to go live; {@linkcode pruneVersions} unmarks it. */
export function markNext(layout: Layout, version: string): void {
  replaceWithNew(join(layout.versions, version + MARK), 0o600).close();
}

/** Removes what earlier publishes finished without going live. Throws StoreError. */
export function removeUnused(layout: Layout): void {
  // Asked again: what the layout knows may be older than the lock.
  const isLink = kindOf(layout.localDir) === "link";
  const live = isLink ? basename(Deno.readLinkSync(layout.localDir)) : undefined;
  for (const mark of listAll(layout).filter((name) => name.endsWith(MARK))) {
    const version = mark.slice(0, -MARK.length);
    if (version === live || !isVersionName(version)) continue;
    for (const path of [version, mark].map((name) => join(layout.versions, name))) {
      removeIfThere({ path, to: DISK.remove_what_is_done_with() }, { recursive: true });
    }
  }
}

/** Whether the publish of the live version was cut short after it went live. */
export function isUnfinished(layout: Layout): boolean {
  const live = liveVersion(layout);
  return live !== undefined && kindOf(join(layout.versions, live + MARK)) !== "missing";
}

/**
 * After a crash between the link and the manifest: puts the manifest of the live version in place.
 * Returns whether it was missing there. Throws StoreError.
 */
export async function finishLive(
  layout: Layout,
  { durable }: { durable: boolean },
): Promise<boolean> {
  if (!isUnfinished(layout)) return false;
  const live = liveVersion(layout)!;
  const isBehind = kindOf(layout.manifestNext) !== "missing";
  if (isBehind) await placeNext(layout, { durable });
  keepManifest(layout, live);
  const path = join(layout.versions, live + MARK);
  removeIfThere({ path, to: DISK.remove_what_is_done_with() });
  return isBehind;
}

/** Makes the manifest of the version that has just gone live the live one. Throws StoreError. */
export async function placeNext(layout: Layout, { durable }: { durable: boolean }): Promise<void> {
  try {
    renameInPlace(layout.manifestNext, layout.manifest);
  } catch (error) {
    throw diskError(error, layout.manifest, DISK.put_the_manifest_in_place());
  }
  if (durable) await flushDirectory(layout.work);
}

/** Makes `version` the live one. `local_dir` must be our link, missing, or an empty folder. */
export async function switchTo(
  layout: Layout,
  version: string,
  options: { durable: boolean },
): Promise<void> {
  const { localDir } = layout;
  const parent = dirname(localDir);
  const temporary = join(layout.work, "link.tmp");
  try {
    using held = new HeldFolders();
    await Deno.remove(held.at(temporary)).catch(() => {});
    Deno.symlinkSync(relative(parent, join(layout.versions, version)), held.at(temporary));
    if (kindOf(localDir) === "folder") removeEmptyFolder(localDir);
    Deno.renameSync(held.at(temporary), held.at(localDir));
  } catch (error) {
    throw diskError(error, localDir, DISK.switch_to_the_new_version());
  }
  if (options.durable) await flushDirectory(parent);
}

/** When a version was published, ms since the epoch. */
export function bornAt(version: string): number {
  const info = ifThere(() => Deno.lstatSync(version));
  return (info?.birthtime ?? info?.mtime)?.getTime() ?? 0;
}

/** Keeps a version's manifest with it, for whoever goes back to it. A disk without links does without. */
export function keepManifest(layout: Layout, version: string): void {
  try {
    Deno.mkdirSync(layout.manifests, { recursive: true, mode: 0o700 });
    removeIfThere({ path: join(layout.manifests, version), to: DISK.remove_an_older_record() });
    using held = new HeldFolders();
    Deno.linkSync(held.at(layout.manifest), held.at(join(layout.manifests, version)));
  } catch {
    // Without it, the sync after a rollback reads the files once.
  }
}

/**
 * Removes leftovers and old versions: keeps `versions`, namely the live one, the one that it replaced
 * (which readers have open, and which after a rollback is an old one) and the newest of the others, and
 * all that were published after `since` (ms since the epoch). `layout` is from before the switch.
 */
export async function pruneVersions(
  layout: Layout,
  live: string,
  { versions, since = Infinity }: { versions: number; since?: number },
): Promise<void> {
  const replaced = liveVersion(layout);
  const others = listVersions(layout).filter((name) => name !== live)
    .sort((a, b) => Number(a === replaced) - Number(b === replaced));
  const young = others.filter((name) => bornAt(join(layout.versions, name)) >= since);
  const newest = others.slice(Math.max(0, others.length - (versions - 1)));
  const kept = new Set([live, ...newest, ...young]);
  for (const name of listAll(layout)) {
    // The next publish retries what can't be removed now.
    if (!kept.has(name)) {
      // First: what is kept with a version would be found by nobody without it.
      await removeAllInPlace(join(layout.manifests, name)).catch(() => {});
      await removeAllInPlace(join(layout.versions, name)).catch(() => {});
    }
  }
}

/** The live version's name; `undefined` when `local_dir` isn't our link. */
export function liveVersion(layout: Layout): string | undefined {
  return layout.snapshot === undefined ? undefined : basename(layout.snapshot.current);
}

/** Removes a folder that must be empty. Throws StoreError `wrong_type` when it isn't. */
export function removeEmptyFolder(path: string): void {
  try {
    removeInPlace(path);
  } catch (error) {
    throw errnoOf(error) === "ENOTEMPTY" ? folderInTheWay(path) : error;
  }
}

/** Whether a folder is empty. */
export function isEmpty(path: string): boolean {
  for (const _ of Deno.readDirSync(path)) return false;
  return true;
}

/** The error for a folder with files where the link to a version should be. */
export function folderInTheWay(path: string): StoreError {
  return new StoreError("wrong_type", DISK.folder_for_link({ path }), {
    path,
    expected: "a link, an empty folder or nothing",
    found: "a folder with files",
    hint: DISK.turn_into_snapshot({ command: ownCommand("convert NAME") }),
  });
}

function listAll(layout: Layout): string[] {
  const path = layout.versions;
  const items = ifThere(() => [...Deno.readDirSync(path)], { path, to: DISK.list_the_versions() });
  return (items ?? []).map(({ name }) => name);
}
