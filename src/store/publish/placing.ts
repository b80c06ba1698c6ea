/**
 * Moves staged files into place, one rename per file.
 *
 * Guarantees: a reader sees each file old or new, whole. Where a rename leads to another file
 * system (a mount below `local_dir`, another project's folder), the file is copied beside its
 * target, under a hidden name, flushed, and renamed there. Nothing is renamed to where a link leads
 * that somebody puts in a folder's place meanwhile (`held_folder.ts` says where the kernel can't tell);
 * a folder that is swapped is detected after at most {@linkcode BATCH} renames, and stops everything
 * with an error.
 *
 * @module
 */

import { basename, dirname } from "node:path";
import { setImmediate } from "node:timers/promises";
import type { StoreError } from "../../errors.ts";
import { removeLeftovers, temporaryNameFor } from "../../fs/atomic_write.ts";
import { diskError, errnoOf } from "../../fs/disk_error.ts";
import { flushAll } from "../../fs/flush.ts";
import { HeldFolders, renameInPlace } from "../../fs/held_folder.ts";
import { copyToNew } from "../../fs/new_file.ts";
import { FolderWatch } from "./folder_watch.ts";
import type { Move } from "./journal.ts";
import type { Layout } from "../layout.ts";
import { errorWithRemedy } from "./replaceable.ts";
import { folderOf } from "./target_check.ts";
import { DISK } from "../../messages/disk.ts";

/** What became of the files. */
export interface Placing {
  placed: Set<Move>;
  /** Those that stay staged, with the reason. */
  failed: Map<Move, StoreError>;
  /** The folders made, relative to `local_dir`, parents first. */
  made: string[];
}

/** Options for placing files. */
interface PlaceOptions {
  /** Whether to stop at the first failure. */
  stopAtFirst: boolean;
  durable: boolean;
}

/**
 * Renames between yields to the event loop. Measured on ext4: 5,400 new names take 0.05 to 0.09 s;
 * over existing files 0.4 s and more, since each frees an old file, and threads don't help.
 */
const BATCH = 512;

/** Makes the folders that the moves need. Fills `placing`. */
export function makeFolders(layout: Layout, moves: readonly Move[], placing: Placing): void {
  const reasons = new Map<string, StoreError | undefined>();
  using held = new HeldFolders();
  const make = (folder: string): StoreError | undefined => {
    if (reasons.has(folder)) return reasons.get(folder);
    const reason = (folder === "" ? undefined : make(folderOf(folder))) ??
      makeOne(layout, folder, { placing, held });
    reasons.set(folder, reason);
    return reason;
  };
  make("");
  for (const move of moves) {
    const reason = make(folderOf(move.path));
    if (reason !== undefined) placing.failed.set(move, reason);
  }
}

function makeOne(
  layout: Layout,
  folder: string,
  { placing, held }: { placing: Placing; held: HeldFolders },
): StoreError | undefined {
  const path = inFolder(layout, folder);
  try {
    Deno.mkdirSync(held.at(path));
    placing.made.push(folder);
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) {
      return diskError(error, path, DISK.make_the_folder());
    }
    // Whoever made it may have died before its name was flushed.
    if (folder === "") placing.made.push(folder);
  }
  return undefined;
}

/** Places the files that haven't failed yet. Fills `placing`. */
export async function placeAll(
  layout: Layout,
  moves: readonly Move[],
  placing: Placing,
  options: PlaceOptions & { atHalf: () => void },
): Promise<void> {
  const half = Math.floor(moves.length / 2);
  const watch = new FolderWatch(layout);
  const foldersFrom = (index: number): Set<string> =>
    new Set(
      moves.slice(index, index + BATCH).filter((move) => !placing.failed.has(move))
        .map((move) => folderOf(move.path)),
    );
  let folders = new Set<string>();
  using held = new HeldFolders();
  for (const [index, move] of moves.entries()) {
    if (index % BATCH === 0) {
      if (index > 0) await setImmediate();
      watch.look(folders);
      folders = foldersFrom(index);
      watch.look(folders);
    }
    if (index === half) options.atHalf();
    if (placing.failed.has(move)) continue;
    const target = inFolder(layout, move.path);
    try {
      const staged = `${layout.staging}/${move.staged}`;
      const isPlaced = place(held.at(staged), held.at(target));
      if (!isPlaced) await placeCopy(staged, target, options.durable);
      placing.placed.add(move);
    } catch (error) {
      placing.failed.set(move, errorWithRemedy(error, target, DISK.put_the_file_in_place()));
      watch.look(folders);
      if (options.stopAtFirst) return;
    }
  }
  if (moves.length > 0) watch.look(folders);
  if (moves.length === 0) options.atHalf();
}

/** Renames a file; `false` = that would lead to another file system. */
function place(staged: string, target: string): boolean {
  try {
    Deno.renameSync(staged, target);
    return true;
  } catch (error) {
    if (errnoOf(error) !== "EXDEV") throw error;
    return false;
  }
}

async function placeCopy(staged: string, target: string, durable: boolean): Promise<void> {
  await removeLeftovers(dirname(target), [basename(target)]);
  const beside = temporaryNameFor(target);
  try {
    await copyToNew(staged, beside);
    if (durable) await flushAll([beside]);
    renameInPlace(beside, target);
  } catch (error) {
    await Deno.remove(beside).catch(() => {});
    throw error;
  }
}

/** A path below `local_dir`, absolute and without our own link to a version. */
export function inFolder({ localDir, snapshot }: Layout, path: string): string {
  return path === "" ? localDir : `${snapshot?.current ?? localDir}/${path}`;
}
