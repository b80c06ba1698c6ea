/**
 * Which files are there, asked for folder by folder. A file that isn't there is an error to the
 * runtime, and making 5,400 of those took 80 ms of every first sync.
 *
 * Guarantees: a file that is there is found, unless it came while we looked; also by another spelling
 * that the disk takes for the same name. Links aren't followed.
 *
 * @module
 */
import { FolderNames } from "../fs/alike.ts";
import { diskError } from "../fs/disk_error.ts";

/** From this many wanted files on, a folder is listed; below it each file is asked for. */
const LIST_FROM = 8;

/** Looks at the wanted files below a folder. */
export class Presence {
  readonly #root: string;
  readonly #rootIsThere: boolean;
  readonly #wanted = new Map<string, number>();
  readonly #names = new Map<string, FolderNames>();

  /** `paths` are what will be asked for, `/` between their parts. Throws StoreError. */
  constructor(root: string, paths: Iterable<string>) {
    this.#root = root;
    // Followed: it may be our link to a version.
    this.#rootIsThere = look(root, Deno.statSync)?.isDirectory === true;
    for (const path of paths) {
      const folder = folderOf(path);
      this.#wanted.set(folder, (this.#wanted.get(folder) ?? 0) + 1);
    }
  }

  /** The plain file at a path; `undefined` when there is none. Throws StoreError. */
  stat(path: string): Deno.FileInfo | undefined {
    if (!this.#rootIsThere) return undefined;
    const folder = folderOf(path);
    if ((this.#wanted.get(folder) ?? 0) >= LIST_FROM) {
      const name = folder === "" ? path : path.slice(folder.length + 1);
      if (!this.#namesIn(folder).mayFind(name)) return undefined;
    }
    const info = look(`${this.#root}/${path}`, Deno.lstatSync);
    return info?.isFile ? info : undefined;
  }

  #namesIn(folder: string): FolderNames {
    let names = this.#names.get(folder);
    if (names !== undefined) return names;
    const path = folder === "" ? this.#root : `${this.#root}/${folder}`;
    names = new FolderNames(
      look(path, (path) => [...Deno.readDirSync(path)].map(({ name }) => name)) ?? [],
    );
    this.#names.set(folder, names);
    return names;
  }
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf("/"), 0));
}

/** What is asked for, or `undefined` where there is nothing. */
function look<T>(path: string, ask: (path: string) => T): T | undefined {
  try {
    return ask(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    if (error instanceof Deno.errors.NotADirectory) return undefined; // the publish will say it
    throw diskError(error, path, "look at the file");
  }
}
