/**
 * The kept versions of a snapshot: which there are, which is pinned, and going back to one.
 *
 * Guarantees: a reader finds the old version or the new one, whole. After a crash at any instant
 * the link leads to one of the two, and nothing claims that the folder is what it isn't: the record
 * of the version that is left goes before the link changes. What changes for a reader is listed as
 * in a publish. The caller holds the dataset's lock and has recovered what was unfinished.
 *
 * @module
 */

import { basename, join } from "node:path";
import { StoreError } from "../../errors.ts";
import { writeFileAtomic } from "../../fs/atomic_write.ts";
import { crcOfFile } from "../../fs/crc_file.ts";
import { diskError } from "../../fs/disk_error.ts";
import { flushDirectory } from "../../fs/flush.ts";
import { renameInPlace } from "../../fs/held_folder.ts";
import { ifThere, removeIfThere } from "../../fs/if_there.ts";
import { copyToNew } from "../../fs/new_file.ts";
import { readOwnTextSync } from "../../fs/own_file.ts";
import { walk } from "../../fs/walk.ts";
import type { Change } from "../../types.ts";
import { prepareChanges, releaseChanges } from "../changes.ts";
import { isVersionName, type Layout } from "../layout.ts";
import { manifestHead } from "../manifest.ts";
import { bornAt, listVersions, liveVersion, switchTo } from "./versions.ts";
import { ownCommand } from "../../own_command.ts";
import { DISK } from "../../messages/disk.ts";

/** A kept version. */
export interface KeptVersion {
  /** Its folder's name. */
  name: string;
  /** The hub's text for it; `null` = not known. */
  version: string | null;
  /** When it was published (ms since the epoch). */
  at: number;
  live: boolean;
  pinned: boolean;
}

/** The kept versions, the oldest first. Throws StoreError. */
export async function keptVersions(layout: Layout): Promise<KeptVersion[]> {
  const [live, pin] = [liveVersion(layout), pinned(layout)];
  return await Promise.all(
    listVersions(layout).map(async (name) => ({
      name,
      version: (await manifestHead(join(layout.manifests, name)))?.version ?? null,
      at: bornAt(join(layout.versions, name)),
      live: name === live,
      pinned: name === pin,
    })),
  );
}

/** The version that is to stay live; `undefined` = none, or no snapshot. */
export function pinned(layout: Layout): string | undefined {
  return layout.snapshot === undefined ? undefined : readPin(layout)?.name;
}

/** Whether the live version is the pinned one, and the change to it was cut short after that. */
export function isHalfWay(layout: Layout): boolean {
  const pin = readPin(layout);
  return pin?.from !== undefined && pin.name === liveVersion(layout);
}

/** A pin names its version and, until all of the change to it is done, the version that is left. */
function readPin({ pin }: Pick<Layout, "pin">): { name: string; from?: string } | undefined {
  const [name = "", from] = (ifThere(() => readOwnTextSync(pin)) ?? "").trim().split("\nfrom ");
  return isVersionName(name) ? { name, ...(from !== undefined && { from }) } : undefined;
}

/** Lets syncs go on. Throws StoreError. */
export function unpin({ pin }: Pick<Layout, "pin">): void {
  removeIfThere({ path: pin, to: DISK.remove_the_pin() });
}

/** What {@linkcode goToVersion} does, one after the other; a kill may come after each. */
export const ROLLBACK_STEPS = [
  "pinned",
  "changes_prepared",
  "version_noted",
  "manifest_removed",
  "switched",
  "manifest_placed",
] as const;

interface GoOptions {
  durable: boolean;
  /** Whether what changes is listed. */
  lists: boolean;
  /** Records the version that the folder is about to have, `null` = none. */
  record: (version: string | null) => Promise<void>;
  /** Called after each of {@linkcode ROLLBACK_STEPS}. */
  onStep?: (step: string) => void;
}

/** Makes a kept version live and pins it; returns what that changes. Throws StoreError. */
export async function goToVersion(
  layout: Layout,
  { name, version }: Pick<KeptVersion, "name" | "version">,
  { durable, lists, record, onStep }: GoOptions,
): Promise<Change[]> {
  const done = (step: (typeof ROLLBACK_STEPS)[number]): void => onStep?.(step);
  const from = layout.snapshot!.current;
  const target = join(layout.versions, name);
  const options = { durable, mode: 0o600, inPlace: true };
  const pin = (text: string) => writeFileAtomic(layout.pin, text, options);
  if (from === target) {
    // An earlier one may have ended between the link and what is recorded about it.
    if (ifThere(() => Deno.lstatSync(layout.manifest)) === undefined) {
      await placeManifest(layout, name);
    }
    await pin(`${name}\n`);
    return [];
  }
  await pin(`${name}\nfrom ${basename(from)}\n`);
  done("pinned");
  const changes = differences(from, target);
  const listed = lists ? { version, snapshot: name, changes } : undefined;
  await prepareChanges(layout, listed, { durable });
  done("changes_prepared");
  await record(version);
  done("version_noted");
  removeIfThere({ path: layout.manifest, to: DISK.remove_the_record_of_the_version() });
  if (durable) await flushDirectory(layout.work);
  done("manifest_removed");
  await switchTo(layout, name, { durable });
  done("switched");
  await placeManifest(layout, name);
  done("manifest_placed");
  await releaseChanges(layout, { durable });
  await pin(`${name}\n`);
  return changes;
}

/** Puts the manifest of a version over the live one. Throws StoreError. */
async function placeManifest(layout: Layout, name: string): Promise<void> {
  try {
    // A copy: a manifest is never written to, but this one is the version's own.
    removeIfThere({ path: layout.manifestNext, to: DISK.remove_an_unfinished_manifest() });
    await copyToNew(join(layout.manifests, name), layout.manifestNext);
    renameInPlace(layout.manifestNext, layout.manifest);
  } catch (error) {
    // Without its record the next sync reads the files once.
    if (!(error instanceof Deno.errors.NotFound)) {
      throw diskError(error, layout.manifest, DISK.put_the_manifest_in_place());
    }
  }
}

/** The error for a folder that has no versions. */
export function noVersions(layout: Layout): StoreError {
  return new StoreError("wrong_type", DISK.no_versions({ localDir: layout.localDir }), {
    path: layout.localDir,
    expected: "a link to a version",
    hint: DISK.versions_kept({ command: ownCommand("convert NAME") }),
  });
}

/** What differs between two versions; unchanged files are one file with two names. */
function differences(from: string, to: string): Change[] {
  const before = new Map(walk(from).map(({ path }) => [path, Deno.lstatSync(`${from}/${path}`)]));
  const changes: Change[] = [];
  for (const { path } of walk(to)) {
    const now = Deno.lstatSync(`${to}/${path}`);
    const old = before.get(path);
    before.delete(path);
    if (old === undefined) changes.push({ path, kind: "new", fromByte: 0, size: now.size });
    else if (old.ino !== now.ino || old.dev !== now.dev) {
      const change = compared(path, { from, to, old: old.size, now: now.size });
      if (change !== undefined) changes.push(change);
    }
  }
  for (const path of before.keys()) changes.push({ path, kind: "removed", fromByte: 0, size: 0 });
  return changes.sort((a, b) => a.path < b.path ? -1 : 1);
}

function compared(
  path: string,
  { from, to, old, now }: { from: string; to: string; old: number; now: number },
): Change | undefined {
  const isPrefix = now >= old &&
    crcOfFile(`${from}/${path}`).crc === crcOfFile(`${to}/${path}`, undefined, { length: old }).crc;
  if (isPrefix && now === old) return undefined;
  return isPrefix
    ? { path, kind: "appended", fromByte: old, size: now }
    : { path, kind: "replaced", fromByte: 0, size: now };
}
