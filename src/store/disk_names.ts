/**
 * Which paths this disk can't hold: names that it refuses (`*` on exFAT, a name too long), and all
 * but one of the names that it treats as the same file (case, Unicode form, trailing dots and
 * blanks, the short names of FAT and NTFS).
 *
 * Guarantees: names are tried on the disk itself, in a temporary folder inside the work folder;
 * nothing is created beside the data. Only names that file systems may treat differently are tried,
 * and only if the caller doesn't know them to exist; of names made of letters and digits, only those
 * with a letter that no name before them had. It doesn't try subfolders of `local_dir` on
 * another file system: what they refuse shows when the file is placed.
 *
 * @module
 */

import { join } from "node:path";
import { alikeKey, isOneFile, isSpelledSo } from "../fs/alike.ts";
import { removeInPlace } from "../fs/held_folder.ts";
import { diskError, errnoOf } from "../fs/disk_error.ts";
import type { Layout } from "./layout.ts";
import { looksShort, ShortNames } from "./short_names.ts";
import { kindOf } from "./publish/target_check.ts";
import { DISK } from "../messages/disk.ts";

/** Names that every file system accepts unchanged. */
const PLAIN = /^[A-Za-z0-9_](?:[A-Za-z0-9._+=,@~-]{0,126}[A-Za-z0-9_+=,@~-])?$/;
/**
 * Names that a disk can only refuse for one of their letters. 5,850 Chinese names were tried in 0.2 s of
 * a first sync of 3 s.
 */
const LETTERS = /^[\p{L}\p{N}_](?:[\p{L}\p{N}._+=,@~-]{0,40}[\p{L}\p{N}_+=,@~-])?$/u;
/** Except these, which Windows reserves. */
const RESERVED = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

/** The paths that can't be held, each with the reason. Throws StoreError. */
export function unplaceable(
  layout: Layout,
  paths: readonly string[],
  isKnown: (path: string) => boolean,
): Map<string, string> {
  using trial = new Trial(join(layout.work, "trial"));
  const reasons = new Map<string, string>();
  const short = new ShortNames(layout.localDir);
  for (const path of paths) {
    const spelled = short.spelled(path);
    if (spelled !== path) {
      reasons.set(path, DISK.disk_takes_it_for({ name: spelled ?? DISK.another_file() }));
    }
    if (spelled !== path || isKnown(path)) continue;
    if (path.split("/").some(looksShort) && trial.shortens()) {
      reasons.set(path, DISK.disk_gives_names());
      continue;
    }
    const refused = path.split("/").find((part) => !trial.takes(part));
    if (refused !== undefined) reasons.set(path, DISK.the_disk_refuses_the_name());
  }
  for (const group of alikeGroups(paths.filter((path) => !reasons.has(path)))) {
    // The path that exists keeps the name; if none does, the first path gets it.
    const there = group.find((path) => isThere(layout, path));
    const [first, ...others] = there === undefined
      ? group
      : [there, ...group.filter((path) => path !== there)];
    for (const path of others) {
      if (isOne(layout, trial, first!, path)) {
        reasons.set(path, DISK.disk_takes_it_for({ name: first! }));
      }
    }
  }
  return reasons;
}

/** Groups of paths that share a key; most hubs have none. */
function alikeGroups(paths: readonly string[]): string[][] {
  const groups = new Map<string, string[]>();
  for (const path of paths) {
    const key = alikeKey(path);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [path]);
    else group.push(path);
  }
  return [...groups.values()].filter(({ length }) => length > 1);
}

function isThere(layout: Layout, path: string): boolean {
  return kindOf(`${layout.localDir}/${path}`) !== "missing" && isSpelledSo(layout.localDir, path);
}

/** Whether two paths that share a key would be the same file. */
function isOne(layout: Layout, trial: Trial, a: string, b: string): boolean {
  if (isOneFile(layout.localDir, a, b)) return true;
  const [parts, others] = [a.split("/"), b.split("/")];
  return parts.every((part, index) => part === others[index] || trial.merges(part, others[index]!));
}

/** Tries names in a private folder. */
class Trial implements Disposable {
  readonly #folder: string;
  readonly #taken = new Map<string, boolean>();
  /** The letters of the names that it took. */
  readonly #letters = new Set<string>();
  #made = false;
  #shortens: boolean | undefined;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Whether the disk accepts a name. */
  takes(name: string): boolean {
    const reserved = RESERVED.test(name);
    if (PLAIN.test(name) && !reserved) return true;
    const letters = LETTERS.test(name) && !reserved ? [...name] : undefined;
    if (letters?.every((letter) => letter < "\u0080" || this.#letters.has(letter))) return true;
    let takes = this.#taken.get(name);
    if (takes === undefined) {
      takes = this.#make(name);
      if (takes) this.#remove(name);
      if (takes) letters?.forEach((letter) => this.#letters.add(letter));
      this.#taken.set(name, takes);
    }
    return takes;
  }

  /** Whether a file created under one name is found under the other. */
  merges(name: string, other: string): boolean {
    if (!this.#make(name)) return false;
    try {
      return kindOf(`${this.#folder}/${other}`) !== "missing";
    } finally {
      this.#remove(name);
    }
  }

  /** Whether a file with a long name is found under a short one, too. */
  shortens(): boolean {
    return this.#shortens ??= this.merges("datahubsync.trial", "DATAHU~1.TRI");
  }

  #make(name: string): boolean {
    this.#makeFolder();
    const path = `${this.#folder}/${name}`;
    try {
      Deno.openSync(path, { write: true, createNew: true }).close();
      return kindOf(path) === "file";
    } catch (error) {
      // Every file system refuses a name with an error code of its own; a full or broken disk has
      // known ones.
      if (["ENOSPC", "EDQUOT", "EROFS", "EIO"].includes(errnoOf(error) ?? "")) {
        throw diskError(error, path, DISK.try_the_name());
      }
      return false;
    }
  }

  #remove(name: string): void {
    try {
      Deno.removeSync(`${this.#folder}/${name}`);
    } catch (error) {
      throw diskError(error, this.#folder, DISK.remove_what_was_tried());
    }
  }

  #makeFolder(): void {
    if (this.#made) return;
    try {
      // Left by a run that died.
      if (kindOf(this.#folder) !== "missing") removeInPlace(this.#folder, { recursive: true });
      Deno.mkdirSync(this.#folder, { mode: 0o700 });
      Deno.openSync(`${this.#folder}/plain`, { write: true, createNew: true }).close();
    } catch (error) {
      throw diskError(error, this.#folder, DISK.try_names());
    }
    this.#made = true;
  }

  [Symbol.dispose](): void {
    if (!this.#made) return;
    try {
      removeInPlace(this.#folder, { recursive: true });
    } catch {
      // The next trial removes it.
    }
  }
}
