/**
 * Lists the files below a folder.
 *
 * Guarantees: links are never followed; the order is by name within each folder, so two walks of
 * the same tree agree. Files that vanish during the walk are left out. It is synchronous, which is
 * several times faster over thousands of files, and isn't meant for trees that others are writing
 * to.
 *
 * @module
 */

import { resolve } from "node:path";
import { HeldFolders } from "./held_folder.ts";
import { ifThere } from "./if_there.ts";
import { DISK } from "../messages/disk.ts";

/** A file found by a walk. */
export interface WalkedFile {
  /** Its path below the root, `/` between the parts. */
  path: string;
  /** In bytes. */
  size: number;
  /** Last change, in whole ms since the epoch. */
  mtimeMs: number;
  /** Which file it is, as {@linkcode identityOf} says it; only with `inPlace`. */
  identity?: string;
}

/** The latest instant that a `Date` holds; Btrfs and tmpfs keep later ones. */
const LATEST_MS = 8.64e15;

interface WalkOptions {
  /** Top-level names to leave out, with everything below them. */
  skip?: readonly string[];
  /** Called for anything that is neither file nor folder (links, devices, …). */
  onOther?: (path: string) => void;
  /** Called for each folder, before its content. */
  onFolder?: (path: string) => void;
  /**
   * Whether the root has no links on its way, so that none is followed that somebody makes meanwhile
   * either (`held_folder.ts`). Throws StoreError for one.
   */
  inPlace?: boolean;
}

/** All files below `root`; none if it doesn't exist. Throws StoreError. */
export function walk(root: string, options: WalkOptions = {}): WalkedFile[] {
  const found: WalkedFile[] = [];
  const skip = new Set(options.skip);
  // An explicit stack: a tree may be deeper than the call stack.
  const folders: string[] = [""];
  const { inPlace = false } = options;
  using held = new HeldFolders();
  const folderAt = (path: string): string => inPlace ? held.of(path) : path;
  const fileAt = (path: string): string => inPlace ? held.at(path) : path;
  while (folders.length > 0) {
    const folder = folders.pop()!;
    const inner: string[] = [];
    for (const item of list(resolve(root, folder), folderAt)) {
      const path = folder + item.name;
      if (folder === "" && skip.has(item.name)) continue;
      if (item.isDirectory) {
        options.onFolder?.(path);
        inner.push(`${path}/`);
      } else if (item.isFile) {
        const info = look(`${root}/${path}`, fileAt);
        if (info?.isFile) {
          const time = info.mtime?.getTime() ?? 0;
          const mtimeMs = Number.isNaN(time) ? LATEST_MS : time;
          const identity = inPlace ? { identity: identityOf(info) } : {};
          found.push({ path, size: info.size, mtimeMs, ...identity });
        }
      } else {
        options.onOther?.(path);
      }
    }
    folders.push(...inner.reverse());
  }
  return found;
}

/** Which file an `lstat` is about. */
export function identityOf({ dev, ino }: Deno.FileInfo): string {
  return `${dev}:${ino}`;
}

function list(folder: string, at: (path: string) => string): Deno.DirEntry[] {
  const items = ifThere(() => [...Deno.readDirSync(at(folder))], {
    path: folder,
    to: DISK.list_the_folder(),
  });
  return (items ?? []).sort((a, b) => (a.name < b.name ? -1 : 1));
}

function look(path: string, at: (path: string) => string): Deno.FileInfo | undefined {
  return ifThere(() => Deno.lstatSync(at(path)), { path, to: DISK.look_at_the_file() });
}
