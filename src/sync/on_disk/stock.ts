/**
 * What a dataset has of a package: files in the folder, and verified files in staging.
 *
 * Guarantees: a fact describes only content that was read, or that the manifest records of a file that
 * is as the last sync left it. Staged files of an earlier run count if they are correct, unless they may
 * come from bytes that were never proven. Entries that the disk can't hold are removed from the look
 * here, each with the reason.
 *
 * @module
 */
import type { DatasetConfig } from "../../config/dataset_config.ts";
import { flushAtOnceFrom } from "../../fs/flush.ts";
import { unplaceable } from "../../store/disk_names.ts";
import type { Layout } from "../../store/layout.ts";
import type { PartialPackage } from "../../store/partial.ts";
import { StagedBlocks } from "../../store/staged_blocks.ts";
import { prepareTree, pruneTree } from "../../store/staged_tree.ts";
import { kindOf } from "../../store/publish/target_check.ts";
import {
  clearStaging,
  clearUnfinished,
  isUnproven,
  StagingNames,
  unmarkUnproven,
} from "../../store/staging.ts";
import type { DatasetResult, Entry } from "../../types.ts";
import { globOf } from "../../zip/directory/glob_filter.ts";
import { checkGuarded } from "./guarded_files.ts";
import { commonFolder, formerPaths } from "./renamed.ts";
import type { Look } from "../look/look.ts";
import { collectGarbage } from "../../garbage.ts";
import { MOST_NAMED } from "../running_result.ts";
import type { SyncContext } from "../sync_context.ts";
import {
  type DiskFact,
  hasContent,
  type SurveyContext,
  surveyFiles,
  surveyStaging,
} from "./survey.ts";
import { SYNC } from "../../messages/sync.ts";

/** Options for a stock. */
interface StockInput {
  dataset: Pick<DatasetConfig, "name" | "publish">;
  layout: Layout;
  /** Without one, nothing may be created. */
  partial: PartialPackage | undefined;
  known: SurveyContext["known"];
  /** The folder around all recorded files of the package, or `""`. */
  recordedFolder: () => string;
}

/** What a survey needs to know about digests; `proof/content_proof.ts` implements it. */
interface DigestsAsked {
  /** Whether the hub has a list of them. */
  readonly offered: boolean;
  /** Whether a recorded file without a known digest is read for it. */
  readonly readsKept: boolean;
  /** Call with a directory before the files are surveyed. */
  begin(look: Look): Promise<void>;
}

/** A dataset's files in the folder and in staging. */
export class Stock {
  names: StagingNames = new StagingNames();
  /** What is in the folder, by path. */
  onDisk: Map<string, DiskFact> = new Map();
  /** Entries in staging, by path, with what is in them. */
  staged: Map<string, DiskFact> = new Map();
  /** Entries that this disk can't hold, by path, each with the reason. */
  leftOut: Map<string, string> = new Map();
  readonly #input: StockInput;
  readonly #context: SyncContext;
  readonly #digests: DigestsAsked;
  /** What gives a path its former one, where the folder around all files was renamed. */
  #formerPath: ((path: string) => string) | undefined;
  /** Whether staged files lie as they will in `local_dir`; decided once. */
  #asTree: boolean | undefined;

  constructor(input: StockInput, context: SyncContext, digests: DigestsAsked) {
    this.#input = input;
    this.#context = context;
    this.#digests = digests;
  }

  /**
   * Finds out which entries the disk can hold, and which are there. With `drop`, staged files of an
   * earlier run don't count.
   */
  async take(look: Look, { drop }: { drop: boolean }): Promise<void> {
    const { layout, partial, known } = this.#input;
    const { guarded } = this.#context;
    await checkGuarded(look.located, { localDir: layout.localDir, guarded });
    // Trying names creates files, which a run without a partial may not.
    if (partial !== undefined) {
      const paths = look.located.map(({ entry }) => entry.path);
      this.leftOut = unplaceable(layout, paths, (path) => known(path) !== undefined);
      look.located = look.located.filter(({ entry }) => !this.leftOut.has(entry.path));
      await this.#digests.begin(look);
    }
    collectGarbage(look.located.length);
    const now = commonFolder(look.located.map(({ entry }) => entry.path));
    this.#formerPath = now === "" ? undefined : formerPaths(this.#input.recordedFolder(), now);
    await this.#survey(look.located.map(({ entry }) => entry), drop);
  }

  /** What the folder holds of these entries now. */
  survey(entries: Parameters<typeof surveyFiles>[0]): Promise<Map<string, DiskFact>> {
    return surveyFiles(entries, this.#surveyContext());
  }

  /** The recorded file of an entry before the folder around all files was renamed. */
  former(path: string): { path: string; fact: DiskFact } | undefined {
    const former = this.#formerPath?.(path);
    const fact = former === undefined ? undefined : this.#input.known(former);
    return fact && { path: former!, fact };
  }

  /** What would be in the folder after a publish. */
  factOf(path: string): DiskFact | undefined {
    return this.staged.get(path) ?? this.onDisk.get(path);
  }

  /** Drops staged files whose content isn't their entry's. */
  dropUnlike(located: Look["located"]): void {
    for (const { entry } of located) {
      if (!hasContent(this.staged.get(entry.path), entry)) this.staged.delete(entry.path);
    }
  }

  /** Removes all staged files: they may come from other bytes than those about to be proven. */
  dropStaged(): void {
    const { layout, partial } = this.#input;
    this.staged = new Map();
    if (partial === undefined) return;
    clearStaging(layout);
    new StagedBlocks(layout).remove();
    unmarkUnproven(layout);
  }

  async #survey(entries: Entry[], drop: boolean): Promise<void> {
    const { layout, partial, dataset } = this.#input;
    const survey = this.#surveyContext();
    // A snapshot's version is made of links, one per file, so a tree can't be moved as a whole.
    this.#asTree ??= partial !== undefined && await prepareTree(layout, {
      mayMake: dataset.publish !== "snapshot",
    });
    this.names = new StagingNames({ asTree: this.#asTree });
    this.onDisk = await surveyFiles(entries, survey);
    const rest = entries.filter((entry) => !hasContent(this.onDisk.get(entry.path), entry));
    if (drop || isUnproven(layout)) return this.dropStaged();
    if (partial !== undefined) clearUnfinished(layout);
    if (this.#asTree) pruneTree(layout, rest.map(({ path }) => path));
    const earlier = await surveyStaging(rest, this.names, survey);
    // What this process verified needn't be checked again if the new package still has it, unless the
    // disk lists its folder in another case, so that it was taken for another package's.
    for (const entry of rest) {
      const mine = this.staged.get(entry.path);
      if (mine === undefined || !hasContent(mine, entry)) continue;
      const isThere = kindOf(`${layout.staging}/${this.names.nameOf(entry)}`) === "file";
      if (isThere) earlier.set(entry.path, mine);
    }
    this.staged = earlier;
  }

  #surveyContext(): SurveyContext {
    const { layout, known, dataset, partial } = this.#input;
    return {
      layout,
      known: (path) => this.onDisk.get(path) ?? known(path),
      pool: this.#context.pool,
      digests: this.#digests.offered,
      readForDigest: partial !== undefined && this.#digests.readsKept,
      flush: flushAtOnceFrom(layout.staging, this.#context.sync) === 0,
      onProgress: (done, total) =>
        this.#context.reporter({ type: "checking", dataset: dataset.name, done, total }),
    };
  }
}

/**
 * Puts into a result which entries the disk can't hold: all others are synced, and every run lists
 * these and fails. Refusing the package would hold up thousands of files for one name.
 */
export function sayLeftOut(result: DatasetResult, leftOut: ReadonlyMap<string, string>): void {
  const paths = [...leftOut.keys()];
  const shown = paths.slice(0, MOST_NAMED);
  const more = paths.length - shown.length;
  const files = paths.length === 1 ? SYNC.n1_file() : SYNC.n_files({ paths: paths.length });
  const reasons = shown.map((path) => `${path} (${leftOut.get(path)})`).join(", ");
  result.leftOut = paths;
  result.error = SYNC.all_but({ files, reasons, more: more > 0 ? SYNC.and_more({ more }) : "" });
  result.hint = leftOutHint(paths);
}

/** The hint about files that a disk can't hold. */
export function leftOutHint(paths: readonly string[]): string {
  const globs = paths.slice(0, MOST_NAMED).map((path) => `'${globOf(path).replaceAll("'", "''")}'`);
  const more = paths.length > MOST_NAMED ? ", …" : "";
  return SYNC.other_disk({ globs: globs.join(", "), more });
}
