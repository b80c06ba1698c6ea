/**
 * What a gathered package changes: the moves, the removals, the manifest of what the folder will hold,
 * and of which kind each change is (new, appended to, replaced, removed).
 *
 * Guarantees: `appended` is claimed only if the file on the disk is as the last sync recorded it
 * and its bytes are the new file's first ones, by CRC-32 and length of both. How the new file was
 * made (tail, ends, patch or whole) doesn't matter: none of these proves it. Whatever is uncertain
 * counts as replaced, which costs the reader time, never a row.
 *
 * Only the kinds need files read: the beginnings of staged files, a second pass over them, straight
 * after they were written, in the workers. So they are found only if somebody asks for them.
 *
 * @module
 */
import { alikeKey, isOneFile } from "../fs/alike.ts";
import { keepsChanges, startChanges, stopChanges } from "../store/changes.ts";
import type { Layout } from "../store/layout.ts";
import { Manifest, type ManifestEntry } from "../store/manifest.ts";
import type { Move, Removal } from "../store/publish/journal.ts";
import type { PublishPlan } from "../store/publish/publish.ts";
import type { Change, ChangeKind } from "../types.ts";
import type { Gathered } from "./gather.ts";
import type { Look } from "./look/look.ts";
import { type DiskFact, hasContent, readFiles } from "./on_disk/survey.ts";
import type { DatasetJob, SyncContext } from "./sync_context.ts";

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

function wasChanged(ours: ManifestEntry | undefined, there: DiskFact | undefined): boolean {
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

/** Where the changes are about to be made. */
interface Target {
  layout: Layout;
  before: Manifest | undefined;
  gathered: Pick<Gathered, "onDisk">;
}

/**
 * The kinds of all changes, which a reader's list gets if one is kept; `undefined` if nobody asked.
 * Throws StoreError.
 */
export async function noteKinds(
  changes: Changes,
  target: Target & { version: string | null },
  job: Pick<DatasetJob, "dataset" | "changes">,
  context: Pick<SyncContext, "pool">,
): Promise<Change[] | undefined> {
  const lists = await setUpList(target.layout, job);
  if (!lists && job.changes === undefined) return undefined;
  const found = await kindsOf(changes, target, context);
  if (lists) changes.listed = { version: target.version, changes: found };
  return found;
}

/** Starts or stops the reader's list as configured or asked; returns whether it is kept. */
async function setUpList(
  layout: Layout,
  { dataset: { changes }, changes: asked }: Pick<DatasetJob, "dataset" | "changes">,
): Promise<boolean> {
  const keeps = keepsChanges(layout);
  if (changes === true || asked === "list") {
    if (!keeps) await startChanges(layout);
    return true;
  }
  if (changes === false && keeps) stopChanges(layout);
  return changes === undefined && keeps;
}

/** The kinds of all changes, in the order of their paths. Throws StoreError. */
async function kindsOf(
  { moves, deletes }: Changes,
  target: Target,
  context: Pick<SyncContext, "pool">,
): Promise<Change[]> {
  const { before, gathered: { onDisk } } = target;
  const grown = moves.filter(({ path, size }) => {
    const [old, there] = [before?.get(path), onDisk.get(path)];
    return old !== undefined && there?.size === old.size && size >= old.size;
  });
  const appended = await areAppended(grown, target, context);
  const changes = moves.map(({ path, size }): Change => {
    const old = before?.get(path);
    if (appended.has(path)) return { path, kind: "appended", fromByte: old!.size, size };
    const isNew = old === undefined && !onDisk.has(path);
    return { path, kind: isNew ? "new" : "replaced", fromByte: 0, size };
  });
  const moved = new Set(moves.map(({ path }) => path));
  for (const { path } of deletes) {
    if (!moved.has(path)) changes.push({ path, kind: "removed", fromByte: 0, size: 0 });
  }
  return changes.sort((a, b) => a.path < b.path ? -1 : 1);
}

async function areAppended(
  moves: readonly Move[],
  { layout, before, gathered: { onDisk } }: Target,
  { pool }: Pick<SyncContext, "pool">,
): Promise<Set<string>> {
  // A file whose record isn't trusted wasn't read if its size alone showed that it differs.
  const unread = moves.filter(({ path }) => onDisk.get(path)?.crc === undefined);
  const read = await readFiles(unread.map(({ path }) => `${layout.localDir}/${path}`), { pool });
  const live = new Map(unread.map(({ path }, index) => [path, read[index]?.crc]));
  const asRecorded = moves.filter(({ path }) =>
    (onDisk.get(path)?.crc ?? live.get(path)) === before!.get(path)!.crc
  );
  const begins = await readFiles(
    asRecorded.map(({ staged }) => `${layout.staging}/${staged}`),
    { pool, lengths: asRecorded.map(({ path }) => before!.get(path)!.size) },
  );
  return new Set(
    asRecorded.filter(({ path }, index) => {
      const { crc, size } = before!.get(path)!;
      return begins[index]?.crc === crc && begins[index]?.size === size;
    }).map(({ path }) => path),
  );
}

/** How many there are of each kind; files in `kept` stayed as they were after all. */
export function countsOf(
  changes: readonly Change[],
  kept: readonly string[],
): Record<ChangeKind, number> {
  const counts = { new: 0, appended: 0, replaced: 0, removed: 0 };
  const stayed = new Set(kept);
  for (const { path, kind } of changes) if (!stayed.has(path)) counts[kind]++;
  return counts;
}
