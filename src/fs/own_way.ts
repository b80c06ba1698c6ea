/**
 * Whether somebody else could exchange what a path leads to.
 *
 * Guarantees: where the answer is no, no folder on the way is a link, and only root or this user may
 * rename one of them, since the folders they are in aren't writable for others; or they are sticky
 * (as `/tmp` is), and the folder is root's or this user's. Of file systems in user space, whose owner
 * answers as they like, the answer is yes.
 *
 * @module
 */
import { statfsSync } from "node:fs";
import { dirname } from "node:path";
import { orElse } from "../or_else.ts";
import { ownUid } from "./own_uid.ts";

const WRITABLE_FOR_OTHERS = 0o022;
const STICKY = 0o1000;
/** What `statfs` calls a file system in user space. */
const FUSE = 0x65735546;

/** Judges ways, and remembers the folders that others lie in. */
export class OwnWays {
  /** Folders that only root and this user can exchange; `undefined` = others can. */
  readonly #above = new Map<string, Deno.FileInfo | undefined>();

  /** Whether nobody but root and this user can lead `folder`'s absolute path elsewhere. */
  includes(folder: string): boolean {
    return this.#look(folder) !== undefined;
  }

  #look(folder: string): Deno.FileInfo | undefined {
    const above = dirname(folder);
    const isRoot = above === folder;
    if (!isRoot && !this.#above.has(above)) this.#above.set(above, this.#look(above));
    const parent = isRoot ? undefined : this.#above.get(above);
    if (!isRoot && parent === undefined) return undefined;
    const info = orElse(() => Deno.lstatSync(folder), undefined);
    if (!info?.isDirectory || (parent && strangersMayRename(info, parent))) return undefined;
    return parent?.dev === info.dev || !isInUserSpace(folder) ? info : undefined;
  }
}

function strangersMayRename(folder: Deno.FileInfo, above: Deno.FileInfo): boolean {
  if (!isFriend(above)) return true;
  const mode = above.mode ?? 0o777;
  return (mode & WRITABLE_FOR_OTHERS) !== 0 && !((mode & STICKY) !== 0 && isFriend(folder));
}

function isFriend({ uid }: Deno.FileInfo): boolean {
  return uid === 0 || (uid !== null && uid === ownUid());
}

function isInUserSpace(folder: string): boolean {
  return orElse(() => Number(statfsSync(folder).type) >>> 0, FUSE) === FUSE;
}
