/**
 * Notices that a folder in which files are put was swapped for another one, or for a link.
 *
 * Guarantees: between two looks that pass, each folder was the same real folder (device and inode) at
 * both, and so were all above it up to `local_dir`. A swap that is taken back between two looks isn't
 * noticed: who may do that owns a folder above, and is the owner rule's concern.
 *
 * @module
 */
import { StoreError } from "../errors.ts";
import { diskError } from "../fs/disk_error.ts";
import type { Layout } from "./layout.ts";
import { folderOf } from "./target_check.ts";

/** What is known of one dataset's folders. */
export class FolderWatch {
  readonly #layout: Layout;
  readonly #seen = new Map<string, string>();

  constructor(layout: Layout) {
    this.#layout = layout;
  }

  /**
   * Looks at folders, named below `local_dir`, at all above them and at staging. Throws StoreError
   * `wrong_type` for one that is no folder, or isn't the one that was there at the last look.
   */
  look(folders: Iterable<string>): void {
    const { staging, localDir } = this.#layout;
    this.#compare(staging, Deno.lstatSync);
    // Followed: with a snapshot it is our link.
    this.#compare(localDir, Deno.statSync);
    const looked = new Set([""]);
    for (const folder of folders) {
      for (let at = folder; !looked.has(at); at = folderOf(at)) {
        looked.add(at);
        this.#compare(`${localDir}/${at}`, Deno.lstatSync);
      }
    }
  }

  #compare(path: string, look: (path: string) => Deno.FileInfo): void {
    let info: Deno.FileInfo;
    try {
      info = look(path);
    } catch (error) {
      throw diskError(error, path, "look at the folder again");
    }
    const identity = `${info.dev}:${info.ino}`;
    const before = this.#seen.get(path);
    this.#seen.set(path, identity);
    if (info.isDirectory && (before === undefined || before === identity)) return;
    const found = info.isSymlink ? "a link" : info.isDirectory ? "another folder" : "no folder";
    throw new StoreError("wrong_type", `${path} was swapped while files were put there`, {
      path,
      expected: "the folder that was there before",
      found,
      hint: `find out who did it (\`ls -ld\`), remove ${found} and run again; ` +
        "files of this dataset may lie where it leads",
    });
  }
}
