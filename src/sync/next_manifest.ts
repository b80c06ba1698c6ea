/**
 * What follows from a gathered package for the disk: the moves, the removals, and the manifest that
 * tells what the folder will hold. Pure.
 *
 * @module
 */
import type { Move, Removal } from "../store/journal.ts";
import { Manifest, type ManifestEntry } from "../store/manifest.ts";
import type { Gathered } from "./gather.ts";
import type { Look } from "./look.ts";
import type { DiskFact } from "./step.ts";

/** What is to be made live, and what there is to say about it. */
export interface Changes {
  moves: Move[];
  deletes: Removal[];
  manifest: Manifest;
  /** Files that the package replaces although somebody changed them after us. */
  overwritten: string[];
}

/** As what a package is placed. */
export interface ChangeOptions {
  /** As configured. */
  deleteRemoved: boolean;
  version: string | null;
  /** The digest of the settings that chose the entries. */
  selection: string;
}

/** Works out the changes. `before` is the manifest so far. */
export function changesOf(
  gathered: Gathered,
  before: Manifest | undefined,
  options: ChangeOptions,
): Changes {
  const manifest = new Manifest();
  manifest.selection = options.selection;
  manifest.fingerprint = gathered.fingerprint;
  manifest.version = options.version;
  manifest.total = gathered.total;
  const moves: Move[] = [];
  const overwritten: string[] = [];
  for (const entry of gathered.entries) {
    const { path } = entry;
    const staged = gathered.staged.get(path);
    const there = gathered.onDisk.get(path);
    if (there !== undefined && there.crc === entry.crc && there.size === entry.size) {
      manifest.set(path, entryOf(there));
      continue;
    }
    if (staged === undefined) continue;
    const { size, crc } = entry;
    const { mtimeMs } = staged;
    moves.push({ staged: gathered.names.nameOf(entry), path, size, crc, mtimeMs });
    manifest.set(path, entryOf(staged));
    if (wasChanged(before?.get(path), there)) overwritten.push(path);
  }
  const deletes: Removal[] = [];
  const leaves = leaving(gathered, gathered.entries.length);
  for (const [path, entry] of before?.entries() ?? []) {
    if (options.deleteRemoved && leaves(path)) deletes.push({ path, ...entry });
    // Still ours, should it ever be asked for.
    else if (!gathered.packagePaths.has(path)) manifest.set(path, entry);
  }
  return { moves, deletes, manifest, overwritten };
}

/** How many files `delete_removed` would take. */
export function countLeaving(before: Manifest | undefined, look: Look): number {
  const leaves = leaving(look, look.located.length);
  let count = 0;
  for (const [path] of before?.entries() ?? []) if (leaves(path)) count++;
  return count;
}

/**
 * Which files of ours aren't to be there any more: upstream has removed them, or the configuration
 * has come to leave them out. A package without any entry is a hub's accident, and settings that
 * leave none of its `entries` are one of ours: neither is a wish to have everything removed.
 */
function leaving(
  { packagePaths, wants }: Pick<Look, "packagePaths" | "wants">,
  entries: number,
): (path: string) => boolean {
  if (packagePaths.size === 0) return () => false;
  return (path) => !packagePaths.has(path) || (entries > 0 && !wants(path));
}

/** The fact itself: a copy of each would be 7 MB with 100,000 files. Its CRC-32 is known here. */
function entryOf(fact: DiskFact): ManifestEntry {
  return fact as ManifestEntry;
}

function wasChanged(
  ours: { size: number; mtimeMs: number; crc: number } | undefined,
  there?: DiskFact,
): boolean {
  if (ours === undefined || there === undefined) return false;
  if (there.crc !== undefined) return there.crc !== ours.crc;
  return there.size !== ours.size || there.mtimeMs !== ours.mtimeMs;
}
