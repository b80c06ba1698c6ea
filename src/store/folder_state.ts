/**
 * What a data folder holds, judged by names, sizes and times: whether it holds any file, which of the
 * wanted files exist, and how many differ from the manifest. No data file is read (`verify` does that),
 * so 5,600 files take 0.1 s.
 *
 * Guarantees: `folderLooksFilled()` stops at the folder with the first file, so it costs little on any
 * tree. A folder that this user can't list, or whose files can't be reached, is an error at once and not
 * only when there is news. It looks at that folder and the topmost one, and doesn't say that the files
 * are the right ones. `Presence` finds an existing file, unless it appears during the search; also under
 * another spelling that the disk treats as the same name. Links aren't followed.
 *
 * @module
 */
import { dirname } from "node:path";
import { StoreError } from "../errors.ts";
import { FolderNames } from "../fs/alike.ts";
import { diskError, errnoOf } from "../fs/disk_error.ts";
import { ifThere, lookAt } from "../fs/if_there.ts";
import { DISK } from "../messages/disk.ts";
import { orElse } from "../or_else.ts";
import { openFolder } from "../plain_file.ts";
import { isSafePath } from "../safe_path.ts";
import { shellWord } from "../shell_word.ts";
import { INSIDE_NAME, type Layout } from "./layout.ts";
import type { Manifest } from "./manifest.ts";
import { folderOf } from "./publish/target_check.ts";

/**
 * Whether the data folder exists and contains at least one file; `likely` is one that may be there,
 * which is cheaper to find than to list a folder of thousands. Throws StoreError.
 */
export function folderLooksFilled(layout: Layout, likely?: string): boolean {
  const { localDir } = layout;
  if (likely !== undefined && isSafePath(likely) && isFile(`${localDir}/${likely}`)) {
    for (const folder of new Set([localDir, dirname(`${localDir}/${likely}`)])) {
      checkListable(folder);
    }
    return true;
  }
  const folders = [localDir];
  while (folders.length > 0) {
    const folder = folders.pop()!;
    const hasFile = (): boolean => {
      for (const item of Deno.readDirSync(folder)) {
        if (folder === localDir && item.name === INSIDE_NAME) continue;
        if (item.isFile && isFile(`${folder}/${item.name}`)) return true;
        if (item.isDirectory) folders.push(`${folder}/${item.name}`);
      }
      return false;
    };
    try {
      if (ifThere(hasFile)) return true;
    } catch (error) {
      throw unreadable(error, folder);
    }
  }
  return false;
}

/** Opening it takes the permission that listing it takes, and reads none of its names. */
function checkListable(folder: string): void {
  try {
    openFolder(folder).close();
  } catch (error) {
    throw unreadable(error, folder);
  }
}

function isFile(path: string): boolean {
  try {
    return Deno.lstatSync(path).isFile;
  } catch (error) {
    if (errnoOf(error) === "EACCES") throw unreadable(error, dirname(path));
    return false;
  }
}

/** The owner can put the folder's own permissions right. */
function unreadable(error: unknown, folder: string): StoreError {
  const found = diskError(error, folder, DISK.list_the_folder());
  if (errnoOf(error) !== "EACCES" || error instanceof StoreError) return found;
  const owner = ifOwner(folder);
  if (!owner) return found;
  const command = `chmod u+rwx ${shellWord(folder)}`;
  return new StoreError(found.code, found.message, {
    ...found.evidence,
    hint: DISK.permit_folder({ command }),
  });
}

function ifOwner(folder: string): boolean {
  // a folder above it is in the way
  return orElse(() => Deno.statSync(folder).uid === Deno.uid(), false);
}

/** From this many wanted files, the folder is listed; below, each file is looked up. */
const LIST_FROM = 8;

/**
 * Looks up the wanted files below a folder, many of one folder by its listing: each missing file would
 * be an exception in the runtime, and 5,400 of those took 80 ms of every first sync.
 */
export class Presence {
  readonly #root: string;
  readonly #rootIsThere: boolean;
  readonly #wanted = new Map<string, number>();
  readonly #names = new Map<string, FolderNames>();

  /** `paths` are the paths to look up, `/` between the parts. Throws StoreError. */
  constructor(root: string, paths: Iterable<string>) {
    this.#root = root;
    // Followed: it may be this program's link to a version.
    this.#rootIsThere = lookAt(root, Deno.statSync)?.isDirectory === true;
    for (const path of paths) {
      const folder = folderOf(path);
      this.#wanted.set(folder, (this.#wanted.get(folder) ?? 0) + 1);
    }
  }

  /**
   * The regular file at a path, which may be likely to be there; `undefined` if there is none. Throws
   * StoreError.
   */
  stat(path: string, isLikely = false): Deno.FileInfo | undefined {
    if (!this.#rootIsThere) return undefined;
    const folder = folderOf(path);
    if (!isLikely && (this.#wanted.get(folder) ?? 0) >= LIST_FROM) {
      const name = folder === "" ? path : path.slice(folder.length + 1);
      if (!this.#namesIn(folder).mayFind(name)) return undefined;
    }
    const info = lookAt(`${this.#root}/${path}`, Deno.lstatSync);
    return info?.isFile ? info : undefined;
  }

  #namesIn(folder: string): FolderNames {
    let names = this.#names.get(folder);
    if (names !== undefined) return names;
    const path = folder === "" ? this.#root : `${this.#root}/${folder}`;
    names = new FolderNames(
      lookAt(path, (path) => [...Deno.readDirSync(path)].map(({ name }) => name)) ?? [],
    );
    this.#names.set(folder, names);
    return names;
  }
}

/** How many files aren't as a manifest has them, by size and mtime. Throws StoreError. */
export function countDiffering(localDir: string, manifest: Manifest): number {
  const files = [...manifest.entries()];
  const presence = new Presence(localDir, files.map(([path]) => path));
  return files.filter(([path, { size, mtimeMs }]) => {
    const info = presence.stat(path);
    return info?.size !== size || info.mtime?.getTime() !== mtimeMs;
  }).length;
}
