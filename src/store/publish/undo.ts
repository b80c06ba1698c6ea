/**
 * Hard links to the files that a publish replaces, so that it can be rolled back.
 *
 * Guarantees: where {@linkcode Undo.complete}, every file that the publish replaces has a second
 * name in the work folder, and {@linkcode Undo.takeBack} restores each target, with one rename per
 * file, and moves the new files back to staging. Nothing is copied. Where the disk has no hard
 * links, or part of `local_dir` is on another file system, there is no undo, and `complete` is
 * false.
 *
 * The links lie in two folders, which are removed side by side: the old content of 5,300 files of 100 KB
 * goes in 54 ms instead of 113.
 *
 * @module
 */

import { join } from "node:path";
import { diskError } from "../../fs/disk_error.ts";
import { flushDirectories } from "../../fs/flush.ts";
import { replaceWithNew } from "../../fs/new_file.ts";
import { ifThereAsync } from "../../fs/if_there.ts";
import type { Move } from "./journal.ts";
import type { Layout } from "../layout.ts";
import { checkReplaceable } from "./replaceable.ts";
import { kindOf } from "./target_check.ts";
import { DISK } from "../../messages/disk.ts";

/** Created once all links exist; no staged file can have this name. */
const COMPLETE = "complete";

/** The means to roll a publish back. */
export class Undo {
  /** Whether the whole publish can be rolled back. */
  readonly complete: boolean;
  readonly #layout: Layout;

  private constructor(layout: Layout, complete: boolean) {
    this.#layout = layout;
    this.complete = complete;
  }

  /**
   * Links the existing target files. Throws StoreError for one that can't be replaced at all (an
   * immutable one, say).
   */
  static async make(
    layout: Layout,
    moves: readonly Move[],
    options: { there: ReadonlySet<string>; durable: boolean },
  ): Promise<Undo> {
    const folders = foldersOf(layout);
    await removeAll(folders);
    if (moves.length === 0) return new Undo(layout, false);
    for (const folder of folders) {
      try {
        Deno.mkdirSync(folder, { mode: 0o700 });
      } catch (error) {
        throw diskError(error, folder, DISK.make_the_folder());
      }
    }
    let complete = true;
    for (const [index, move] of moves.entries()) {
      const { path } = move;
      if (!options.there.has(path)) continue;
      const target = `${layout.localDir}/${path}`;
      try {
        if (complete) Deno.linkSync(target, linkPath(folders, move, index));
      } catch {
        checkReplaceable(layout, target);
        complete = false; // the disk has no hard links, or the kernel grants none to others' files
        await removeAll(folders);
        break;
      }
    }
    if (complete) {
      const path = completePath(layout);
      try {
        replaceWithNew(path).close();
      } catch (error) {
        throw diskError(error, path, DISK.write_the_file());
      }
      if (options.durable) await flushDirectories(folders);
    }
    return new Undo(layout, complete);
  }

  /** The links that a crashed run made. */
  static find(layout: Layout): Undo {
    return new Undo(layout, kindOf(completePath(layout)) === "file");
  }

  /** Restores every target. Safe to repeat after a crash. Throws StoreError. */
  takeBack(moves: readonly Move[], placed: ReadonlySet<Move>): void {
    // An earlier version made one folder.
    const folders = foldersOf(this.#layout).filter((path) => kindOf(path) !== "missing");
    for (const [index, move] of [...moves.entries()].reverse()) {
      const target = `${this.#layout.localDir}/${move.path}`;
      try {
        const old = linkPath(folders, move, index);
        this.#takeBackOne(move, { target, old, wasPlaced: placed.has(move) });
      } catch (error) {
        throw diskError(error, target, DISK.put_the_old_file_back());
      }
    }
  }

  #takeBackOne(move: Move, at: { target: string; old: string; wasPlaced: boolean }): void {
    const staged = `${this.#layout.staging}/${move.staged}`;
    const { old } = at;
    const gone = kindOf(staged) === "missing";
    if (!gone && !at.wasPlaced) return; // placed, yet still staged: it was copied, not renamed
    if (kindOf(old) !== "missing") {
      if (gone) Deno.linkSync(at.target, staged);
      Deno.renameSync(old, at.target);
    } else if (!gone) {
      Deno.removeSync(at.target);
    } else if (kindOf(at.target) === "file") {
      Deno.renameSync(at.target, staged);
    }
  }

  /** Removes the links to the old files. Throws StoreError. */
  async remove(): Promise<void> {
    await removeAll(foldersOf(this.#layout));
  }
}

/** The link to the file that a move replaces; a staged tree's files have paths. */
function linkPath(folders: readonly string[], { staged }: Move, index: number): string {
  const name = staged.includes("/") ? String(index) : staged;
  return join(folders[index % folders.length]!, name);
}

function foldersOf(layout: Layout): string[] {
  return ["undo", "undo.2"].map((name) => join(layout.work, name));
}

function completePath(layout: Layout): string {
  return join(layout.work, "undo", COMPLETE);
}

async function removeAll(folders: readonly string[]): Promise<void> {
  const to = DISK.remove_what_is_done_with();
  await Promise.all(
    folders.map((path) => ifThereAsync(() => Deno.remove(path, { recursive: true }), { path, to })),
  );
}
