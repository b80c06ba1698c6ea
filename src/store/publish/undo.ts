/**
 * Hard links to the files that a publish replaces, so that it can be rolled back.
 *
 * Guarantees: where {@linkcode Undo.complete}, every file that the publish replaces has a second
 * name in the work folder, and {@linkcode Undo.takeBack} restores each target, with one rename per
 * file, and moves the new files back to staging. Nothing is copied. Where the disk has no hard
 * links, or part of `local_dir` is on another file system, there is no undo, and `complete` is
 * false.
 *
 * @module
 */

import { join } from "node:path";
import { diskError } from "../../fs/disk_error.ts";
import { flushDirectory } from "../../fs/flush.ts";
import { replaceWithNew } from "../../fs/new_file.ts";
import { removeIfThere } from "../../fs/if_there.ts";
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
  readonly #folder: string;

  private constructor(layout: Layout, complete: boolean) {
    this.#layout = layout;
    this.#folder = folderOf(layout);
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
    const folder = folderOf(layout);
    removeAll(folder);
    if (moves.length === 0) return new Undo(layout, false);
    try {
      Deno.mkdirSync(folder, { mode: 0o700 });
    } catch (error) {
      throw diskError(error, folder, DISK.make_the_folder());
    }
    let complete = true;
    for (const [index, move] of moves.entries()) {
      const { path } = move;
      if (!options.there.has(path)) continue;
      const target = `${layout.localDir}/${path}`;
      try {
        if (complete) Deno.linkSync(target, join(folder, linkName(move, index)));
      } catch {
        checkReplaceable(layout, target);
        complete = false; // the disk has no hard links, or the kernel grants none to others' files
        removeAll(folder);
        break;
      }
    }
    if (complete) {
      const path = join(folder, COMPLETE);
      try {
        replaceWithNew(path).close();
      } catch (error) {
        throw diskError(error, path, DISK.write_the_file());
      }
      if (options.durable) await flushDirectory(folder);
    }
    return new Undo(layout, complete);
  }

  /** The links that a crashed run made. */
  static find(layout: Layout): Undo {
    return new Undo(layout, kindOf(join(folderOf(layout), COMPLETE)) === "file");
  }

  /** Restores every target. Safe to repeat after a crash. Throws StoreError. */
  takeBack(moves: readonly Move[], placed: ReadonlySet<Move>): void {
    for (const [index, move] of [...moves.entries()].reverse()) {
      const target = `${this.#layout.localDir}/${move.path}`;
      try {
        const old = join(this.#folder, linkName(move, index));
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

  /** Removes the links to the old files. */
  remove(): void {
    removeAll(this.#folder);
  }
}

/** The name of the link to the file that a move replaces; a staged tree's files have paths. */
function linkName({ staged }: Move, index: number): string {
  return staged.includes("/") ? String(index) : staged;
}

function folderOf(layout: Layout): string {
  return join(layout.work, "undo");
}

function removeAll(folder: string): void {
  removeIfThere({ path: folder, to: DISK.remove_what_is_done_with() }, { recursive: true });
}
