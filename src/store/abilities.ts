/**
 * What a file system can't do that others can, worth telling a person once.
 *
 * Guarantees: each ability is tried in a temporary folder, which is then removed; nothing else
 * changes, and a failure here never stops a run.
 *
 * @module
 */

import { orElse } from "../or_else.ts";
import { join } from "node:path";
import { removeAllInPlace, removeInPlace } from "../fs/held_folder.ts";
import { temporaryNameFor } from "../fs/atomic_write.ts";
import { ifThere } from "../fs/if_there.ts";
import { isNotOffered } from "../fs/disk_error.ts";
import { freeSpace } from "../fs/space.ts";
import { DISK } from "../messages/disk.ts";

/**
 * What the file system of `folder` can't do: one clause each, to follow "it". Never throws. The trial
 * is a folder of any name, unless the caller names one that is its own and was left by a run that died.
 */
export async function lackingIn(
  folder: string,
  trial: string = temporaryNameFor(join(folder, "abilities")),
): Promise<string[]> {
  const file = join(trial, "file");
  try {
    ifThere(() => removeInPlace(trial, { recursive: true }));
    Deno.mkdirSync(trial, { mode: 0o700 });
    const lacking: string[] = [];
    const flushes = await write(file);
    if (!keepsModes(file)) {
      lacking.push(DISK.keeps_no_permissions());
    }
    if (!flushes) lacking.push(DISK.flushes_no_files());
    if (!replacesFiles(trial)) lacking.push(DISK.replaces_no_files());
    if (!hasLinks(trial)) {
      lacking.push(
        DISK.no_hard_links(),
      );
    }
    if (isThere(join(trial, "FILE"))) lacking.push(DISK.case_for_one());
    if ((await freeSpace(trial)).bytes === Infinity) {
      lacking.push(DISK.room_unknown());
    }
    return lacking;
  } catch {
    return [];
  } finally {
    await removeAllInPlace(trial).catch(() => {});
  }
}

/** Writes the file; says whether it could be flushed. */
async function write(path: string): Promise<boolean> {
  using file = Deno.openSync(path, { write: true, createNew: true, mode: 0o600 });
  try {
    await file.sync();
    return true;
  } catch (error) {
    if (isNotOffered(error)) return false;
    throw error;
  }
}

function keepsModes(path: string): boolean {
  return ((Deno.lstatSync(path).mode ?? 0) & 0o777) === 0o600;
}

/** Some FUSE file systems, and SFTP servers, rename only to a name that is free. */
function replacesFiles(folder: string): boolean {
  const [other, taken] = [join(folder, "other"), join(folder, "taken")];
  for (const path of [other, taken]) {
    Deno.openSync(path, { write: true, createNew: true }).close();
  }
  try {
    Deno.renameSync(other, taken);
    return true;
  } catch {
    return false;
  }
}

function hasLinks(folder: string): boolean {
  try {
    Deno.linkSync(join(folder, "file"), join(folder, "link"));
    return true;
  } catch {
    return false;
  }
}

function isThere(path: string): boolean {
  return orElse(() => Deno.lstatSync(path), undefined) !== undefined;
}
