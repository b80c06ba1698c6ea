/**
 * Derives from a gathered package the moves, the removals, and the manifest of what the folder will
 * hold. It reads no file.
 *
 * @module
 */
import { alikeKey, isOneFile } from "../../fs/alike.ts";
import type { Layout } from "../../store/layout.ts";
import type { Move, Removal } from "../../store/publish/journal.ts";
import type { PublishPlan } from "../../store/publish/publish.ts";
import { Manifest, type ManifestEntry } from "../../store/manifest.ts";
import type { Gathered } from "../gather.ts";
import type { Look } from "../look/look.ts";
import { type DiskFact, hasContent } from "../plan/step.ts";

/** What to make live, and what to report about it. */
export interface Changes {
  moves: Move[];
  deletes: Removal[];
  manifest: Manifest;
  /** Files that the package replaces although somebody changed them after the last sync. */
  overwritten: string[];
  /** What to keep for a reader; filled in by the caller, who may read files for it. */
  listed?: NonNullable<PublishPlan["listed"]>;
}

/**
 * Computes the changes. `before` is the current manifest; `selection` the digest of the settings that
 * chose the entries.
 */
export function changesOf(
  gathered: Gathered,
  before: Manifest | undefined,
  options: { deleteRemoved: boolean; version: string | null; selection: string },
): Changes {
  const manifest = new Manifest();
  manifest.selection = options.selection;
  manifest.fingerprint = gathered.fingerprint;
  manifest.version = options.version;
  manifest.total = gathered.total;
  manifest.digests = gathered.digests;
  const moves: Move[] = [];
  const overwritten: string[] = [];
  for (const entry of gathered.entries) {
    const { path } = entry;
    const staged = gathered.staged.get(path);
    const there = gathered.onDisk.get(path);
    if (there !== undefined && hasContent(there, entry)) {
      // Not read here, but this is what it has to be: `verify` compares with it.
      if (entry.sha256 !== undefined) there.sha256 = entry.sha256;
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
    // Stays in the manifest, in case it is selected again.
    else if (!gathered.packagePaths.has(path)) {
      manifest.set(path, entry);
      manifest.absent.files++;
      manifest.absent.bytes += entry.size;
    }
  }
  return { moves, deletes, manifest, overwritten };
}

/** How many files `delete_removed` would remove. */
export function countLeaving(before: Manifest | undefined, look: Look): number {
  const leaves = leaving(look, look.located.length);
  let count = 0;
  for (const [path] of before?.entries() ?? []) if (leaves(path)) count++;
  return count;
}

/**
 * The files in the manifest to remove: upstream removed them, or the configuration now leaves them
 * out. A package without entries is a hub's accident, and settings that leave none of its `entries`
 * are the user's: neither means that everything should be removed.
 */
function leaving(
  { packagePaths, wants }: Pick<Look, "packagePaths" | "wants">,
  entries: number,
): (path: string) => boolean {
  if (packagePaths.size === 0) return () => false;
  return (path) => !packagePaths.has(path) || (entries > 0 && !wants(path));
}

/**
 * The fact itself, not a copy: with 100,000 files copies would take 7 MB. Its CRC-32 is known here.
 */
function entryOf(fact: DiskFact): ManifestEntry {
  return fact as ManifestEntry;
}

function wasChanged(
  ours: ManifestEntry | undefined,
  there?: DiskFact,
): boolean {
  if (ours === undefined || there === undefined) return false;
  if (there.sha256 !== undefined && ours.sha256 !== undefined) return there.sha256 !== ours.sha256;
  if (there.crc !== undefined) return there.crc !== ours.crc;
  return there.size !== ours.size || there.mtimeMs !== ours.mtimeMs;
}

/**
 * Filters out removals that would delete a file that stays, because the disk treats both names as
 * the same: for when a hub changes only the case of a name.
 */
export function withoutAliases(
  layout: Layout,
  deletes: readonly Removal[],
  manifest: Manifest,
): Removal[] {
  if (deletes.length === 0) return [];
  const leaving = new Set(deletes.map(({ path }) => alikeKey(path)));
  const staying = new Map<string, string[]>();
  for (const [path] of manifest.entries()) {
    const key = alikeKey(path);
    if (leaving.has(key)) staying.set(key, [...staying.get(key) ?? [], path]);
  }
  const isTaken = (path: string): boolean =>
    (staying.get(alikeKey(path)) ?? []).some((other) => isOneFile(layout.localDir, path, other));
  return deletes.filter(({ path }) => !isTaken(path));
}
