/**
 * Opens this program's own files without following links that somebody else made.
 *
 * Guarantees: what is opened is a regular file, the same one that was checked (device and inode)
 * and, for writing, one with no other name; nothing is created or truncated before that is certain.
 * A new file is created exclusively, so not even a dangling link is followed. A name
 * swapped between check and open neither leads elsewhere nor makes the open wait: it is opened
 * without following links and without waiting, and compared before anything is read or written.
 * It doesn't check parent folders: the owner rule does.
 *
 * @module
 */
import { closeSync, constants, fchmodSync, fstatSync, futimesSync, openSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { StoreError } from "../errors.ts";
import { kindName, openPlain, openSame } from "../plain_file.ts";
import { shellWord } from "../shell_word.ts";
import { errnoOf, isNotOffered } from "./disk_error.ts";
import { ifThere } from "./if_there.ts";
import { liesAt } from "./kernel_place.ts";
import { ownUid } from "./own_uid.ts";
import { readFully } from "./whole_io.ts";
import { DISK } from "../messages/disk.ts";

/** Options for opening one of our files. */
export interface OwnFileOptions {
  /** `read`, `append` (with reading), or `write` (with reading), which never empties the file. */
  access: "read" | "append" | "write";
  /** Creates a missing file with this mode; without it a missing file is an error. */
  create?: number;
  /** Whether to follow links made by this user or root; anybody else's are never followed. */
  followOwnLinks?: boolean;
  /**
   * Whether the path has no links above the file, so that one by which it was opened all the same is
   * somebody else's; the kernel is asked, where it tells. A new file may then be left where it led.
   */
  inPlace?: boolean;
}

/** How often to retry after a swapped name: somebody may have rotated the file meanwhile. */
const TRIES = 5;

/**
 * Opens one of our files. Throws StoreError `wrong_type` for anything else, or the disk's error.
 */
export function openOwn(path: string, options: OwnFileOptions): Deno.FsFile {
  const { access, create } = options;
  const target = options.followOwnLinks ? followOwnLinks(path) : path;
  for (let attempt = 1;; attempt++) {
    const seen = ifThere(() => Deno.lstatSync(target));
    if (seen === undefined && create !== undefined && access !== "read") {
      const made = makeNew(target, create, access);
      if (made !== undefined) return inItsPlace(made, target, options);
      continue;
    }
    // For a missing file, let opening it throw.
    if (seen === undefined) return openPlain(target, { access, follow: false });
    refuseUnlessOwn(target, seen, access);
    const file = openSame(target, seen, access);
    if (file !== undefined && isOwn(file.statSync(), access)) {
      return inItsPlace(file, target, options);
    }
    file?.close();
    if (attempt === TRIES) throw notOwn(target, DISK.a_file_that_keeps_being_swapped());
  }
}

function inItsPlace(file: Deno.FsFile, path: string, { inPlace }: OwnFileOptions): Deno.FsFile {
  if (!inPlace || liesAt(path, file.statSync())) return file;
  file.close();
  throw notOwn(path, DISK.a_link());
}

/** The content of one of our files. Throws as {@linkcode openOwn} does. */
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

/** The text of a small file of this program. Throws as {@linkcode openOwn} does. */
export function readOwnTextSync(path: string): string {
  using file = openOwn(path, { access: "read" });
  return textOf(readFully(file, 0, new Uint8Array(file.statSync().size)));
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}

/**
 * Sets the mode of a file or folder, and its mtime in seconds if given, through its handle,
 * provided that it is what `lstat` sees, at `place` if given, a path by way of a held folder: a link
 * swapped in is left alone. Ignores what the file system doesn't support. Throws StoreError
 * `wrong_type`, or the disk's error.
 */
export function setOwnMode(
  path: string,
  mode: number | undefined,
  { seconds, place = path }: { seconds?: number; place?: string } = {},
): void {
  const seen = Deno.lstatSync(place);
  if (!seen.isFile && !seen.isDirectory) throw notOwn(path, kindName(seen));
  const fd = openSync(path, constants.O_NONBLOCK | constants.O_NOFOLLOW | constants.O_NOCTTY);
  try {
    const opened = fstatSync(fd);
    // A pipe may have got the number of a file that is gone.
    const isKind = seen.isDirectory ? opened.isDirectory() : opened.isFile();
    if (!isKind || opened.dev !== seen.dev || opened.ino !== seen.ino) {
      throw notOwn(path, DISK.a_file_that_keeps_being_swapped());
    }
    if (!seen.isDirectory && opened.nlink > 1) {
      throw notOwn(path, DISK.file_with_names({ nlink: opened.nlink }));
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
 * On file systems without modes, or mounted so that somebody else owns everything (exFAT, NTFS,
 * SMB), the mount options decide who may read and write; that isn't an error.
 */
function ifOffered(change: () => void): void {
  try {
    change();
  } catch (error) {
    if (!isNotOffered(error) && !["EPERM", "EACCES"].includes(errnoOf(error) ?? "")) throw error;
  }
}

/** Links followed before it counts as a loop; the kernel's own limit. */
export const MAX_LINKS = 40;

/** Resolves `path` through links made by this user or root. Throws StoreError for others. */
export function followOwnLinks(path: string): string {
  let target = path;
  for (let hop = 0; hop < MAX_LINKS; hop++) {
    const info = ifThere(() => Deno.lstatSync(target));
    if (info === undefined || !info.isSymlink) return target;
    if (info.uid !== null && info.uid !== 0 && info.uid !== ownUid()) {
      throw notOwn(target, DISK.link_of_user({ uid: info.uid }));
    }
    target = resolve(dirname(target), Deno.readLinkSync(target));
  }
  throw notOwn(path, DISK.a_loop_of_links());
}

/**
 * Refuses what a new file would replace and no file is: a pipe that somebody reads, a device. Through
 * links, too. Throws StoreError `wrong_type`.
 */
export function refuseSpecial(path: string): void {
  let info: Deno.FileInfo;
  try {
    info = Deno.statSync(path);
  } catch {
    return; // whatever it is, writing there says it
  }
  if (info.isFile || info.isDirectory) return;
  throw new StoreError("wrong_type", DISK.not_replaced({ path, found: kindName(info) }), {
    path,
    expected: "a file, or a name that isn't taken",
    found: kindName(info),
    hint: DISK.name_a_file(),
  });
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

/** A file opened only for reading may have a second name: backups by hard link create one. */
function isOwn(info: Deno.FileInfo, access: OwnFileOptions["access"]): boolean {
  return info.isFile && (access === "read" || (info.nlink ?? 1) <= 1);
}

function refuseUnlessOwn(path: string, info: Deno.FileInfo, access: OwnFileOptions["access"]) {
  if (isOwn(info, access)) return;
  if (info.isDirectory) throw new Deno.errors.IsADirectory(DISK.is_a_folder({ path }));
  throw notOwn(
    path,
    info.isFile ? DISK.file_with_names({ nlink: String(info.nlink) }) : kindName(info),
  );
}

function notOwn(path: string, found: string): StoreError {
  const word = shellWord(path);
  return new StoreError("wrong_type", DISK.not_opened({ path, found }), {
    path,
    expected: "a regular file with one name",
    found,
    hint: `mv ${word} ${shellWord(`${path}.old`)}`,
  });
}
