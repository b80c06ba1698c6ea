/**
 * Makes staged files live: the whole plan, or after a crash at any instant, the rest at the next run.
 *
 * Guarantees: nothing changes before every target has been checked and the journal is written; each
 * file is replaced by one rename, so a reader sees it old or new, whole; a file is removed only if it
 * is as the last sync left it; the manifest changes after the files. If a file can't be placed after
 * all, the whole publish is rolled back; on a disk without hard links, which that needs, all other
 * files are placed and each run retries that one. Either way no journal stays open, and an error
 * reports it. {@linkcode recoverPublish} trusts no byte without its CRC. Only a new `local_dir` is
 * there at once (`staged_tree.ts`): for several files see snapshots. The caller holds the dataset's lock.
 *
 * @module
 */
import { dirname } from "node:path";
import { StoreError } from "../../errors.ts";
import { type Beside, flushDirectories, flushDirectory } from "../../fs/flush.ts";
import { renameInPlace } from "../../fs/held_folder.ts";
import { ifThere, removeIfThere } from "../../fs/if_there.ts";
import { collectGarbage, MANY_FILES } from "../../garbage.ts";
import { type ChangeBatch, prepareChanges, releaseChanges } from "../changes.ts";
import { type Move, type PublishJournal, type Removal, writeJournal } from "./journal.ts";
import type { Layout } from "../layout.ts";
import type { Manifest } from "../manifest.ts";
import { inFolder, makeFolders, placeAll, type Placing } from "./placing.ts";
import { removeFiles } from "./removal.ts";
import { checkFolders, errorOfPart } from "./replaceable.ts";
import { StagedBlocks } from "../staged_blocks.ts";
import { isWholeTree, placeTree } from "../staged_tree.ts";
import { flushStaged, flushStagedNames, listStaging, meanwhile } from "../staging.ts";
import { takeBack, withNothingChanged } from "./take_back.ts";
import { Clearing } from "./clearing.ts";
import { checkTargets, folderOf, kindOf } from "./target_check.ts";
import { Undo } from "./undo.ts";
import { correctManifest, sortOut } from "./unfinished.ts";
import { DISK } from "../../messages/disk.ts";

/** What is to become live. */
export interface PublishPlan {
  moves: Move[];
  deletes: Removal[];
  /** What the folder holds afterwards. */
  manifest: Manifest;
  /** What to keep in the list of changes, if one is kept. */
  listed?: Omit<ChangeBatch, "id">;
}

/** Options for a publish. */
interface PublishOptions {
  /** Whether everything is flushed to the disk, so that a power cut loses nothing. */
  durable: boolean;
  /** Whether the staged files still have to be flushed; only with `durable`. */
  flush?: boolean;
  /** What flushed some of them while others were written. */
  beside?: Beside;
  /** Called after each step; an error that it throws ends the publish there, as a crash would. */
  onStep?: (step: PublishStep) => void;
}

/** What a publish did. */
export interface PublishReport {
  /** Files that are now live. */
  published: number;
  /** Files that were removed. */
  deleted: number;
  /** Files that upstream removed but that stay, because somebody changed them. */
  kept: string[];
}

/** The steps, in order; after `journal_written` a crash is rolled forward. */
export const PUBLISH_STEPS = [
  "checked",
  "manifest_written",
  "flushed",
  "journal_written",
  "way_cleared",
  "folders_made",
  "half_moved",
  "moved",
  "deleted",
  "folders_flushed",
  "manifest_live",
  "changes_listed",
  "staging_removed",
  "journal_removed",
] as const;

/** One of {@linkcode PUBLISH_STEPS}. */
export type PublishStep = typeof PUBLISH_STEPS[number];

/**
 * Makes a plan live. Throws StoreError or ArchiveError; an error before the step `journal_written`
 * has changed nothing, and after a crash past it the next {@linkcode recoverPublish} finishes.
 */
export async function publish(
  layout: Layout,
  plan: PublishPlan,
  options: PublishOptions,
): Promise<PublishReport> {
  const { durable, flush, beside, onStep } = options;
  // The disk writes the files while all else is prepared.
  const flushing = durable && flush ? flushStaged(layout, plan.moves, beside) : Promise.resolve();
  const replaced = new Set(plan.moves.map((move) => move.path));
  const deletes = plan.deletes.filter((removal) => !replaced.has(removal.path));
  const clearing = new Clearing(layout, { moves: plan.moves, deletes });
  const { tree, undo } = await meanwhile(flushing, prepare(layout, plan, { ...options, clearing }));
  if (durable && plan.moves.length > 0) await flushStagedNames(layout, plan.moves);
  onStep?.("flushed");
  const journal: PublishJournal = { kind: "publish", moves: plan.moves, deletes };
  await writeJournal(layout, journal, { durable });
  onStep?.("journal_written");
  return await carryOut(layout, journal, undo, { ...options, tree, clearing });
}

/** Checks every target and makes what a publish needs beside the staged files. Throws StoreError. */
async function prepare(
  layout: Layout,
  plan: PublishPlan,
  { durable, onStep, clearing }: PublishOptions & { clearing: Clearing },
): Promise<{ tree: boolean; undo: Undo }> {
  const tree = isWholeTree(layout, plan.moves);
  if (!tree) checkStaged(layout, plan.moves);
  const there = checkTargets(layout, plan.moves.map((move) => move.path), clearing.clears);
  checkFolders(layout, there);
  if (durable) collectGarbage(there.size, { worth: MANY_FILES }); // what building left, beside the flush
  const undo = await Undo.make(layout, plan.moves, { there, clearing: clearing.removals, durable });
  onStep?.("checked");
  await plan.manifest.save(layout.manifestNext, { durable });
  await prepareChanges(layout, plan.listed, { durable });
  onStep?.("manifest_written");
  return { tree, undo };
}

/**
 * Finishes a publish that a crash interrupted, or its rolling back if that had begun. Safe to
 * interrupt and repeat. Files that can't be finished, because their staged file isn't whole, are
 * removed from the manifest, so that they are fetched again. Throws StoreError.
 */
export async function finishPublish(
  layout: Layout,
  journal: PublishJournal,
  options: PublishOptions,
): Promise<PublishReport> {
  const clearing = new Clearing(layout, journal);
  checkTargets(layout, journal.moves.map((move) => move.path), clearing.clears);
  const undo = Undo.find(layout);
  if (undo.begun) {
    await takeBack(layout, { moves: journal.moves, clearing, undo }, options);
    return { published: 0, deleted: 0, kept: [] };
  }
  const { todo, lost } = sortOut(layout, journal.moves);
  await correctManifest(layout, { lost }, options);
  const tree = isWholeTree(layout, todo);
  const how = { ...options, tree, clearing, touching: journal.moves, gone: lost };
  return await carryOut(layout, { ...journal, moves: todo }, undo, how);
}

/**
 * Everything after the journal; `tree` = the moves are all of a staged tree; `touching` = all moves,
 * when some of them are done already or, as those in `gone`, can't be.
 */
async function carryOut(
  layout: Layout,
  journal: PublishJournal,
  undo: Undo,
  options: PublishOptions & { tree: boolean; clearing: Clearing } & {
    touching?: Move[];
    gone?: Move[];
  },
): Promise<PublishReport> {
  const { durable, onStep, clearing, touching = journal.moves, gone = [] } = options;
  const placing: Placing = { placed: new Set(), failed: new Map(), made: [] };
  const removal = clearing.run();
  onStep?.("way_cleared");
  const failures = () => [...removal.failed.values(), ...placing.failed.values()];
  const goOn = (): boolean => failures().length === 0 || !undo.complete;
  const atOnce = options.tree && placeTree(layout);
  const alone = atOnce ? [] : journal.moves;
  makeFolders(layout, alone, placing);
  onStep?.("folders_made");
  if (goOn()) {
    const atHalf = (): void => onStep?.("half_moved");
    await placeAll(layout, alone, placing, { stopAtFirst: undo.complete, durable, atHalf });
  }
  if (!goOn()) {
    await takeBack(layout, { moves: touching, clearing, placing, undo }, options);
    throw withNothingChanged(failures()[0]!);
  }
  onStep?.("moved");
  removeFiles(layout, clearing.others, { report: removal });
  onStep?.("deleted");
  if (durable) {
    const moved = atOnce ? [] : touching; // a tree's folders are flushed before it moves
    const below = [...moved.map((move) => folderOf(move.path)), ...removal.touched];
    const above = placing.made.filter((folder) => folder !== "").map(folderOf);
    const folders = [...new Set([...below, ...above])].map((folder) => inFolder(layout, folder));
    if (placing.made[0] === "") folders.push(dirname(layout.localDir));
    await flushDirectories(folders.filter(isThere));
  }
  onStep?.("folders_flushed");
  const [lost, stay] = [[...placing.failed.keys()], [...removal.failed.keys()]];
  if (lost.length + stay.length > 0) await correctManifest(layout, { lost, stay }, options);
  renameIfThere(layout.manifestNext, layout.manifest);
  onStep?.("manifest_live");
  const unchanged = [...lost, ...gone, ...stay].map(({ path }) => path).concat(removal.kept);
  await releaseChanges(layout, { durable, except: new Set(unchanged) });
  onStep?.("changes_listed");
  // The journal goes last, so that what a crash leaves here is removed by the next run, without news too.
  await undo.remove();
  // The next run retries what couldn't be placed, without fetching it again.
  if (lost.length === 0) {
    removeDone(layout.staging);
    new StagedBlocks(layout).remove();
  }
  onStep?.("staging_removed");
  removeDone(layout.journal);
  // Before anything new is staged: a journal that a power cut brought back would publish it.
  if (durable) await flushDirectory(layout.work);
  onStep?.("journal_removed");
  if (failures().length > 0) throw errorOfPart(failures(), lost.length);
  return { published: journal.moves.length, deleted: removal.deleted, kept: removal.kept };
}

/** Finds a missing staged file before the first rename rather than half-way through. */
function checkStaged(layout: Layout, moves: Move[]): void {
  if (moves.length === 0) return;
  const there = listStaging(layout);
  for (const move of moves) {
    const path = `${layout.staging}/${move.staged}`;
    if (there.has(move.staged) || isThere(path)) continue; // listed, or by a folder in another case
    throw new StoreError("io", DISK.staged_gone({ path: move.path }), {
      path,
      entry: move.path,
      hint: DISK.something_removed(),
    });
  }
}

function isThere(path: string): boolean {
  return kindOf(path) !== "missing";
}

function renameIfThere(from: string, to: string): void {
  ifThere(() => renameInPlace(from, to), { path: to, to: DISK.put_the_manifest_in_place() });
}

function removeDone(path: string): void {
  removeIfThere({ path, to: DISK.remove_what_is_done_with() }, { recursive: true });
}
