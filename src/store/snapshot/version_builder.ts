/**
 * Builds a new version of a snapshot out of hard links.
 *
 * Guarantees: no file is written to; anything that can't be hard-linked, or copied as a symbolic
 * link, is an error that names it (where `odd_names.ts` finds it, also what has a name that the runtime
 * leaves out). Nothing is taken from where a link leads that somebody puts in a folder's place
 * meanwhile, nor linked there (`held_folder.ts`). The caller flushes the folders.
 *
 * @module
 */

import { join, resolve } from "node:path";
import { setImmediate } from "node:timers/promises";
import { StoreError } from "../../errors.ts";
import { orElse } from "../../or_else.ts";
import { alikeKey } from "../../fs/alike.ts";
import type { HeldFolders } from "../../fs/held_folder.ts";
import { diskError } from "../../fs/disk_error.ts";
import { oddNames } from "../../fs/odd_names.ts";
import { setOwnMode } from "../../fs/own_file.ts";
import { folderOf, kindOf } from "../publish/target_check.ts";
import { DISK } from "../../messages/disk.ts";
import { modeOf } from "./snapshot_ability.ts";

/** Links between yields to the event loop. */
const BATCH = 512;

/** Builds a version; records its folders, so that they can be flushed. */
export class VersionBuilder {
  readonly #root: string;
  readonly #held: HeldFolders;
  readonly #made = new Set<string>([""]);
  /** The keys of the linked paths. */
  readonly #paths = new Set<string>();
  #linked = 0;
  /** The version that this one is based on. */
  #from: string | undefined;

  /** `root` and what it is built from have no links above them. */
  constructor(root: string, held: HeldFolders) {
    this.#root = root;
    this.#held = held;
  }

  /** All folders of the version, absolute. */
  get folders(): string[] {
    return [...this.#made].map((folder) => folder === "" ? this.#root : `${this.#root}/${folder}`);
  }

  /**
   * Links everything in an older version except `leaveOut`; a folder left empty by that isn't made.
   */
  async carryOver(from: string, leaveOut: Set<string>): Promise<void> {
    await refuseOddNames(from);
    this.#from = from;
    this.#copyMode("");
    const folders = [""];
    while (folders.length > 0) {
      const folder = folders.pop()!;
      let isEmpty = true;
      for (const item of [...Deno.readDirSync(this.#held.of(resolve(from, folder)))]) {
        isEmpty = false;
        const path = folder + item.name;
        if (item.isDirectory) folders.push(`${path}/`);
        else if (leaveOut.has(path)) continue;
        else if (item.isSymlink) this.#copyLink(from, path);
        else if (item.isFile) await this.link(`${from}/${path}`, path);
        else throw cantCarryOver(`${from}/${path}`);
      }
      // A folder that was already empty is the user's.
      if (isEmpty) this.#make(folder.slice(0, -1));
    }
  }

  /**
   * Hard-links the file `source` as `path` in the version; with `over`, replaces a file whose name
   * in another spelling the disk treats as the same.
   */
  async link(source: string, path: string, { over = false } = {}): Promise<void> {
    this.#make(folderOf(path));
    const target = `${this.#root}/${path}`;
    try {
      if (over && this.#isAlias(path)) Deno.removeSync(this.#held.at(target));
      Deno.linkSync(this.#held.at(source), this.#held.at(target));
    } catch (error) {
      throw diskError(error, source, DISK.link_the_file_into_the_new());
    }
    this.#paths.add(alikeKey(path));
    if (++this.#linked % BATCH === 0) await setImmediate();
  }

  #isAlias(path: string): boolean {
    return this.#paths.has(alikeKey(path)) && kindOf(`${this.#root}/${path}`) !== "missing";
  }

  #copyLink(from: string, path: string): void {
    this.#make(folderOf(path));
    try {
      const words = Deno.readLinkSync(this.#held.at(`${from}/${path}`));
      Deno.symlinkSync(words, this.#held.at(`${this.#root}/${path}`));
    } catch (error) {
      throw diskError(error, `${from}/${path}`, DISK.copy_the_link_into_the_new());
    }
  }

  #make(folder: string): void {
    if (this.#made.has(folder)) return;
    this.#make(folderOf(folder));
    try {
      Deno.mkdirSync(this.#held.at(`${this.#root}/${folder}`));
    } catch (error) {
      throw diskError(error, `${this.#root}/${folder}`, DISK.make_the_folder());
    }
    this.#made.add(folder);
    this.#copyMode(folder);
  }

  /** A folder whose group or mode somebody changed (private, or for a team) keeps them in each version. */
  #copyMode(folder: string): void {
    const made = folder === "" ? this.#root : `${this.#root}/${folder}`;
    if (this.#from === undefined) return;
    const path = join(this.#from, folder);
    if (kindOf(path) !== "folder") return; // it is new
    const old = this.#held.at(path);
    const before = modeOf(old);
    if (before === undefined) return;
    const place = this.#held.at(made);
    copyGroup(old, place);
    if (before !== modeOf(place)) setOwnMode(made, before, { place });
  }
}

/** Copies a folder's group, where this user may: root, and members of it. */
function copyGroup(from: string, to: string): void {
  const { gid } = Deno.lstatSync(from);
  if (gid === Deno.lstatSync(to).gid) return;
  orElse(() => Deno.chownSync(to, null, gid), undefined);
}

/** Refuses a folder with names that aren't UTF-8, which would be lost. Throws StoreError. */
export async function refuseOddNames(folder: string): Promise<void> {
  const [first, ...others] = await oddNames(folder);
  if (first === undefined) return;
  const { word: name } = first;
  throw new StoreError("wrong_type", DISK.odd_name({ folder, name, count: others.length + 1 }), {
    path: `${folder}/${first.path}`,
    expected: "a name in UTF-8",
    hint: DISK.rename_or_move_out(),
  });
}

/** The error for a device, a socket or a pipe among the data. */
export function cantCarryOver(path: string): StoreError {
  return new StoreError("wrong_type", DISK.neither({ path }), {
    path,
    expected: "a file, a folder or a link",
    hint: DISK.move_out(),
  });
}
