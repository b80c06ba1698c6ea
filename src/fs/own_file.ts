/**
 * Opens and makes this program's own files without following links that somebody else placed.
 *
 * Guarantees: what is opened is a regular file, the same one that was looked at (device and inode),
 * and for writing one with no other name; nothing is created or emptied before that is known. A new
 * file is made exclusively, so that not even a dangling link is followed. Deno has no `O_NOFOLLOW`:
 * a name that is swapped between look and open is noticed after the open, before anything is read or
 * written, but a pipe swapped in at that instant can still hold up the open. Folders above the file
 * aren't looked at: they are the owner rule's.
 *
 * @module
 */
import { closeSync, fchmodSync, fstatSync, futimesSync, openSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { StoreError } from "../errors.ts";
import { shellWord } from "../shell_word.ts";
import { errnoOf, isNotOffered } from "./disk_error.ts";
import { readFully, writeFully } from "./whole_io.ts";

/** How one of our files is opened. */
export interface OwnFileOptions {
  /** `read`, `append` (with reading), or `write` (with reading), which never empties the file. */
  access: "read" | "append" | "write";
  /** The mode of a file that is made here; without one a missing file is an error. */
  create?: number;
  /** Whether a link is followed that this user or root made; anybody else's never is. */
  followOwnLinks?: boolean;
}

/** A swapped name is looked at again this often: somebody may have rotated the file meanwhile. */
const TRIES = 5;

/** Opens one of our files. Throws StoreError `wrong_type` for anything else, or what the disk says. */
export function openOwn(path: string, options: OwnFileOptions): Deno.FsFile {
  const { access, create } = options;
  const target = options.followOwnLinks ? followOwnLinks(path) : path;
  for (let attempt = 1;; attempt++) {
    const seen = lookAt(target);
    if (seen === undefined && create !== undefined && access !== "read") {
      const made = makeNew(target, create, access);
      if (made !== undefined) return made;
      continue;
    }
    // A missing file ends in the error that opening it gives.
    if (seen !== undefined) refuseUnlessOwn(target, seen, access);
    const file = Deno.openSync(target, {
      read: true,
      ...(access === "append" && { append: true }),
      ...(access === "write" && { write: true }),
    });
    const opened = file.statSync();
    if (opened.dev === seen?.dev && opened.ino === seen.ino && isOwn(opened, access)) return file;
    file.close();
    if (attempt === TRIES) throw notOwn(target, "a file that keeps being swapped");
  }
}

/** What one of our files held when it was opened. Throws as {@linkcode openOwn} does. */
export async function readOwn(
  path: string,
  options: Pick<OwnFileOptions, "followOwnLinks"> = {},
): Promise<Uint8Array<ArrayBuffer>> {
  using file = openOwn(path, { ...options, access: "read" });
  const bytes = new Uint8Array(file.statSync().size);
  let filled = 0;
  while (filled < bytes.length) {
    const count = await file.read(bytes.subarray(filled));
    if (count === null) break;
    filled += count;
  }
  return bytes.subarray(0, filled);
}

/** The text of one of our files. Throws as {@linkcode openOwn} does. */
export async function readOwnText(
  path: string,
  options: Pick<OwnFileOptions, "followOwnLinks"> = {},
): Promise<string> {
  return textOf(await readOwn(path, options));
}

/** The text of one of our files that is small. Throws as {@linkcode openOwn} does. */
export function readOwnTextSync(path: string): string {
  using file = openOwn(path, { access: "read" });
  return textOf(readFully(file, 0, new Uint8Array(file.statSync().size)));
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}

/**
 * Makes a file, in place of whatever has the name: that loses its name and isn't opened. For files
 * whose earlier content is worthless. Throws what the disk says.
 */
export function replaceWithNew(path: string, mode = 0o666): Deno.FsFile {
  for (let attempt = 1;; attempt++) {
    try {
      return Deno.openSync(path, { read: true, write: true, createNew: true, mode });
    } catch (error) {
      if (!(error instanceof Deno.errors.AlreadyExists) || attempt === TRIES) throw error;
      Deno.removeSync(path);
    }
  }
}

/**
 * Copies a file, with the time of its last change, into one that is made here: never through a link.
 * Throws what the disk says.
 */
export async function copyToNew(from: string, to: string): Promise<void> {
  using source = await Deno.open(from, { read: true });
  using target = await Deno.open(to, { write: true, createNew: true });
  const buffer = new Uint8Array(COPY_PIECE);
  for (let count; (count = await source.read(buffer)) !== null;) {
    writeFully(target, buffer.subarray(0, count));
  }
  const { mtime } = source.statSync();
  // A disk that keeps no times costs reading the file once more.
  if (mtime !== null) await target.utime(mtime, mtime).catch(() => {});
}

const COPY_PIECE = 1 << 20;

/**
 * Sets the mode of a file or folder, and the time of its last change in seconds, where given, through its handle, if it is
 * the thing that `lstat` names: a link swapped in gets nothing. What the file system doesn't offer
 * stays as it is. Throws StoreError `wrong_type`, or
 * what the disk says.
 */
export function setOwnMode(path: string, mode: number | undefined, seconds?: number): void {
  const seen = Deno.lstatSync(path);
  if (!seen.isFile && !seen.isDirectory) throw notOwn(path, kindName(seen));
  const fd = openSync(path, "r");
  try {
    const opened = fstatSync(fd);
    if (opened.dev !== seen.dev || opened.ino !== seen.ino) {
      throw notOwn(path, "a file that keeps being swapped");
    }
    if (!seen.isDirectory && opened.nlink > 1) {
      throw notOwn(path, `a file with ${opened.nlink} names`);
    }
    if (mode !== undefined && (opened.mode & 0o7777) !== mode) {
      ifOffered(() => fchmodSync(fd, mode));
    }
    if (seconds !== undefined) ifOffered(() => futimesSync(fd, seconds, seconds));
  } finally {
    closeSync(fd);
  }
}

/**
 * Where a file system keeps no modes, or a mount option makes everything somebody else's (exFAT, NTFS,
 * SMB), who may read and write is for the mount to say, and that stops nobody.
 */
function ifOffered(change: () => void): void {
  try {
    change();
  } catch (error) {
    if (!isNotOffered(error) && !["EPERM", "EACCES"].includes(errnoOf(error) ?? "")) throw error;
  }
}

/** As the kernel: after this many links, it is a loop. */
const MAX_LINKS = 40;

/** Where `path` leads, through links that this user or root made. Throws StoreError for others. */
export function followOwnLinks(path: string): string {
  let target = path;
  for (let hop = 0; hop < MAX_LINKS; hop++) {
    const info = lookAt(target);
    if (info === undefined || !info.isSymlink) return target;
    if (info.uid !== null && info.uid !== 0 && info.uid !== ownUid()) {
      throw notOwn(target, `a link that user ${info.uid} made`);
    }
    target = resolve(dirname(target), Deno.readLinkSync(target));
  }
  throw notOwn(path, "a loop of links");
}

/** This user's number; `null` where there is none, or a program that uses the library may not ask. */
export function ownUid(): number | null {
  try {
    return Deno.uid();
  } catch {
    return null;
  }
}

function makeNew(
  path: string,
  mode: number,
  access: OwnFileOptions["access"],
): Deno.FsFile | undefined {
  try {
    return Deno.openSync(path, {
      read: true,
      createNew: true,
      mode,
      ...(access === "append" ? { append: true } : { write: true }),
    });
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return undefined;
    throw error;
  }
}

function lookAt(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.lstatSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** A file that is only read may have a second name: backups made of hard links give it one. */
function isOwn(info: Deno.FileInfo, access: OwnFileOptions["access"]): boolean {
  return info.isFile && (access === "read" || (info.nlink ?? 1) <= 1);
}

function refuseUnlessOwn(path: string, info: Deno.FileInfo, access: OwnFileOptions["access"]) {
  if (isOwn(info, access)) return;
  if (info.isDirectory) throw new Deno.errors.IsADirectory(`${path} is a folder`);
  throw notOwn(path, info.isFile ? `a file with ${info.nlink} names` : kindName(info));
}

function kindName(info: Deno.FileInfo): string {
  if (info.isSymlink) return "a link";
  return info.isFifo ? "a pipe" : info.isFile ? "a file" : "neither a file nor a folder";
}

function notOwn(path: string, found: string): StoreError {
  const word = shellWord(path);
  return new StoreError("wrong_type", `${path} was not opened: it is ${found}`, {
    path,
    expected: "a regular file with one name",
    found,
    hint: `mv ${word} ${shellWord(`${path}.old`)}`,
  });
}
