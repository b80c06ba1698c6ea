/**
 * What a publish changes, kept beside the data for a program that reads it later.
 *
 * Guarantees: the list is on the disk before the first file changes, and gets its final name after
 * the last, while the journal is still open; so a crash at any instant loses no change: recovery
 * finishes the list along with the publish. A crash may make a change appear twice, never not at
 * all. It is kept only for datasets for which somebody asked ({@linkcode startChanges}).
 *
 * @module
 */

import { basename, join } from "node:path";
import { writeFileAtomic } from "../fs/atomic_write.ts";
import { diskError } from "../fs/disk_error.ts";
import { flushDirectory } from "../fs/flush.ts";
import { renameInPlace } from "../fs/held_folder.ts";
import { ifThere, removeIfThere } from "../fs/if_there.ts";
import { list, openSealed, seal, type SealKind } from "../fs/sealed_json.ts";
import type { Change, ChangeKind } from "../types.ts";
import type { Layout } from "./layout.ts";
import { makePrivate } from "./private_folder.ts";
import { DISK } from "../messages/disk.ts";

/** The changes of one publish. */
export interface ChangeBatch {
  /** Its own name, by which it is recognised after a crash. */
  id: string;
  /** The package's version text. */
  version: string | null;
  /** The snapshot's version that it belongs to; it counts only if that one went live. */
  snapshot?: string;
  changes: Change[];
}

const KIND: SealKind = { what: DISK.list_of_changes(), format: 1 };
const LETTERS: Readonly<Record<ChangeKind, string>> = {
  new: "n",
  appended: "a",
  replaced: "r",
  removed: "d",
};
const KINDS = new Map(
  Object.entries(LETTERS).map(([kind, letter]) => [letter, kind as ChangeKind]),
);

/** Whether changes of this folder are kept. */
export function keepsChanges({ changes }: Pick<Layout, "changes">): boolean {
  return ifThere(() => Deno.lstatSync(changes))?.isDirectory === true;
}

/** From now on changes of this folder are kept. Throws StoreError. */
export async function startChanges({ changes }: Pick<Layout, "changes">): Promise<void> {
  try {
    await makePrivate(changes);
  } catch (error) {
    throw diskError(error, changes, DISK.make_the_folder_for_what_changed());
  }
}

/** Drops what was kept, and keeps no more. Throws StoreError. */
export function stopChanges({ changes, changesNext }: Layout): void {
  removeIfThere({ path: changesNext, to: DISK.remove_the_list() });
  removeIfThere({ path: changes, to: DISK.remove_what_was_kept() }, { recursive: true });
}

/** Writes the list of a publish that is about to begin; without changes there is none. */
export async function prepareChanges(
  layout: Layout,
  batch: Omit<ChangeBatch, "id"> | undefined,
  options: { durable: boolean },
): Promise<void> {
  if (batch === undefined || batch.changes.length === 0) return dropPrepared(layout);
  await write(layout.changesNext, { id: crypto.randomUUID(), ...batch }, options);
}

/** Removes a list whose publish didn't happen. Throws StoreError. */
export function dropPrepared({ changesNext }: Layout): void {
  removeIfThere({ path: changesNext, to: DISK.remove_list_unpublished() });
}

/**
 * Gives the prepared list its final name, without the paths in `except`, which didn't change after
 * all. Safe to repeat after a crash. Throws StoreError.
 */
export async function releaseChanges(
  layout: Layout,
  options: { durable: boolean; except?: ReadonlySet<string> },
): Promise<void> {
  const { changes, changesNext } = layout;
  const batch = await readBatch(changesNext);
  if (batch === undefined) return dropPrepared(layout);
  const { except, durable } = options;
  if (except !== undefined && batch.changes.some(({ path }) => except.has(path))) {
    batch.changes = batch.changes.filter(({ path }) => !except.has(path));
    await write(changesNext, batch, options);
  }
  await startChanges(layout);
  const next = Number(batchNames(layout).at(-1) ?? 0) + 1;
  try {
    renameInPlace(changesNext, join(changes, String(next).padStart(9, "0")));
    if (durable) await flushDirectory(changes);
  } catch (error) {
    throw diskError(error, changes, DISK.keep_the_list_of_changes());
  }
}

/**
 * After a crash without an open journal: a snapshot's list counts if its version went live, any
 * other belongs to a publish that never began. Returns whether it counted. Throws StoreError.
 */
export async function settleChanges(
  layout: Layout,
  options: { durable: boolean },
): Promise<boolean> {
  const batch = await readBatch(layout.changesNext);
  const live = layout.snapshot === undefined ? undefined : basename(layout.snapshot.current);
  const happened = batch?.snapshot !== undefined && batch.snapshot === live;
  if (happened) await releaseChanges(layout, options);
  else dropPrepared(layout);
  return happened;
}

/** The batches that wait to be collected, oldest first. Throws StoreError. */
export async function waitingBatches(
  layout: Layout,
): Promise<{ path: string; batch: ChangeBatch }[]> {
  const found: { path: string; batch: ChangeBatch }[] = [];
  for (const name of batchNames(layout)) {
    const path = join(layout.changes, name);
    const batch = await readBatch(path);
    if (batch !== undefined) found.push({ path, batch });
  }
  return found;
}

function batchNames({ changes }: Pick<Layout, "changes">): string[] {
  const items = ifThere(() => [...Deno.readDirSync(changes)], {
    path: changes,
    to: DISK.list_what_changed(),
  });
  return (items ?? []).map(({ name }) => name).filter((name) => /^\d{9,15}$/.test(name)).sort(
    (a, b) => +a - +b,
  );
}

async function write(
  path: string,
  batch: ChangeBatch,
  options: { durable: boolean },
): Promise<void> {
  const { changes, ...head } = batch;
  const body = function* (): Generator<string> {
    yield `${JSON.stringify(head).slice(1, -1)},"changes":`;
    yield* list(rowsOf(changes));
  };
  await writeFileAtomic(path, seal(KIND, body()), {
    durable: options.durable,
    mode: 0o600,
    inPlace: true,
  });
}

function* rowsOf(changes: readonly Change[]): Generator<string> {
  for (const { path, kind, fromByte, size } of changes) {
    yield JSON.stringify([path, LETTERS[kind], fromByte, size]);
  }
}

/** A batch; `undefined` when there is none, or when the disk damaged it. */
async function readBatch(path: string): Promise<ChangeBatch | undefined> {
  const opened = await openSealed(path, KIND);
  if (opened.state !== "sound") return undefined;
  const { id, version, snapshot, changes } = opened.value;
  if (typeof id !== "string" || !/^[0-9a-f-]{36}$/.test(id) || !Array.isArray(changes)) {
    return undefined;
  }
  return {
    id,
    version: typeof version === "string" ? version : null,
    ...(typeof snapshot === "string" && { snapshot }),
    changes: (changes as [string, string, number, number][]).map(
      ([path, letter, fromByte, size]) => ({
        path,
        kind: KINDS.get(letter) ?? "replaced",
        fromByte,
        size,
      }),
    ),
  };
}
