/**
 * Staging: verified files that aren't live yet. A staged file's name says what is in it (CRC-32,
 * size and target path), so staging needs no list of its own, and an entry staged for one package
 * serves the next if it is unchanged.
 *
 * Guarantees: no name here has the extension of a data file, except in the tree of a first sync
 * (`staged_tree.ts`), where files have their final names once they are complete. What an earlier run left is read and
 * checked before it is used.
 *
 * @module
 */
import { orElse } from "../or_else.ts";
import { crc32 } from "node:zlib";
import { basename, dirname } from "node:path";
import { diskError } from "../fs/disk_error.ts";
import { type Beside, flushDirectories, flushTogether } from "../fs/flush.ts";
import { replaceWithNew, UNFINISHED } from "../fs/new_file.ts";
import { ifThere, removeIfThere } from "../fs/if_there.ts";
import { isSafePath } from "../safe_path.ts";
import type { Layout } from "./layout.ts";
import { folderOf } from "./publish/target_check.ts";
import { TREE } from "./staged_tree.ts";
import { DISK } from "../messages/disk.ts";

/** What a staged file's name is made of. */
interface StagedContent {
  path: string;
  crc: number;
  size: number;
}

/** Whether a name is one that {@linkcode StagingNames} gives. */
export function isStagedName(name: string): boolean {
  if (name.startsWith(`${TREE}/`)) return isSafePath(name.slice(TREE.length + 1));
  return /^[0-9a-f]{8}-[0-9a-z]{1,11}-[0-9a-f]{8}(?:-\d{1,9})?$/.test(name);
}

/** Longer paths, in UTF-16 code units, get a flat name: below staging they may pass PATH_MAX. */
const LONGEST_IN_TREE = 1_000;

/** Gives each entry of a package its name in staging. */
export class StagingNames {
  readonly #asTree: boolean;
  readonly #taken = new Map<string, string>();

  /** With `asTree`, the names are those of a {@linkcode TREE}. */
  constructor({ asTree = false }: { asTree?: boolean } = {}) {
    this.#asTree = asTree;
  }

  /** The name for an entry: the same for the same path and content, and no other's. */
  nameOf(entry: StagedContent): string {
    if (this.#asTree && entry.path.length <= LONGEST_IN_TREE) return `${TREE}/${entry.path}`;
    const stem = `${hex(entry.crc)}-${entry.size.toString(36)}-${hex(crc32(entry.path))}`;
    let name = stem;
    // Two paths may share a CRC-32 and have the same content, where many files are equal.
    for (let n = 1; (this.#taken.get(name) ?? entry.path) !== entry.path; n++) {
      name = `${stem}-${n}`;
    }
    this.#taken.set(name, entry.path);
    return name;
  }
}

/** The names that are in staging. Throws StoreError. */
export function listStaging(layout: Layout): Set<string> {
  const names = new Set<string>();
  const list = (path: string, below: string): void => {
    const attempt = { path, to: DISK.list_the_staged_files() };
    for (const { name, isDirectory } of ifThere(() => [...Deno.readDirSync(path)], attempt) ?? []) {
      if (isDirectory) list(`${path}/${name}`, `${below}${name}/`);
      else names.add(below + name);
    }
  };
  list(layout.staging, "");
  return names;
}

/** Flushes the staged files to the disk; some of them may be `beside` this. Throws StoreError. */
export async function flushStaged(
  { staging }: Layout,
  files: readonly { staged: string; size: number }[],
  beside?: Beside,
): Promise<void> {
  const paths = files.map(({ staged }) => `${staging}/${staged}`);
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  await flushTogether(paths, { folder: staging, bytes, beside });
}

/** Flushes the names of the staged files. Throws StoreError. */
export async function flushStagedNames(
  { staging }: Layout,
  files: readonly { staged: string }[],
): Promise<void> {
  const folders = new Set([""]);
  for (const { staged } of files) {
    for (let at = folderOf(staged); !folders.has(at); at = folderOf(at)) folders.add(at);
  }
  await flushDirectories([...folders].map((at) => at === "" ? staging : `${staging}/${at}`));
}

/** Waits for a flush and for what is done beside it. Throws once both have ended. */
export async function meanwhile<T>(flushing: Promise<void>, work: Promise<T>): Promise<T> {
  const [flushed, done] = await Promise.allSettled([flushing, work]);
  if (done.status === "rejected") throw done.reason;
  if (flushed.status === "rejected") throw flushed.reason;
  return done.value;
}

/** Removes everything that is staged; the tree's own folder stays. Throws StoreError. */
export function clearStaging({ staging: path }: Layout): void {
  const remove = (folder: string): void => {
    for (const { name } of ifThere(() => [...Deno.readDirSync(folder)]) ?? []) {
      const each = { path: `${folder}/${name}`, to: DISK.remove_a_staged_file() };
      if (folder === path && name === TREE) remove(each.path);
      else removeIfThere(each, { recursive: true });
    }
  };
  remove(path);
}

/** Removes what a killed run left of files that it was writing. Throws StoreError. */
export function clearUnfinished(layout: Layout): void {
  removeStaged(layout, [...listStaging(layout)].filter((name) => name.endsWith(UNFINISHED)));
}

/** Removes staged files that are no longer needed. Throws StoreError. */
export function removeStaged(layout: Pick<Layout, "staging">, names: Iterable<string>): void {
  for (const name of names) {
    removeIfThere({ path: `${layout.staging}/${name}`, to: DISK.remove_a_staged_file() });
  }
}

/**
 * Marks what is staged from now on as unproven: it comes from a package whose digest can only be
 * checked at its end. A run that finds the mark uses none of it. Throws StoreError.
 */
export function markUnproven(layout: Layout): void {
  const path = unprovenPath(layout);
  try {
    replaceWithNew(path, 0o600).close();
  } catch (error) {
    throw diskError(error, path, DISK.mark_the_staged_files());
  }
}

/** Whether an earlier run left staged files that were never proven. */
export function isUnproven(layout: Layout): boolean {
  return orElse(() => Deno.lstatSync(unprovenPath(layout)), undefined) !== undefined;
}

/** Removes the mark: everything is proven, or removed. Throws StoreError. */
export function unmarkUnproven(layout: Layout): void {
  removeStaged({ staging: dirname(layout.staging) }, [basename(unprovenPath(layout))]);
}

function unprovenPath({ staging }: Pick<Layout, "staging">): string {
  return `${staging}.unproven`;
}

/** By a table, in 0.2 µs: `toString(16)` takes 0.55, and a name needs it twice. */
function hex(crc: number): string {
  return BYTES[crc >>> 24]! + BYTES[crc >>> 16 & 255]! + BYTES[crc >>> 8 & 255]! +
    BYTES[crc & 255]!;
}

const BYTES = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
