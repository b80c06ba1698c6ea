/**
 * Detects that a folder being written to was swapped for another one, or for a link.
 *
 * Guarantees: at two consecutive checks that pass, each folder, and each of its parents up to
 * `local_dir`, was the same real folder (device and inode). It doesn't detect a swap that is undone
 * between two checks: only the owner of a parent folder can do that, which is for the owner rule.
 *
 * @module
 */
import { StoreError } from "../../errors.ts";
import { diskError } from "../../fs/disk_error.ts";
import type { Layout } from "../layout.ts";
import { folderOf } from "./target_check.ts";
import { DISK } from "../../messages/disk.ts";

/** The folders of one dataset, as last seen. */
export class FolderWatch {
  readonly #layout: Layout;
  readonly #seen = new Map<string, string>();

  constructor(layout: Layout) {
    this.#layout = layout;
  }

  /**
   * Checks folders (relative to `local_dir`), their parents and staging. Throws StoreError
   * `wrong_type` if one isn't a folder, or isn't the folder that was there at the last check.
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
      throw diskError(error, path, DISK.look_at_the_folder_again());
    }
    const identity = `${info.dev}:${info.ino}`;
    const before = this.#seen.get(path);
    this.#seen.set(path, identity);
    if (info.isDirectory && (before === undefined || before === identity)) return;
    const found = info.isSymlink
      ? DISK.a_link()
      : info.isDirectory
      ? DISK.another_folder()
      : DISK.no_folder();
    throw new StoreError("wrong_type", DISK.was_swapped({ path }), {
      path,
      expected: "the folder that was there before",
      found,
      hint: DISK.find_out_who({ found }),
    });
  }
}
