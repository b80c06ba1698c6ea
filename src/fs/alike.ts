/**
 * Names that a disk may treat as the same: equal except for case, Unicode form, invisible
 * characters, or dots and blanks at the end of a part.
 *
 * Guarantees: two names that a case-insensitive or normalising file system treats as the same have
 * the same key here. The reverse isn't true: for equal keys, check the disk ({@linkcode
 * isOneFile}).
 *
 * @module
 */

import { lookAt } from "./if_there.ts";

/** Characters that ext4's and Apple's folding ignore. */
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

/** The names in a folder, as spelled there. */
export class FolderNames {
  readonly #exact: ReadonlySet<string>;
  #keys: Set<string> | undefined;

  /** Takes what a listing gave. */
  constructor(names: Iterable<string>) {
    this.#exact = new Set(names);
  }

  /** Whether a name exists in exactly this spelling. */
  has(name: string): boolean {
    return this.#exact.has(name);
  }

  /** Whether the disk may find something under this name; if so, look it up. */
  mayFind(name: string): boolean {
    if (this.#exact.has(name)) return true;
    this.#keys ??= new Set([...this.#exact].map(alikeKey));
    return this.#keys.has(alikeKey(name));
  }
}

/**
 * Whether two different paths below `root` lead to the same file. Device and inode alone can't say:
 * some FUSE file systems give a file a new number for each name, so a name that is found but not
 * listed also counts.
 */
export function isOneFile(root: string, a: string, b: string): boolean {
  const [one, other] = [a, b].map((path) => lookAt(`${root}/${path}`, Deno.lstatSync));
  if (one === undefined || other === undefined) return false;
  const same = one.dev === other.dev && one.ino !== null && one.ino === other.ino;
  if (same && (one.nlink ?? 1) <= 1) return true;
  return !(isSpelledSo(root, a) && isSpelledSo(root, b));
}

/** Whether every part of an existing path is listed in this spelling. */
export function isSpelledSo(root: string, path: string): boolean {
  let folder = root;
  for (const part of path.split("/")) {
    if (![...Deno.readDirSync(folder)].some(({ name }) => name === part)) return false;
    folder += `/${part}`;
  }
  return true;
}
