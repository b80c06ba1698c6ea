/**
 * What has to go before a publish can place its files: a file where a folder has to be, and all files
 * of a folder where a file has to be.
 *
 * Guarantees: only files that the publish removes anyway, and that are as the last sync left them,
 * make way; a folder does only if nothing else is in it. Removing them is safe to repeat after a
 * crash. What was removed can be put back where the publish has a whole `Undo`. Until the new files
 * are placed, a moment later, a reader finds neither: for readers who mind that there are snapshots.
 *
 * @module
 */
import { ifThere } from "../../fs/if_there.ts";
import { DISK } from "../../messages/disk.ts";
import type { Layout } from "../layout.ts";
import type { PublishJournal, Removal } from "./journal.ts";
import { type RemovalReport, removeEmpty, removeFiles, stateOf } from "./removal.ts";
import { folderOf, kindOf } from "./target_check.ts";

/** The removals that make way for a publish's moves. */
export class Clearing {
  /** Always the same ones, in the same order, for the same journal. */
  readonly removals: readonly Removal[];
  /** The publish's other removals. */
  readonly others: readonly Removal[];
  readonly #layout: Layout;
  readonly #byPath: Map<string, Removal>;
  /** The folders of those files that a new file takes the place of, or of one above. */
  readonly #folders = new Set<string>();

  constructor(layout: Layout, { moves, deletes }: Omit<PublishJournal, "kind">) {
    this.#layout = layout;
    this.removals = deletes.length === 0 ? [] : this.#find(moves, deletes);
    const making = new Set(this.removals);
    this.others = deletes.filter((removal) => !making.has(removal));
    this.#byPath = new Map(this.removals.map((removal) => [removal.path, removal]));
  }

  /** Whether what is at `path` below the data's folder goes. Throws StoreError. */
  readonly clears = (path: string): boolean => {
    const { localDir } = this.#layout;
    const removal = this.#byPath.get(path);
    if (removal !== undefined) return stateOf(`${localDir}/${path}`, removal) === "as_described";
    if (!this.#folders.has(path)) return false;
    const folder = `${localDir}/${path}`;
    const attempt = { path: folder, to: DISK.list_the_folder() };
    const items = ifThere(() => [...Deno.readDirSync(folder)], attempt) ?? [];
    return items.every(({ name }) => this.clears(`${path}/${name}`));
  };

  /**
   * Removes the files, and the folders that files take the place of. What somebody changed meanwhile
   * is in the way still: the publish fails there. Throws StoreError.
   */
  run(): RemovalReport {
    const goes = (folder: string): boolean => this.#folders.has(folder);
    const report = removeFiles(this.#layout, this.removals, { goes });
    // A crash may have come between a folder and the one above.
    for (const { path } of this.removals) removeEmpty(this.#layout, folderOf(path), goes);
    // One that went with a later one may be a file soon.
    const isLeft = (folder: string) => kindOf(`${this.#layout.localDir}/${folder}`) === "folder";
    return { ...report, kept: [], touched: new Set([...report.touched].filter(isLeft)) };
  }

  #find(moves: PublishJournal["moves"], deletes: readonly Removal[]): Removal[] {
    const files = new Set(moves.map(({ path }) => path));
    const folders = new Set<string>();
    for (const { path } of moves) {
      for (let at = folderOf(path); at !== "" && !folders.has(at); at = folderOf(at)) {
        folders.add(at);
      }
    }
    return deletes.filter(({ path }) => {
      const above: string[] = [];
      for (let at = folderOf(path); at !== ""; at = folderOf(at)) {
        above.push(at);
        if (!files.has(at)) continue;
        for (const folder of above) this.#folders.add(folder);
        return true;
      }
      return folders.has(path);
    });
  }
}
