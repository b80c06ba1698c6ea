/**
 * Links on the way to the data, or in a site, that somebody else made.
 *
 * Guarantees: a link is followed only if this user, root or the owner of its folder made it: otherwise
 * anybody with write access to a shared folder could make this user write the data elsewhere. The
 * folder's owner may lead only to what is theirs too, not to what this user alone may write. Root's
 * links aren't judged here but by the owner rule, since root may trust a folder. What is judged is what
 * is followed: a path is resolved part by part, and a link that somebody exchanges for another while it
 * is read is refused. It doesn't guard against folders that are swapped later: `held_folder.ts` does.
 *
 * @module
 */
import { basename, dirname, join, resolve } from "node:path";
import { StoreError } from "../errors.ts";
import { diskError } from "./disk_error.ts";
import { lookAt } from "./if_there.ts";
import { orElse } from "../or_else.ts";
import { ownUid } from "./own_uid.ts";
import { shellWord } from "../shell_word.ts";
import { DISK } from "../messages/disk.ts";

/** As the kernel: after this many links, it is a loop. */
const MAX_LINKS = 40;

/** Options for resolving. */
interface RealOptions {
  /** Whether root's run is judged, too: where no owner rule does it. */
  judgesRoot?: boolean;
}

/** How many links were followed on one way. */
interface Hops extends RealOptions {
  count: number;
}

/**
 * `path`, absolute, with all links on its way resolved, also one in its own place; what isn't there is
 * left as it is. Throws StoreError `unsafe_owner` for a stranger's link, and what the system says.
 */
export function realOf(path: string, options: RealOptions = {}): string {
  // Not normalized: `..` behind a link is above what that leads to.
  const whole = path.startsWith("/") ? path : `${Deno.cwd()}/${path}`;
  return mayLookAround() ? follow(whole, { ...options, count: 0 }) : unjudged(whole);
}

/** Whether all folders above may be looked at: a program that uses the library may lack the permission. */
function mayLookAround(): boolean {
  return Deno.permissions.querySync({ name: "read", path: "/" }).state === "granted";
}

/** The same without judging any link, as far as the path exists. */
function unjudged(path: string): string {
  const above = dirname(path);
  const real = lookAt(path, Deno.realPathSync);
  return real ?? (above === path ? path : join(unjudged(above), basename(path)));
}

function follow(path: string, hops: Hops): string {
  let at = "/";
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    at = part === ".." ? dirname(at) : through(join(at, part), hops);
  }
  return at;
}

/** Where a name leads whose folder has no links: itself, or a link's target. */
function through(path: string, hops: Hops): string {
  if (!lookAt(path, Deno.lstatSync)?.isSymlink) return path;
  if (++hops.count > MAX_LINKS) {
    throw diskError(new Deno.errors.FilesystemLoop(), path, DISK.look_at_the_file());
  }
  const link = judgedLink(path, hops);
  const real = follow(link.target, hops);
  link.mayLeadTo(real);
  return real;
}

/**
 * The same for a folder below `root`, which has no links on its way, and where everybody may be allowed
 * to make some: there only links of this user, of root, and of the root folder's owner are followed.
 */
export function realBelow(root: string, path: string): string {
  const owner = lookAt(root, Deno.lstatSync)?.uid ?? null;
  let at = root;
  for (const part of path.split("/")) {
    at = join(at, part);
    if (!lookAt(at, Deno.lstatSync)?.isSymlink) continue;
    const link = judgedLink(at, { owner });
    const real = realOf(link.target);
    link.mayLeadTo(real);
    at = real;
  }
  return at;
}

/** A link that may be followed. */
export interface JudgedLink {
  /** Where it leads: absolute, but as it says it, so it isn't to be normalized. */
  target: string;
  /** Throws StoreError `unsafe_owner` if its maker may not lead this user to where it has led. */
  mayLeadTo(real: string): void;
}

/**
 * Reads a link whose folder has no links on its way: one of this user, of root or of `owner`, by default
 * the folder's. Throws StoreError `unsafe_owner` for another's.
 */
export function judgedLink(
  path: string,
  { owner, judgesRoot = false }: RealOptions & { owner?: number | null } = {},
): JudgedLink {
  const isFriend = (uid: number | null): boolean => isOwnOrRoots(uid, { judgesRoot });
  const seen = Deno.lstatSync(path);
  const words = orElse(() => Deno.readLinkSync(path), "");
  const after = Deno.lstatSync(path);
  const { uid } = seen;
  const folder = dirname(path);
  const host = owner === undefined ? Deno.lstatSync(folder).uid : owner;
  if (!isFriend(uid) && uid !== host) throw strangersLink(path, uid!);
  // An exchange changes the time, too, also one that was taken back.
  const isSame = words !== "" && after.isSymlink && seen.dev === after.dev &&
    seen.ino === after.ino &&
    seen.ctime?.getTime() === after.ctime?.getTime();
  if (!isSame) throw strangersLink(path, after.uid ?? uid!);
  return {
    target: words.startsWith("/") ? words : `${folder}/${words}`,
    mayLeadTo(real) {
      if (isFriend(uid) || lookAt(real, Deno.lstatSync)?.uid === uid) return;
      throw leadsToOthers(path, { uid: uid!, target: resolve(folder, words) });
    },
  };
}

/** Whether links of this user are followed wherever they lead; for root usually the owner rule judges. */
function isOwnOrRoots(uid: number | null, { judgesRoot }: { judgesRoot: boolean }): boolean {
  const me = ownUid();
  return uid === null || uid === 0 || me === null || uid === me || (me === 0 && !judgesRoot);
}

function leadsToOthers(
  path: string,
  { uid, target }: { uid: number; target: string },
): StoreError {
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
