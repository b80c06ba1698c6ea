/**
 * Links on the way to the data, or in a site, that somebody else made.
 *
 * Guarantees: a link is refused unless this user, root or the owner of its folder made it: otherwise
 * anybody with write access to a shared folder could make this user write the data elsewhere. The
 * folder's owner may lead only to what is theirs too, not to what this user alone may write. Root's
 * runs aren't judged here but by the owner rule, since root may trust a folder. It doesn't guard against
 * folders that are swapped later: the publish compares them.
 *
 * @module
 */
import { dirname, resolve } from "node:path";
import { StoreError } from "../errors.ts";
import { lookAt } from "./if_there.ts";
import { ownUid } from "./own_file.ts";
import { shellWord } from "../shell_word.ts";
import { DISK } from "../messages/disk.ts";

/** As the kernel: after this many links, it is a loop. */
const MAX_LINKS = 40;

/** Throws StoreError `unsafe_owner` for a stranger's link on the way to `path`, which is absolute. */
export function refuseStrangersLinks(path: string, hops = 0): void {
  const me = ownUid();
  if (me === null || me === 0 || hops > MAX_LINKS) return;
  for (let at = path; at !== dirname(at); at = dirname(at)) {
    const info = lookAt(at, Deno.lstatSync);
    if (!info?.isSymlink) continue;
    const { uid } = info;
    const friends = [null, 0, me, Deno.lstatSync(dirname(at)).uid];
    if (!friends.includes(uid)) throw strangersLink(at, uid!);
    refuseOthersTarget(at, [null, 0, me], uid);
    refuseStrangersLinks(resolve(dirname(at), Deno.readLinkSync(at)), hops + 1);
  }
}

/**
 * The same for folders below `root`, where everybody may be allowed to make some: there only links of
 * this user, of root, and of the root folder's owner are followed.
 */
export function refuseStrangersLinksIn(root: string, folders: readonly string[]): void {
  const me = ownUid();
  if (me === null || me === 0) return;
  refuseStrangersLinks(root);
  const friends = [null, 0, me, lookAt(root, Deno.statSync)?.uid];
  for (const folder of folders) {
    for (let at = folder; at !== root && at !== dirname(at); at = dirname(at)) {
      const info = lookAt(at, Deno.lstatSync);
      if (!info?.isSymlink) continue;
      if (!friends.includes(info.uid)) throw strangersLink(at, info.uid!);
      refuseOthersTarget(at, [null, 0, me], info.uid);
      refuseStrangersLinks(resolve(dirname(at), Deno.readLinkSync(at)));
    }
  }
}

/** Whether a link leads where its maker couldn't write themselves, unless they are one of `trusted`. */
function refuseOthersTarget(at: string, trusted: (number | null)[], uid: number | null): void {
  if (trusted.includes(uid)) return;
  // By the kernel's eyes, not by the words of the link, in which `..` may follow another link.
  const target = lookAt(at, Deno.statSync);
  if (target !== undefined && target.uid !== null && target.uid === uid) return;
  throw leadsToOthers(at, uid!);
}

function leadsToOthers(path: string, uid: number): StoreError {
  const target = resolve(dirname(path), Deno.readLinkSync(path));
  return new StoreError("unsafe_owner", DISK.link_to_others({ path, uid: String(uid), target }), {
    path,
    expected: `a link to a folder of user ${uid}`,
    found: `a link to ${target}`,
    hint: DISK.name_the_folder_itself({ target, path }),
  });
}

function strangersLink(path: string, uid: number): StoreError {
  return new StoreError("unsafe_owner", DISK.strangers_link({ path, uid: String(uid) }), {
    path,
    expected: "a folder, or a link of this user or of root",
    found: `a link of user ${uid}`,
    hint: `mv ${shellWord(path)} ${shellWord(`${path}.old`)}`,
  });
}
