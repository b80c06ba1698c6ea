/**
 * The path to a location, as it is on the disk: what the owner rule judges.
 *
 * Guarantees: changes nothing; examines every folder and link that the kernel passes through to
 * reach the location, up to the first that can't be examined.
 *
 * @module
 */
import { statfsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { MAX_LINKS } from "../fs/own_file.ts";
import { orElse } from "../or_else.ts";
import { ANYBODY, type PathPart } from "./rule.ts";

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
