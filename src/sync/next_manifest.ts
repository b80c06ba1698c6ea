/**
 * What follows from a gathered package for the disk: the moves, the removals, and the manifest that
 * tells what the folder will hold. Pure.
 *
 * @module
 */
import type { Move, Removal } from "../store/journal.ts";
import { Manifest, type ManifestEntry } from "../store/manifest.ts";
import type { Gathered } from "./gather.ts";
import type { DiskFact } from "./plan.ts";

/** What is to be made live, and what there is to say about it. */
export interface Changes {
  moves: Move[];
  deletes: Removal[];
  manifest: Manifest;
  /** Files that the package replaces although somebody changed them after us. */
  overwritten: string[];
}

/** Works out the changes. `before` is the manifest so far; `deleteRemoved` as configured. */
export function changesOf(
  gathered: Gathered,
  before: Manifest | undefined,
  options: { deleteRemoved: boolean; version: string | null },
): Changes {
  const manifest = new Manifest();
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
  // A package without any entry is a hub's accident, not a wish to have everything removed.
  const mayDelete = options.deleteRemoved && gathered.packagePaths.size > 0;
  for (const [path, entry] of before?.entries() ?? []) {
    if (gathered.packagePaths.has(path)) continue;
    if (mayDelete) deletes.push({ path, ...entry });
    else manifest.set(path, entry); // still ours, should it ever be asked for
  }
  return { moves, deletes, manifest, overwritten };
}

/** Paths that upstream has removed since the manifest was written; none by an empty package. */
export function removedPaths(before: Manifest | undefined, packagePaths: Set<string>): string[] {
  if (packagePaths.size === 0) return [];
  return [...before?.entries() ?? []].map(([path]) => path).filter((path) =>
    !packagePaths.has(path)
  );
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
