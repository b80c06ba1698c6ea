/**
 * Names that a disk may take for one: equal but for case, Unicode form, invisible characters, or dots
 * and blanks at the end of a part.
 *
 * Guarantees: two names that a case-insensitive or normalising file system holds as one have the same
 * key here. The reverse isn't so: whoever finds equal keys asks the disk ({@linkcode isOneFile}).
 *
 * @module
 */

import { diskError } from "./disk_error.ts";

/** What ext4's and Apple's folding leave out. */
const INVISIBLE = /[\u00ad\u200b-\u200f\u2060\ufe00-\ufe0f\ufeff]/g;

/** The key of a name or path, `/` between its parts. */
export function alikeKey(path: string): string {
  // deno-lint-ignore no-control-regex -- tells plain ASCII, which most names are
  const plain = /^[\x00-\x7f]*$/.test(path);
  const folded = plain
    ? path.toLowerCase()
    : path.normalize("NFKC").replace(INVISIBLE, "").toUpperCase().toLowerCase().normalize("NFKC");
  return /[. ](\/|$)/.test(folded) ? folded.replace(/[. ]+(?=\/|$)/g, "") : folded;
}

/** The names in a folder, as they are spelled there. */
export class FolderNames {
  readonly #exact: ReadonlySet<string>;
  #keys: Set<string> | undefined;

  /** Takes what a listing gave. */
  constructor(names: Iterable<string>) {
    this.#exact = new Set(names);
  }

  /** Whether a name is there, spelled so. */
  has(name: string): boolean {
    return this.#exact.has(name);
  }

  /** Whether the disk may find something by this name: then it has to be asked. */
  mayFind(name: string): boolean {
    if (this.#exact.has(name)) return true;
    this.#keys ??= new Set([...this.#exact].map(alikeKey));
    return this.#keys.has(alikeKey(name));
  }
}

/**
 * Whether two different paths below `root` lead to one file. Not by device and inode alone: some FUSE
 * file systems number a file anew for each name, so a name that is found but isn't listed counts, too.
 */
export function isOneFile(root: string, a: string, b: string): boolean {
  const [one, other] = [look(`${root}/${a}`), look(`${root}/${b}`)];
  if (one === undefined || other === undefined) return false;
  const same = one.dev === other.dev && one.ino !== null && one.ino === other.ino;
  if (same && (one.nlink ?? 1) <= 1) return true;
  return !(isSpelledSo(root, a) && isSpelledSo(root, b));
}

/** Whether every part of a path that is there is listed under this spelling. */
export function isSpelledSo(root: string, path: string): boolean {
  let place = root;
  for (const part of path.split("/")) {
    if (![...Deno.readDirSync(place)].some(({ name }) => name === part)) return false;
    place += `/${part}`;
  }
  return true;
}

function look(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.lstatSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    if (error instanceof Deno.errors.NotADirectory) return undefined;
    throw diskError(error, path, "look at the file");
  }
}
