/**
 * Turns a plain data folder into a snapshot, and back.
 *
 * Guarantees: no file is copied, changed or lost; a kill at any instant is finished by
 * `recoverPublish`; what can't be done safely is refused before anything changes. It takes two
 * renames, so `local_dir` is missing for a few microseconds (after a kill: until the next run). The
 * caller holds the dataset's lock, has no open journal, and resolves the layout again afterwards.
 *
 * @module
 */

import { basename, dirname, join, normalize } from "node:path";
import { StoreError } from "../../errors.ts";
import { diskError, errnoOf } from "../../fs/disk_error.ts";
import { flushDirectories } from "../../fs/flush.ts";
import { removeAllInPlace, removeInPlace, renameInPlace } from "../../fs/held_folder.ts";
import { walk } from "../../fs/walk.ts";
import { type ConversionJournal, journalIsOpen, writeJournal } from "../publish/journal.ts";
import { ensureWork, type Layout } from "../layout.ts";
import { mustLieBeside } from "./snapshot.ts";
import { cantBeMoved, checkLinks, checkMovable, makePassable } from "./snapshot_ability.ts";
import { kindOf } from "../publish/target_check.ts";
import { cantCarryOver, refuseOddNames } from "./version_builder.ts";
import { keepManifest, liveVersion, nextVersion, removeEmptyFolder, switchTo } from "./versions.ts";
import { DISK } from "../../messages/disk.ts";

interface ConvertOptions {
  /** Whether every step is flushed to the disk; default true. */
  durable?: boolean;
  /** Called after each step; an error that it throws ends the conversion there, as a crash would. */
  onStep?: (step: ConvertStep) => void;
}

/** The steps, in order. */
export const CONVERT_STEPS = ["journal_written", "taken_away", "put_back", "tidied"] as const;

/** One of {@linkcode CONVERT_STEPS}. */
type ConvertStep = typeof CONVERT_STEPS[number];

/**
 * Makes a plain folder the first version of a snapshot. `false` = nothing to do: it is one already,
 * or isn't there yet. Throws StoreError when it can't be done safely.
 */
export async function toSnapshot(layout: Layout, options: ConvertOptions = {}): Promise<boolean> {
  await refuseOpenJournal(layout);
  if (layout.snapshot !== undefined || kindOf(layout.localDir) === "missing") return false;
  if (layout.inside) throw mustLieBeside(layout);
  refuseWhatCantMove(layout);
  await refuseOddNames(layout.localDir); // no later version could hold them
  await ensureWork(layout);
  checkLinks(layout.work, join(layout.work, "links"));
  checkMovable(layout, layout.localDir);
  await convert(layout, { kind: "to_snapshot", version: nextVersion(layout) }, options);
  return true;
}

/**
 * Makes the live version a plain folder again and removes the others. `false` = it is plain
 * already. Throws StoreError when it can't be done safely.
 */
export async function toPlain(layout: Layout, options: ConvertOptions = {}): Promise<boolean> {
  await refuseOpenJournal(layout);
  const version = liveVersion(layout);
  if (layout.snapshot === undefined || version === undefined) return false;
  if (kindOf(layout.snapshot.current) !== "folder") {
    throw new StoreError(
      "wrong_type",
      DISK.live_version_gone({ current: layout.snapshot.current }),
      {
        path: layout.snapshot.current,
        expected: "a folder",
        hint: DISK.remove_link_and_run({ localDir: layout.localDir }),
      },
    );
  }
  checkMovable(layout, layout.snapshot.current);
  await convert(layout, { kind: "to_plain", version }, options);
  return true;
}

/** Finishes an interrupted conversion. Safe to interrupt and repeat. */
export async function finishConversion(
  layout: Layout,
  journal: ConversionJournal,
  options: ConvertOptions = {},
): Promise<void> {
  const { durable = true, onStep } = options;
  const version = join(layout.versions, journal.version);
  try {
    if (journal.kind === "to_snapshot") {
      await intoVersion(layout, journal.version, version, options);
    } else {
      await outOfVersion(layout, version, options);
    }
    if (durable) await flushDirectories([dirname(layout.localDir), layout.work]);
    removeInPlace(layout.journal);
  } catch (error) {
    throw diskError(error, layout.localDir, DISK.convert_the_folder());
  }
  onStep?.("tidied");
}

async function convert(
  layout: Layout,
  journal: ConversionJournal,
  options: ConvertOptions,
): Promise<void> {
  await writeJournal(layout, journal, { durable: options.durable ?? true });
  options.onStep?.("journal_written");
  await finishConversion(layout, journal, options);
}

async function intoVersion(
  layout: Layout,
  name: string,
  version: string,
  options: ConvertOptions,
): Promise<void> {
  const { durable = true, onStep } = options;
  await Deno.mkdir(layout.versions, { recursive: true });
  if (kindOf(version) === "missing") {
    // Somebody removed the folder after the crash: nothing is left to convert.
    if (kindOf(layout.localDir) === "missing") return;
    try {
      renameInPlace(layout.localDir, version);
    } catch (error) {
      // Nothing has been changed, so nothing is left to finish.
      removeInPlace(layout.journal);
      throw error;
    }
    if (durable) await flushDirectories([layout.versions, dirname(layout.localDir)]);
  }
  onStep?.("taken_away");
  makePassable(layout);
  if (kindOf(layout.localDir) !== "link") {
    try {
      await switchTo(layout, name, { durable });
    } catch (error) {
      // Somebody may have made a folder there; then a later run finishes this, once that folder is
      // gone.
      if (kindOf(layout.localDir) === "missing") {
        renameInPlace(version, layout.localDir);
        removeInPlace(layout.journal);
      }
      throw error;
    }
  }
  keepManifest(layout, name);
  onStep?.("put_back");
}

async function outOfVersion(
  layout: Layout,
  version: string,
  options: ConvertOptions,
): Promise<void> {
  const { durable = true, onStep } = options;
  if (kindOf(layout.localDir) === "link") removeInPlace(layout.localDir);
  onStep?.("taken_away");
  if (kindOf(version) === "folder") {
    // Somebody made a folder there meanwhile; it is removed only if empty.
    if (kindOf(layout.localDir) === "folder") removeEmptyFolder(layout.localDir);
    try {
      renameInPlace(version, layout.localDir);
    } catch (error) {
      await switchTo(layout, basename(version), { durable });
      removeInPlace(layout.journal);
      throw errnoOf(error) === "EXDEV" ? cantBeMoved(version, error) : error;
    }
    if (durable) await flushDirectories([dirname(layout.localDir)]);
  }
  onStep?.("put_back");
  if (kindOf(layout.versions) === "folder") await removeAllInPlace(layout.versions);
  for (const path of [layout.manifests, layout.pin]) await removeAllInPlace(path).catch(() => {});
}

async function refuseOpenJournal(layout: Layout): Promise<void> {
  if (!await journalIsOpen(layout)) return;
  throw new StoreError("io", DISK.earlier_unfinished({ localDir: layout.localDir }), {
    path: layout.journal,
    hint: DISK.run_sync_first(),
  });
}

/** The folder must still work after the move, and every file in it must accept a hard link. */
function refuseWhatCantMove(layout: Layout): void {
  const root = layout.localDir;
  const device = Deno.statSync(root).dev;
  walk(root, {
    onFolder: (path) => {
      if (Deno.lstatSync(`${root}/${path}`).dev === device) return;
      throw new StoreError("cross_device", DISK.mounted_inside({ path: `${root}/${path}` }), {
        path: `${root}/${path}`,
        hint: DISK.unmount_or_files(),
      });
    },
    onOther: (path) => {
      const whole = `${root}/${path}`;
      if (kindOf(whole) !== "link") throw cantCarryOver(whole);
      const target = Deno.readLinkSync(whole);
      const lands = normalize(join(dirname(path), target));
      if (target.startsWith("/") || (lands !== ".." && !lands.startsWith("../"))) return;
      throw new StoreError("wrong_type", DISK.link_leads_out({ whole }), {
        path: whole,
        found: target,
        hint: DISK.link_would_break(),
      });
    },
  });
}
