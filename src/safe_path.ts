/**
 * Makes a path that stays below its folder out of an entry's name, or refuses the name. Journals and
 * manifests are held to the same rules: whoever wrote them may not be us.
 *
 * Guarantees: the result is relative, has no `..`, no control character, no drive letter, no part
 * that any disk takes for a work folder, and fits Linux's limits; `/` stands between its parts and
 * nowhere else. It knows nothing of the disk: a folder that is a symbolic link there is the store's
 * to refuse.
 *
 * @module
 */

import { orElse } from "./or_else.ts";
import { ZIP } from "./messages/zip.ts";
import { ArchiveError } from "./errors.ts";

/** Linux's limit for one part, in bytes (NAME_MAX). */
const MAX_PART_BYTES = 255;
/** Linux's limit for a path, in bytes (PATH_MAX). */
const MAX_PATH_BYTES = 4096;
/** Real packages have two or three; a thousand make every later step slow. */
const MAX_DEPTH = 64;
/** Our work folders, `.datahubsync` and `.x.datahubsync`: nobody writes a journal into one. */
const OWN_FOLDER = /^\.(?:.*\.)?datahubsync$/;

// deno-lint-ignore no-control-regex -- control characters are what it looks for
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;
/** Most names are like this (up to four short parts), and safe as they are. */
const PLAIN =
  /^[\w\u4e00-\u9fff][\w\u4e00-\u9fff.-]{0,80}(?:\/[\w\u4e00-\u9fff][\w\u4e00-\u9fff.-]{0,80}){0,3}$/;
const DRIVE = /^[A-Za-z]:/;

const encoder = new TextEncoder();

/**
 * A name as the least particular disk compares it: without case (ext4's casefold, exFAT, NTFS), in
 * whatever composition, without invisible characters (casefold, HFS+), and without the dots and
 * blanks at the end that FAT drops.
 */
export function folded(name: string): string {
  const plain = name.replace(/\p{Default_Ignorable_Code_Point}/gu, "").normalize("NFKC");
  return plain.toLowerCase().replace(/[. ]+$/, "");
}

/** Whether a path below the data's folder is one that a package, a journal or a manifest may name. */
export function isSafePath(path: string): boolean {
  return orElse(() => safePath(path) === path, false);
}

/**
 * The path for a decoded name. Empty parts and `.` are dropped, as unzip does; a trailing slash
 * makes no difference. Throws `unsafe_name` for everything that could lead elsewhere.
 */
export function safePath(name: string): string {
  if (PLAIN.test(name)) return name;
  if (CONTROL.test(name)) throw unsafe(name, ZIP.control_character());
  if (name.startsWith("/") || name.startsWith("\\")) throw unsafe(name, ZIP.absolute_path());
  if (DRIVE.test(name)) throw unsafe(name, ZIP.drive_letter());
  const parts: string[] = [];
  for (const part of name.split(/[/\\]/)) {
    if (part === "" || part === ".") continue;
    if (part === "..") throw unsafe(name, ZIP.leads_out());
    if (byteLength(part) > MAX_PART_BYTES) {
      throw unsafe(name, ZIP.bytes_longer({ number: MAX_PART_BYTES }));
    }
    if (OWN_FOLDER.test(folded(part))) throw unsafe(name, ZIP.work_folder());
    parts.push(part);
  }
  const [first] = parts;
  if (first === undefined) throw unsafe(name, ZIP.no_name());
  if (DRIVE.test(first)) throw unsafe(name, ZIP.drive_letter());
  if (parts.length > MAX_DEPTH) throw unsafe(name, ZIP.too_deep({ number: MAX_DEPTH }));
  const path = parts.join("/");
  if (byteLength(path) > MAX_PATH_BYTES) {
    throw unsafe(name, ZIP.bytes_longer({ number: MAX_PATH_BYTES }));
  }
  return path;
}

function byteLength(text: string): number {
  // Three bytes a code unit at most: a short text needs no counting.
  return text.length * 3 <= MAX_PART_BYTES ? text.length : encoder.encode(text).length;
}

function unsafe(name: string, found: string): ArchiveError {
  const shown = JSON.stringify(name.length > 120 ? `${name.slice(0, 120)}…` : name);
  return new ArchiveError("unsafe_name", ZIP.unsafe_name({ name: shown, found }), {
    entry: shown,
    expected: "a name that stays below the dataset's folder",
    found,
  });
}
