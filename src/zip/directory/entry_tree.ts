/**
 * Turns a package's directory into the files to place, or refuses the package.
 *
 * Guarantees: the entries are regular files with safe paths; no two have the same path (or paths
 * that differ only in Unicode composition), none is a parent folder of another, none is encrypted
 * or uses an unsupported method; no two share bytes, none reaches into the directory, and their
 * claims stay within the limits. One bad entry refuses the package. Names that differ only in case
 * are two files, as on Linux. It doesn't judge local headers and data: the extraction does.
 *
 * @module
 */

import { crc32 } from "node:zlib";
import { ArchiveError } from "../../errors.ts";
import { safePath } from "../../safe_path.ts";
import type { Entry } from "../../types.ts";
import { ZIP } from "../../messages/zip.ts";
import { checkOverlaps } from "./entry_ends.ts";
import { ZSTD } from "../local_header.ts";
import { checkEntryCount, checkEntrySize, checkTotalSize, type Limits } from "./limits.ts";
import {
  isDirectory,
  isSymlink,
  type PackageDirectory,
  type RawEntry,
  unixType,
} from "./package_directory.ts";
import { wrapperOf } from "./wrapper_folder.ts";

interface CheckOptions {
  /** A leading folder to strip from every entry that has it; `auto` = the one wrapper. */
  stripPrefix: string;
  /** The caps on count, size and ratio. */
  limits: Limits;
}

/** Stored, deflated, deflate64 (decoded by zip.js) and Zstandard (decoded by the runtime). */
const METHODS = new Set([0, 8, 9, ZSTD]);
/** Encrypted, patch data, strong encryption, masked headers. */
const REFUSED_FLAGS = 0x2061;

/** Checks everything that the directory alone can show; returns the files in its order. */
export function checkEntries(directory: PackageDirectory, options: CheckOptions): Entry[] {
  const { entries: all } = directory;
  checkEntryCount(all.length, options.limits);
  const files: Entry[] = [];
  const folders: string[] = [];
  for (const raw of all) {
    checkKind(raw);
    if (isDirectory(raw)) {
      checkFolder(raw);
      // "./" is the folder that everything goes into.
      if (!/^(\.\/)+$/.test(raw.name)) folders.push(safePath(raw.name));
      continue;
    }
    checkEntrySize(raw);
    files.push(entryOf(raw));
  }
  checkTotalSize(files, options.limits);
  checkOverlaps(directory);
  const prefix = wrapperOf(files, options.stripPrefix);
  const inside = (path: string): string =>
    path.startsWith(prefix) ? safePath(path.slice(prefix.length)) : path;
  if (prefix === "") checkTree(files, folders);
  else {
    for (const file of files) file.path = inside(file.path);
    checkTree(files, folders.filter((path) => `${path}/` !== prefix).map(inside));
  }
  return files;
}

function entryOf(raw: RawEntry): Entry {
  return {
    path: safePath(raw.name),
    method: raw.method,
    flags: raw.flags,
    crc: raw.crc,
    compressedSize: raw.compressedSize,
    size: raw.size,
    headerOffset: raw.headerOffset,
    index: raw.index,
    nameCrc: crc32(raw.rawName),
  };
}

const ENCRYPTED = "encrypted";

/** What their numbers stand for (APPNOTE 4.4.5). */
const METHOD_NAMES: Readonly<Record<number, string>> = {
  1: "shrink",
  6: "implode",
  12: "bzip2",
  14: "LZMA",
  95: "xz",
  98: "PPMd",
  99: "AES",
};

function checkKind(raw: RawEntry): void {
  if (isSymlink(raw)) throw unsupported(raw, ZIP.symbolic_link(), ZIP.files_only());
  const type = unixType(raw);
  // Info-ZIP marks what it read from a pipe so (`… | zip a.zip -`): unzip makes a file of it.
  const read = type === 0o010000 && raw.size > 0;
  if (type !== 0 && type !== 0o100000 && type !== 0o040000 && !read) {
    throw unsupported(raw, ZIP.no_plain_file(), ZIP.files_only());
  }
  if ((raw.flags & REFUSED_FLAGS) !== 0) throw unsupported(raw, ENCRYPTED, ZIP.no_password());
  const { method: number } = raw;
  if (METHODS.has(number)) return;
  const name = METHOD_NAMES[number];
  const kind = name === undefined
    ? ZIP.packed_by({ number })
    : ZIP.packed_by_known({ number, name });
  throw unsupported(raw, kind, ZIP.usual_methods());
}

/** Readers disagree about a folder entry that has data. */
function checkFolder(raw: RawEntry): void {
  if (raw.size === 0) return;
  throw new ArchiveError("bad_directory", ZIP.folder_with_content(raw), {
    entry: raw.name,
    expected: 0,
    found: raw.size,
  });
}

/** Refuses two entries for one path, and a file where another entry needs a folder. */
function checkTree(files: readonly Entry[], folderPaths: readonly string[]): void {
  const seen = new Set<string>();
  const folders = new Set<string>();
  for (const { path } of files) {
    const key = composed(path);
    if (seen.has(key)) {
      const same = files.filter((file) => file.path === path).length > 1;
      throw same ? duplicate(path, ZIP.another_entry()) : alike(path);
    }
    seen.add(key);
    addFolders(key, folders);
  }
  for (const path of folderPaths) {
    addFolders(`${composed(path)}/`, folders);
  }
  for (const { path } of files) {
    if (!folders.has(composed(path))) continue;
    const all = [...folderPaths.map((folder) => `${folder}/`), ...files.map((file) => file.path)];
    const same = all.some((other) => other.startsWith(`${path}/`));
    throw same ? duplicate(path, ZIP.folder_of_name()) : alike(path);
  }
}

/** Adds the folders above a path; stops at the first known one, whose own folders are known. */
function addFolders(path: string, folders: Set<string>): void {
  for (let at = path.lastIndexOf("/"); at > 0; at = path.lastIndexOf("/", at - 1)) {
    const folder = path.slice(0, at);
    if (folders.has(folder)) return;
    folders.add(folder);
  }
}

// deno-lint-ignore no-control-regex -- plain ASCII has one form only
const ASCII = /^[\u0000-\u007f]*$/;

function composed(path: string): string {
  return ASCII.test(path) ? path : path.normalize("NFC");
}

function duplicate(path: string, found: string, hint?: string): ArchiveError {
  return new ArchiveError("duplicate_name", ZIP.twice({ path, found }), {
    entry: path,
    expected: "one entry for every path",
    found,
    ...(hint !== undefined && { hint }),
  });
}

/** The error for a name that another one looks like, though its bytes are others. */
function alike(path: string): ArchiveError {
  return duplicate(path, ZIP.looks_the_same(), ZIP.rename_one());
}

function unsupported(raw: RawEntry, found: string, hint: string): ArchiveError {
  const name = JSON.stringify(raw.name);
  const message = found === ENCRYPTED
    ? ZIP.entry_encrypted({ name })
    : ZIP.entry_is({ name, kind: found });
  return new ArchiveError("unsupported", message, {
    entry: raw.name,
    offset: raw.headerOffset,
    expected: "a plain file, stored or deflated, not encrypted",
    found,
    hint,
  });
}
