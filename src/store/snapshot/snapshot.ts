/**
 * `publish: snapshot`: a whole new version of the folder goes live with one rename of a link.
 *
 * Guarantees: a reader that opens `local_dir` gets one version, all old or all new, and keeps it
 * while it is among the last `keepVersions`. A crash before the switch leaves the old version live
 * and the staged files where they are, and what was built counts for no version; after the switch
 * {@linkcode finishLive} does what is left. Files that don't come from the package are carried over.
 * Unchanged files are hard links: a program that writes *into* such a file, rather than replacing it,
 * changes it in every version.
 *
 * @module
 */

import { basename, join } from "node:path";
import { StoreError } from "../../errors.ts";
import { diskError } from "../../fs/disk_error.ts";
import { type Beside, flushDirectories, flushDirectory } from "../../fs/flush.ts";
import { HeldFolders, removeAllInPlace, renameInPlace } from "../../fs/held_folder.ts";
import { ifThereAsync } from "../../fs/if_there.ts";
import { prepareChanges, releaseChanges } from "../changes.ts";
import type { Layout } from "../layout.ts";
import { Clearing } from "../publish/clearing.ts";
import type { PublishPlan, PublishReport } from "../publish/publish.ts";
import { stateOf } from "../publish/removal.ts";
import { StagedBlocks } from "../staged_blocks.ts";
import { flushStaged, meanwhile } from "../staging.ts";
import { checkPath, checkTargets, folderOf, kindOf, ParentKinds } from "../publish/target_check.ts";
import { checkLinks, makePassable } from "./snapshot_ability.ts";
import { VersionBuilder } from "./version_builder.ts";
import { DISK } from "../../messages/disk.ts";
import {
  folderInTheWay,
  isEmpty,
  keepManifest,
  markNext,
  nextVersion,
  placeNext,
  pruneVersions,
  removeUnused,
  switchTo,
} from "./versions.ts";

interface SnapshotOptions {
  /** Whether everything is flushed to the disk, so that a power cut loses nothing. */
  durable: boolean;
  /** Versions kept, the live one included; at least 1. */
  keepVersions: number;
  /** And all that were published after this instant (ms since the epoch). */
  keepSince?: number;
  /** Whether the staged files still have to be flushed; only with `durable`. */
  flush?: boolean;
  /** What flushed some of them while others were written. */
  beside?: Beside;
  /** Called after each step; an error that it throws ends the publish there, as a crash would. */
  onStep?: (step: SnapshotStep) => void;
}

/** The steps, in order. */
export const SNAPSHOT_STEPS = [
  "checked",
  "manifest_written",
  "carried_over",
  "built",
  "flushed",
  "folders_flushed",
  "switched",
  "manifest_live",
  "changes_listed",
  "staging_removed",
  "pruned",
] as const;

/** One of {@linkcode SNAPSHOT_STEPS}. */
export type SnapshotStep = typeof SNAPSHOT_STEPS[number];

/**
 * Makes a plan live as a new version. `local_dir` is our link, missing, or empty. Throws StoreError
 * or ArchiveError; until the step `switched`, readers see no change. Resolve the layout again
 * afterwards.
 */
export async function publishSnapshot(
  layout: Layout,
  plan: PublishPlan,
  options: SnapshotOptions,
): Promise<PublishReport> {
  const { durable, flush, beside, onStep } = options;
  checkSnapshot(layout);
  const { clears } = new Clearing(layout, plan);
  checkTargets(layout, plan.moves.map((move) => move.path), clears);
  onStep?.("checked");
  if (layout.snapshot !== undefined && plan.moves.length + plan.deletes.length === 0) {
    return await keepLive(layout, plan, options);
  }
  removeUnused(layout);
  const version = nextVersion(layout);
  const building = join(layout.versions, `${version}.building`);
  // The disk writes the files while links to them are made.
  const flushing = durable && flush ? flushStaged(layout, plan.moves, beside) : Promise.resolve();
  const { builder, kept, deleted } = await meanwhile(
    flushing,
    build(layout, plan, { ...options, version, building }),
  );
  onStep?.("flushed");
  if (durable) await flushDirectories(builder.folders);
  try {
    markNext(layout, version);
    renameInPlace(building, join(layout.versions, version));
  } catch (error) {
    throw diskError(error, building, DISK.finish_the_new_version());
  }
  if (durable) await flushDirectory(layout.versions);
  onStep?.("folders_flushed");
  makePassable(layout);
  await switchTo(layout, version, { durable });
  onStep?.("switched");
  await placeNext(layout, { durable });
  onStep?.("manifest_live");
  await releaseChanges(layout, { durable, except: new Set(kept) });
  onStep?.("changes_listed");
  await tidy(layout, version, options);
  return { published: plan.moves.length, deleted, kept };
}

/**
 * Of a plan that changes no file, as after a kill or for a package that is announced again, the
 * manifest alone becomes live: a new version would take the place of one to keep.
 */
async function keepLive(
  layout: Layout,
  { manifest }: PublishPlan,
  options: SnapshotOptions,
): Promise<PublishReport> {
  await manifest.save(layout.manifest, { durable: options.durable });
  options.onStep?.("manifest_live");
  await tidy(layout, basename(layout.snapshot!.current), options);
  return { published: 0, deleted: 0, kept: [] };
}

/** Keeps the live version's manifest with it, and removes what isn't needed any more. */
async function tidy(
  layout: Layout,
  live: string,
  { keepVersions: versions, keepSince: since, onStep }: SnapshotOptions,
): Promise<void> {
  keepManifest(layout, live);
  await removeAllInPlace(layout.staging).catch(() => {});
  new StagedBlocks(layout).remove();
  onStep?.("staging_removed");
  // Last, with the mark by which the next run sees what a crash left.
  await pruneVersions(layout, live, { versions, ...(since !== undefined && { since }) });
  onStep?.("pruned");
}

/** Builds the new version's folder: what stays of the live one, and what is staged. */
async function build(
  layout: Layout,
  plan: PublishPlan,
  { durable, onStep, version, building }: SnapshotOptions & { version: string; building: string },
): Promise<{ builder: VersionBuilder; kept: string[]; deleted: number }> {
  await plan.manifest.save(layout.manifestNext, { durable });
  onStep?.("manifest_written");
  using held = new HeldFolders();
  const builder = new VersionBuilder(building, held);
  await startAfresh(building);
  const { leaveOut, kept, deleted } = judgeDeletes(layout, plan);
  for (const move of plan.moves) leaveOut.add(move.path);
  const listed = plan.listed === undefined ? undefined : { ...plan.listed, snapshot: version };
  await prepareChanges(layout, listed, { durable });
  if (layout.snapshot !== undefined) await builder.carryOver(layout.snapshot.current, leaveOut);
  onStep?.("carried_over");
  for (const move of plan.moves) {
    await builder.link(`${layout.staging}/${move.staged}`, move.path, { over: true });
  }
  onStep?.("built");
  return { builder, kept, deleted };
}

/** Throws StoreError where no snapshot can be published; the work folder must be there. */
export function checkSnapshot(layout: Layout): void {
  if (layout.inside) throw mustLieBeside(layout);
  checkLinks(layout.work, join(layout.work, "links"));
  const { snapshot, localDir } = layout;
  if (snapshot === undefined) {
    // The switch removes an empty folder.
    if (kindOf(localDir) === "folder" && !isEmpty(localDir)) throw folderInTheWay(localDir);
  } else if (kindOf(snapshot.current) !== "folder") {
    throw new StoreError("wrong_type", DISK.live_version_gone({ current: snapshot.current }), {
      path: snapshot.current,
      expected: "a folder",
      hint: DISK.remove_link_start_over({ localDir }),
    });
  }
}

/** The error for a work folder that had to be placed inside the data. */
export function mustLieBeside(layout: Layout): StoreError {
  return new StoreError(
    "cross_device",
    DISK.needs_work_folder({ localDir: layout.localDir }),
    {
      path: layout.localDir,
      hint: DISK.point_below(),
    },
  );
}

async function startAfresh(building: string): Promise<void> {
  try {
    await ifThereAsync(() => removeAllInPlace(building));
    await Deno.mkdir(join(building, ".."), { recursive: true });
    using held = new HeldFolders();
    Deno.mkdirSync(held.at(building));
  } catch (error) {
    throw diskError(error, building, DISK.make_the_new_version_s_folder());
  }
}

function judgeDeletes(
  layout: Layout,
  plan: PublishPlan,
): { leaveOut: Set<string>; kept: string[]; deleted: number } {
  const leaveOut = new Set<string>();
  const kept: string[] = [];
  const replaced = new Set(plan.moves.map((move) => move.path));
  const parents = new ParentKinds(layout.localDir);
  for (const removal of plan.deletes) {
    checkPath(layout, removal.path);
    if (replaced.has(removal.path)) continue;
    const state = parents.of(folderOf(removal.path)) === "folder"
      ? stateOf(`${layout.localDir}/${removal.path}`, removal)
      : "missing";
    if (state === "as_described") leaveOut.add(removal.path);
    if (state === "changed") kept.push(removal.path);
  }
  return { leaveOut, kept, deleted: leaveOut.size };
}
