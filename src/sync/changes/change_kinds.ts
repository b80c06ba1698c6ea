/**
 * What a publish is about to do to each file: new, appended to, replaced, removed.
 *
 * Guarantees: `appended` is claimed only if the file on the disk is as the last sync recorded it
 * and its bytes are the new file's first ones, by CRC-32 and length of both. How the new file was
 * made (tail, ends, patch or whole) doesn't matter: none of these proves it. Whatever is uncertain
 * counts as replaced, which costs the reader time, never a row.
 *
 * Reading the beginnings of staged files costs a second pass over them, straight after they were
 * written, in the workers; so it happens only if somebody asks for kinds.
 *
 * @module
 */
import type { DatasetConfig } from "../../config/dataset_config.ts";
import { keepsChanges, startChanges, stopChanges } from "../../store/changes.ts";
import type { Move } from "../../store/publish/journal.ts";
import type { Layout } from "../../store/layout.ts";
import type { Manifest } from "../../store/manifest.ts";
import type { Change, ChangeKind } from "../../types.ts";
import type { Gathered } from "../gather.ts";
import type { Changes } from "./next_manifest.ts";
import type { SyncContext } from "../sync_context.ts";
import { readFiles } from "../on_disk/survey.ts";

/**
 * The kinds of all changes, which a reader's list gets if one is kept; `undefined` if nobody asked.
 * Throws StoreError.
 */
export async function noteKinds(
  changes: Changes,
  at: Parameters<typeof kindsOf>[1] & { version: string | null },
  dataset: Pick<DatasetConfig, "changes">,
  context: Pick<SyncContext, "changes" | "pool">,
): Promise<Change[] | undefined> {
  const lists = await listsChanges(at.layout, dataset, context);
  if (!lists && context.changes === undefined) return undefined;
  const found = await kindsOf(changes, at, context);
  if (lists) changes.listed = { version: at.version, changes: found };
  return found;
}

/** Whether this dataset's changes are kept for a reader; starts or stops that as configured. */
async function listsChanges(
  layout: Layout,
  { changes }: Pick<DatasetConfig, "changes">,
  context: Pick<SyncContext, "changes">,
): Promise<boolean> {
  const keeps = keepsChanges(layout);
  if (changes === true || context.changes === "list") {
    if (!keeps) await startChanges(layout);
    return true;
  }
  if (changes === false && keeps) stopChanges(layout);
  return changes === undefined && keeps;
}

/** The kinds of all changes, in the order of their paths. Throws StoreError. */
async function kindsOf(
  { moves, deletes }: Pick<Changes, "moves" | "deletes">,
  at: { layout: Layout; before: Manifest | undefined; gathered: Pick<Gathered, "onDisk"> },
  context: Pick<SyncContext, "pool">,
): Promise<Change[]> {
  const { before, gathered: { onDisk } } = at;
  const grown = moves.filter(({ path, size }) => {
    const [old, there] = [before?.get(path), onDisk.get(path)];
    return old !== undefined && there?.size === old.size && size >= old.size;
  });
  const appended = await areAppended(grown, at, context);
  const changes = moves.map(({ path, size }): Change => {
    const old = before?.get(path);
    if (appended.has(path)) return { path, kind: "appended", fromByte: old!.size, size };
    const isNew = old === undefined && !onDisk.has(path);
    return { path, kind: isNew ? "new" : "replaced", fromByte: 0, size };
  });
  const placed = new Set(moves.map(({ path }) => path));
  for (const { path } of deletes) {
    if (!placed.has(path)) changes.push({ path, kind: "removed", fromByte: 0, size: 0 });
  }
  return changes.sort((a, b) => a.path < b.path ? -1 : 1);
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

async function areAppended(
  moves: readonly Move[],
  at: { layout: Layout; before: Manifest | undefined; gathered: Pick<Gathered, "onDisk"> },
  { pool }: Pick<SyncContext, "pool">,
): Promise<Set<string>> {
  const { layout, before, gathered: { onDisk } } = at;
  const reading = { pool, onProgress: () => {} };
  // A file whose record isn't trusted wasn't read if its size alone showed that it differs.
  const unread = moves.filter(({ path }) => onDisk.get(path)?.crc === undefined);
  const read = await readFiles(unread.map(({ path }) => `${layout.localDir}/${path}`), reading);
  const live = new Map(unread.map(({ path }, index) => [path, read[index]?.crc]));
  const asRecorded = moves.filter(({ path }) =>
    (onDisk.get(path)?.crc ?? live.get(path)) === before!.get(path)!.crc
  );
  const begins = await readFiles(
    asRecorded.map(({ staged }) => `${layout.staging}/${staged}`),
    { ...reading, lengths: asRecorded.map(({ path }) => before!.get(path)!.size) },
  );
  return new Set(
    asRecorded.filter(({ path }, index) => {
      const { crc, size } = before!.get(path)!;
      return begins[index]?.crc === crc && begins[index]?.size === size;
    }).map(({ path }) => path),
  );
}
