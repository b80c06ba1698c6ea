/**
 * Reads the inputs of the owner rule from the disk: the path to a location, and the machine's accounts.
 *
 * Guarantees: changes nothing; examines every folder and link that the kernel passes through to
 * reach the location, up to the first that can't be examined. It knows only users and groups in
 * `/etc/passwd` and `/etc/group`: those of a directory service are numbers without members.
 *
 * @module
 */
import { orElse } from "../or_else.ts";
import { readPlainText } from "../plain_file.ts";
import { statfsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

import { MAX_LINKS } from "../fs/own_file.ts";
import { OWNERS } from "../messages/owners.ts";
import { type Accounts, ANYBODY, type PathPart } from "./rule.ts";

/**
 * Everything on the way from `/` to `path`, including the links followed. Locations that are judged
 * together share what was `examined`, so that a folder above them is asked once.
 */
export function wayTo(path: string, examined: Map<string, PathPart> = new Map()): PathPart[] {
  const way = new Map<string, PathPart>();
  const parts = resolve(path).split("/").filter((part) => part !== "");
  let at = "/";
  let links = 0;
  note(way, at, examined);
  while (parts.length > 0) {
    const part = parts.shift()!;
    if (part === "." || part === "") continue;
    if (part === "..") {
      at = dirname(at);
      continue;
    }
    const next = join(at, part);
    const seen = note(way, next, examined);
    if (seen === undefined) break;
    if (seen.kind !== "link") {
      at = next;
      continue;
    }
    if (++links > MAX_LINKS) break;
    const target = orElse(() => Deno.readLinkSync(next), undefined);
    if (target === undefined) break; // it was exchanged for something else
    parts.unshift(...target.split("/"));
    if (target.startsWith("/")) at = "/";
  }
  return [...way.values()];
}

function note(
  way: Map<string, PathPart>,
  path: string,
  examined: Map<string, PathPart>,
): PathPart | undefined {
  const seen = examined.get(path) ?? examine(path);
  if (seen === undefined) return undefined;
  examined.set(path, seen);
  // Seen last is what the location is.
  way.delete(path);
  way.set(path, seen);
  return seen;
}

function examine(path: string): PathPart | undefined {
  try {
    const { isDirectory, isSymlink, uid, gid, mode, dev } = Deno.lstatSync(path);
    const mounter = mounterOf(path, dev);
    return {
      path,
      kind: isDirectory ? "folder" : isSymlink ? "link" : "other",
      uid: uid ?? 0,
      gid: gid ?? 0,
      mode: (mode ?? 0) & 0o7777,
      ...(mounter !== undefined && { mounter }),
    };
  } catch {
    return undefined;
  }
}

/** Where the kernel tells of each FUSE file system by its number, with its mounter as the owner. */
const FUSE_CONNECTIONS = "/sys/fs/fuse/connections";

/** Who mounted the FUSE file system whose top `path` is; `undefined` where it is no such thing. */
function mounterOf(path: string, dev: number): number | undefined {
  const above = Deno.lstatSync(dirname(path));
  if (above.dev === dev || typeOf(path) !== FUSE) return undefined;
  // As `makedev` packs them, and as the kernel names the connection.
  const [major, minor] = [(dev >> 8) & 0xfff, (dev & 0xff) | ((dev >> 12) & 0xfff00)];
  try {
    const { uid } = Deno.statSync(`${FUSE_CONNECTIONS}/${major * 0x100000 + minor}`);
    if (uid !== null) return uid;
  } catch {
    // Not everywhere mounted.
  }
  // Others can only mount over a folder of their own, which others made there.
  return ((above.mode ?? 0) & 0o022) === 0 ? undefined : ANYBODY;
}

/** Who answers for what lies at `path`, where that isn't its owner. */
export function mounterAbove(path: string): number | undefined {
  return wayTo(path).findLast(({ mounter }) => mounter !== undefined)?.mounter;
}

/** The accounts in the files below `etc`. */
export function readAccounts(etc = "/etc"): Accounts {
  const users = rows(join(etc, "passwd"), 4).map(([name, , uid, gid]) => ({
    name: name!,
    uid: Number(uid),
    gid: Number(gid),
  }));
  const groups = rows(join(etc, "group"), 3).map(([name, , gid, members]) => ({
    name: name!,
    gid: Number(gid),
    members: (members ?? "").split(",").filter((one) => one !== ""),
  }));
  return {
    userName: (uid) =>
      isOutside(uid)
        ? OWNERS.outside_user()
        : users.find((one) => one.uid === uid)?.name ?? String(uid),
    isOutside,
    groupName: (gid) => groups.find((one) => one.gid === gid)?.name ?? String(gid),
    members(gid) {
      const named = groups.filter((one) => one.gid === gid);
      const primary = users.filter((one) => one.gid === gid);
      if (named.length === 0 && primary.length === 0) return undefined;
      const listed = named.flatMap(({ members }) => members)
        .map((name) => users.find((one) => one.name === name)?.uid ?? -1);
      return [...primary.map(({ uid }) => uid), ...listed];
    },
  };
}

/** Whoever a user namespace knows nothing of has this number in it. */
const UNKNOWN = 65534;
/** The inode of the machine's own user namespace, which knows everybody. */
const MACHINES_NAMESPACE = 0xeffffffd;

/** Whether an owner is a user outside of the container that this runs in, whoever that may be. */
export function isOutside(uid: number): boolean {
  return orElse(
    () => uid === UNKNOWN && Deno.statSync("/proc/self/ns/user").ino !== MACHINES_NAMESPACE,
    false,
  );
}

/** A user's number by name, as the files below `etc` say. */
export function uidOf(name: string, etc = "/etc"): number | undefined {
  const row = rows(join(etc, "passwd"), 3).find(([one]) => one === name);
  return row === undefined ? undefined : Number(row[2]);
}

function rows(path: string, least: number): string[][] {
  try {
    return readPlainText(path).split("\n").map((line) => line.split(":"))
      .filter((row) => row.length >= least && !row[0]!.startsWith("#"));
  } catch {
    return [];
  }
}

/** What `statfs` calls a file system in user space. */
const FUSE = 0x65735546;

/** What `statfs` calls file systems whose owners and modes are those of the mount. */
const OWNERLESS: ReadonlySet<number> = new Set([
  0x4d44, // FAT
  0x2011bab0, // exFAT
  0x5346544e, // NTFS, read-only
  0x7366746e, // ntfs3
  FUSE, // as ntfs-3g and exfat-fuse are
  0xff534d42, // CIFS
  0xfe534d42, // SMB 2
  0x517b, // smbfs
  0x786f4256, // VirtualBox' shared folders
  0x01021997, // 9p: what WSL mounts of Windows
]);

/** Whether the file system of `path` keeps no owners of its own, and root mounted it. */
export function isRootsOwnerless(path: string): boolean {
  return isOwnerless(path) && (mounterAbove(path) ?? 0) === 0;
}

/** Whether the file system of `path` keeps no owners of its own. */
export function isOwnerless(path: string): boolean {
  const type = typeOf(path);
  return type !== undefined && OWNERLESS.has(type);
}

function typeOf(path: string): number | undefined {
  try {
    return Number(statfsSync(path).type) >>> 0;
  } catch {
    return undefined;
  }
}
