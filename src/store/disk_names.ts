/**
 * Which paths this disk can't hold: names that it refuses (`*` on exFAT, a name too long), and all but
 * one of those that it takes for one file (case, Unicode form, dots and blanks at the end).
 *
 * Guarantees: the disk itself is asked, in a folder of its own in the work folder, which is removed
 * again; nothing is made beside the data. Only names that can differ between file systems are tried,
 * and those that the caller doesn't know to be there. A subfolder of `local_dir` that is another file
 * system isn't asked: what it refuses shows when the file is placed.
 *
 * @module
 */

import { join } from "node:path";
import { alikeKey, isOneFile, isSpelledSo } from "../fs/alike.ts";
import { diskError, errnoOf } from "../fs/disk_error.ts";
import type { Layout } from "./layout.ts";
import { kindOf } from "./target_check.ts";

/** Names that every file system takes, and takes as they are. */
const PLAIN = /^[A-Za-z0-9_](?:[A-Za-z0-9._+=,@~-]{0,126}[A-Za-z0-9_+=,@~-])?$/;
/** But for these, which Windows keeps for itself. */
const RESERVED = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

/** Says of each path that can't be held why not. Throws StoreError. */
export function unplaceable(
  layout: Layout,
  paths: readonly string[],
  isKnown: (path: string) => boolean,
): Map<string, string> {
  using trial = new Trial(join(layout.work, "trial"));
  const reasons = new Map<string, string>();
  for (const path of paths) {
    if (isKnown(path)) continue;
    const refused = path.split("/").find((part) => !trial.takes(part));
    if (refused !== undefined) reasons.set(path, "the disk refuses the name");
  }
  for (const group of alikeGroups(paths.filter((path) => !reasons.has(path)))) {
    // The one that is there goes on being kept up to date; else the first one gets the place.
    const there = group.find((path) => isThere(layout, path));
    const [first, ...others] = there === undefined
      ? group
      : [there, ...group.filter((path) => path !== there)];
    for (const path of others) {
      if (isOne(layout, trial, first!, path)) {
        reasons.set(path, `the disk takes it for ${first}`);
      }
    }
  }
  return reasons;
}

/** Paths with one key: none on most hubs. */
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

/** Whether two paths with one key would be one file. */
function isOne(layout: Layout, trial: Trial, a: string, b: string): boolean {
  if (isOneFile(layout.localDir, a, b)) return true;
  const [parts, others] = [a.split("/"), b.split("/")];
  return parts.every((part, index) => part === others[index] || trial.merges(part, others[index]!));
}

/** Tries names in a folder that is nobody else's. */
class Trial implements Disposable {
  readonly #folder: string;
  readonly #taken = new Map<string, boolean>();
  #made = false;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Whether the disk takes a name. */
  takes(name: string): boolean {
    if (PLAIN.test(name) && !RESERVED.test(name)) return true;
    let takes = this.#taken.get(name);
    if (takes === undefined) {
      takes = this.#make(name);
      if (takes) this.#remove(name);
      this.#taken.set(name, takes);
    }
    return takes;
  }

  /** Whether a file that has the one name is found by the other. */
  merges(name: string, other: string): boolean {
    if (!this.#make(name)) return false;
    try {
      return kindOf(`${this.#folder}/${other}`) !== "missing";
    } finally {
      this.#remove(name);
    }
  }

  #make(name: string): boolean {
    this.#makeFolder();
    const path = `${this.#folder}/${name}`;
    try {
      Deno.openSync(path, { write: true, createNew: true }).close();
      return kindOf(path) === "file";
    } catch (error) {
      // A name that is refused is told in as many ways as there are file systems; a full disk isn't.
      if (["ENOSPC", "EDQUOT", "EROFS", "EIO"].includes(errnoOf(error) ?? "")) {
        throw diskError(error, path, "try the name");
      }
      return false;
    }
  }

  #remove(name: string): void {
    try {
      Deno.removeSync(`${this.#folder}/${name}`);
    } catch (error) {
      throw diskError(error, this.#folder, "remove what was tried");
    }
  }

  #makeFolder(): void {
    if (this.#made) return;
    try {
      // What a run that died has left.
      if (kindOf(this.#folder) !== "missing") Deno.removeSync(this.#folder, { recursive: true });
      Deno.mkdirSync(this.#folder, { mode: 0o700 });
      Deno.openSync(`${this.#folder}/plain`, { write: true, createNew: true }).close();
    } catch (error) {
      throw diskError(error, this.#folder, "try names");
    }
    this.#made = true;
  }

  [Symbol.dispose](): void {
    if (!this.#made) return;
    try {
      Deno.removeSync(this.#folder, { recursive: true });
    } catch {
      // The next one does it.
    }
  }
}
