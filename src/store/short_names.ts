/**
 * Short names: FAT, exFAT's relatives and NTFS give a file with a long name a second one, such as
 * `CONFIG~1.YAM`, that no listing shows and every call accepts.
 *
 * Guarantees: a path in which a part is another file's short name is recognised on the disk itself,
 * as a name that is found but not listed, and traced by device and inode. Listings are read once per
 * folder. Only parts in the form of a short name are looked at.
 *
 * @module
 */
import { orElse } from "../or_else.ts";

/** Eight characters with a `~` and a number at their end, and an extension of up to three. */
const SHORT = /^(?=[^.]{1,8}(?:\.|$))[^.]*~\d{1,6}(?:\.[^.]{1,3})?$/;

/** Whether a disk may give a name like this to a file with a longer one. */
export function looksShort(name: string): boolean {
  return name.includes("~") && SHORT.test(name);
}

/** The short names below one folder. */
export class ShortNames {
  readonly #root: string;
  readonly #listed = new Map<string, ReadonlySet<string>>();
  /** The names of each folder by device and inode, read when a short name is found in it. */
  readonly #byInode = new Map<string, ReadonlyMap<string, string>>();

  /** `root` needn't exist. */
  constructor(root: string) {
    this.#root = root;
  }

  /**
   * The path by the names that are listed: `path` itself, unless a part is another file's short
   * name; `undefined` if it is one and the disk doesn't tell whose.
   */
  spelled(path: string): string | undefined {
    if (!path.includes("~")) return path; // as most are, of thousands
    const parts = path.split("/");
    if (!parts.some(looksShort)) return path;
    const found: string[] = [];
    for (const part of parts) {
      const name = looksShort(part) ? this.#nameOf([this.#root, ...found].join("/"), part) : part;
      if (name === undefined) return undefined;
      found.push(name);
    }
    return found.join("/");
  }

  #nameOf(folder: string, part: string): string | undefined {
    const seen = look(`${folder}/${part}`);
    const names = seen === undefined ? undefined : this.#namesIn(folder);
    if (seen === undefined || names === undefined || names.has(part)) return part;
    let byInode = this.#byInode.get(folder);
    if (byInode === undefined) {
      byInode = new Map([...names].map((name) => [inodeOf(look(`${folder}/${name}`)), name]));
      this.#byInode.set(folder, byInode);
    }
    return seen.ino === null ? undefined : byInode.get(inodeOf(seen));
  }

  #namesIn(folder: string): ReadonlySet<string> | undefined {
    let names = this.#listed.get(folder);
    if (names === undefined) {
      try {
        names = new Set([...Deno.readDirSync(folder)].map(({ name }) => name));
      } catch {
        return undefined; // What can't be listed can't be told apart; the publish refuses it.
      }
      this.#listed.set(folder, names);
    }
    return names;
  }
}

function inodeOf(info: Deno.FileInfo | undefined): string {
  return `${info?.dev}:${info?.ino}`;
}

function look(path: string): Deno.FileInfo | undefined {
  return orElse(() => Deno.lstatSync(path), undefined);
}
