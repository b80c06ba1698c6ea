/**
 * Gathers a package: reads its directory, plans, downloads and extracts, until every wanted entry
 * is verified on the disk or in staging.
 *
 * Guarantees: when it returns, each entry is correct in the folder or in staging. If the package is
 * replaced meanwhile, it keeps what is still valid and plans again, at most {@linkcode MOST_ROUNDS}
 * times; a wrong guess costs one more round, never a wrong file. If a digest must be proven,
 * nothing counts as gathered until it is, in this run or a later one. It changes nothing in
 * `local_dir`.
 *
 * It is longer than 250 lines because all ways to look again and plan again meet here.
 *
 * @module
 */
import { HubError } from "../errors.ts";
import type { FlushBeside } from "../fs/flush_beside.ts";
import { sizeOf } from "../ranges.ts";
import type { PartialPackage } from "../store/partial.ts";
import type { StagingNames } from "../store/staging.ts";
import type { Entry } from "../types.ts";
import type { DiskFact } from "./on_disk/survey.ts";
import { ContentProof, type ContentProofInput } from "./proof/content_proof.ts";
import { Attempts, fetchEntries, type RoundResult } from "./fetch/fetch_entries.ts";
import { OtherHead, PlanAgain } from "./fetch/range_request.ts";
import type { KnownBlocks } from "../grown/memory.ts";
import { acceptDirectory, type Look, lookAtPackage } from "./look/look.ts";
import { NO_HEAD } from "./look/package_view.ts";
import { collectGarbage } from "../garbage.ts";
import { PackageProof } from "./proof/package_proof.ts";
import { Patching, type PatchingInput } from "./by_patch/patching.ts";
import { type Plan, Planner, summarize } from "./plan/plan.ts";
import { contentOf, type Step } from "./plan/strategy.ts";
import { loadLessons, saveLessons } from "../store/memory/hub_memory.ts";
import { checkRoom } from "../store/room.ts";
import { Stock } from "./on_disk/stock.ts";
import type { PlanSummary, SyncContext } from "./sync_context.ts";
import { SYNC } from "../messages/sync.ts";

/** Options for gathering; without a partial it stops after the plan and changes nothing. */
interface GatherInput extends PatchingInput, ContentProofInput {
  /** What is known about last blocks. */
  blocks: KnownBlocks;
  /** The folder around all recorded files of the package, or `""`. */
  recordedFolder: () => string;
  /** Whether a mirror needs the whole package, whatever the folder holds. */
  wantsWhole: (fingerprint: string) => boolean;
  /** How many files would be removed. */
  deletesFor: (look: Look) => number;
  /** Flushes verified files while others are still made. */
  beside?: FlushBeside;
  onPhase: (phase: "directory" | "plan" | "download") => void;
}

/** A gathered package. */
export interface Gathered extends Omit<Look, "located"> {
  /** The entries that the configuration selects. */
  entries: Entry[];
  /** Files in the folder, by path. */
  onDisk: Map<string, DiskFact>;
  /** Entries in staging, by path, with what is in them. */
  staged: Map<string, DiskFact>;
  names: StagingNames;
  /** Entries fetched in this run. */
  fetched: number;
  /** How many of them patches made, and the bytes received for patches. */
  byPatch: { entries: number; bytes: number };
  /** Whether all of it has the digest that the catalog announces. */
  proven: boolean;
  /** The SHA-256 of the list of digests that all files were compared with. */
  digests: string | null;
  /** That list, where there is one. */
  digestList?: Uint8Array | undefined;
  /** Entries that this disk can't hold, by path, each with the reason. */
  leftOut: Map<string, string>;
}

/** The most rounds with a replaced package or damaged bytes before giving up. */
const MOST_ROUNDS = 6;

/** A replica may be stale once; a server whose ranges state a wrong length twice isn't asked for ranges. */
const MOST_WRONG_LENGTHS = 2;

/** Gathers a package. Throws HubError, ArchiveError, StoreError, InterruptedError. */
export async function gather(input: GatherInput, context: SyncContext): Promise<Gathered> {
  const { hub: { url }, traits, clock } = context;
  const { hubs } = input.layout;
  const lessons = await loadLessons(hubs, url, clock());
  if (lessons !== undefined) traits.recall(lessons);
  traits.rangesFailed = undefined;
  try {
    const gathered = await new Gathering(input, context).run();
    if (input.partial !== undefined) {
      await saveLessons(hubs, { url, lessons: traits.lessons, now: clock() });
    }
    return gathered;
  } finally {
    const why = traits.rangesFailed;
    if (why !== undefined) {
      const message = SYNC.ranges_failed({ why });
      context.reporter({ type: "debug", dataset: input.dataset.name, message });
    }
  }
}

class Gathering {
  readonly #input: GatherInput;
  readonly #context: SyncContext;
  readonly #attempts = new Attempts();
  readonly #planner: Planner;
  readonly #patching: Patching;
  readonly #stock: Stock;
  readonly #proof: PackageProof;
  /**
   * Whether a different ETag means a different package; not if several servers stamp the same
   * bytes.
   */
  #etagTells = true;
  /** How often an answer had another length than the package, which was the same afterwards. */
  #wrongLengths = 0;
  /** Paths of what was fetched. */
  readonly #fetched = new Set<string>();
  /** Paths whose replacement was allowed. */
  readonly #replaceable = new Set<string>();

  constructor(input: GatherInput, context: SyncContext) {
    this.#input = input;
    this.#context = context;
    this.#planner = new Planner(input.blocks, context);
    this.#patching = new Patching(input, context);
    const content = new ContentProof(input, context);
    const stock = this.#stock = new Stock(input, context, content);
    this.#proof = new PackageProof(input, { mode: context.digest, content, stock });
  }

  async run(): Promise<Gathered> {
    const { partial, onPhase, dataset } = this.#input;
    const { reporter, onStep } = this.#context;
    let look = await this.#lookByPatch() ?? await this.#look();
    if (partial === undefined && !this.#wantsWhole) await this.#patching.foresee();
    let summary: PlanSummary | undefined;
    for (let round = 1;; round++) {
      onPhase("plan");
      const plan = await this.#plan(look);
      if (summary === undefined) {
        const deletes = this.#input.deletesFor(look);
        const { tally } = this.#patching;
        const toMake = plan.staged.filter(({ path }) => !this.#stock.staged.has(path));
        const { located: { length: entries }, total } = look;
        summary = summarize(plan, { entries, total, deletes, tally, toMake });
        reporter({ type: "planned", dataset: dataset.name, plan: summary });
        const message = whyNothing(look);
        if (message !== undefined) reporter({ type: "warn", dataset: dataset.name, message });
      }
      onStep?.("planned");
      collectGarbage(look.located.length);
      if (partial === undefined) return this.#result(look);
      await this.#askToReplace(plan);
      const verdict = await this.#fetch(plan, { look, partial });
      if (verdict === "done") {
        if (await this.#proof.checkEntries(look)) return this.#result(look);
        continue;
      }
      if (verdict === "plan_again") continue;
      if (round >= MOST_ROUNDS) throw verdict;
      this.#debug(SYNC.planning_again({ message: verdict.message }));
      look = await this.#lookAgain(look, verdict);
    }
  }

  /** Without a manifest, any file that differs belongs to somebody else. */
  async #askToReplace({ steps, staged }: Plan): Promise<void> {
    const { dataset, held } = this.#input;
    const { mayReplace } = this.#context;
    if (mayReplace === undefined || held.files > 0) return;
    const paths = [...steps.map(({ entry }) => entry), ...staged].map(({ path }) => path)
      .filter((path) => this.#stock.onDisk.has(path) && !this.#replaceable.has(path));
    if (paths.length > 0) await mayReplace(dataset.name, paths);
    for (const path of paths) this.#replaceable.add(path);
  }

  /**
   * Gets the directory from patches and builds the entries that they fit; `undefined` = no patches.
   */
  async #lookByPatch(): Promise<Look | undefined> {
    const { partial } = this.#input;
    if (partial === undefined || this.#wantsWhole) return undefined;
    this.#input.onPhase("directory");
    const opened = await this.#patching.open();
    if (opened === undefined) return undefined;
    const look = await this.#patching.orRefuse(() =>
      acceptDirectory({ ...opened, head: NO_HEAD }, this.#input, this.#context)
    );
    if (look === undefined) return undefined;
    await this.#stock.take(look, { drop: this.#proof.due });
    this.#input.onPhase("download");
    await this.#patching.apply({
      located: look.located,
      onDisk: this.#stock.onDisk,
      staged: this.#stock.staged,
      names: this.#stock.names,
      partial,
      survey: (files) => this.#stock.survey(files),
      onVerified: (step, fact) => this.#verified(step, fact),
    });
    return look;
  }

  /** Whether to fetch the whole package, so that patches are no use. */
  get #wantsWhole(): boolean {
    const { wantsWhole, listed } = this.#input;
    return this.#proof.due || wantsWhole(listed.fingerprint ?? "");
  }

  /** Reads the package's directory and finds out how much of it is on the disk. */
  async #look(): Promise<Look> {
    this.#input.onPhase("directory");
    const look = await lookAtPackage(this.#input, this.#context);
    await this.#stock.take(look, { drop: this.#proof.due });
    return look;
  }

  #verified(step: Step, fact: DiskFact): void {
    this.#stock.staged.set(step.entry.path, fact);
    this.#fetched.add(step.entry.path);
    this.#input.beside?.wrote(step.entry.size);
    this.#context.reporter({ type: "extracted", dataset: this.#input.dataset.name, entries: 1 });
  }

  async #plan(look: Look): Promise<Plan> {
    const plan = await this.#planOf(look);
    const { partial } = this.#input;
    const { total } = look;
    const all = [{ start: 0, end: total }];
    const left = sizeOf(partial?.have.missing(all) ?? all) - plan.bytes;
    const holdsAny = this.#stock.onDisk.size > 0;
    const files = plan.steps.length + plan.staged.length;
    const isNewlyDue = this.#proof.becomesDue(look, { files, holdsAny, left });
    return isNewlyDue ? await this.#planOf(look) : plan;
  }

  #planOf(look: Look): Promise<Plan> {
    const { partial, wantsWhole } = this.#input;
    const { due } = this.#proof;
    return this.#planner.plan({
      located: look.located,
      onDisk: (path) => this.#stock.onDisk.get(path),
      former: (path) => this.#stock.former(path),
      isStaged: ({ path }) =>
        this.#stock.staged.has(path) ||
        this.#patching.wouldMake(path, this.#stock.onDisk.get(path)),
      // A proof covers only what comes out of the package.
      guessFor: (path) => due ? "none" : this.#attempts.guessFor(path),
      missing: (ranges) => partial?.have.missing(ranges) ?? [...ranges],
    }, due || wantsWhole(look.fingerprint) ? look.total : undefined);
  }

  /**
   * Whether all changes came from patches: their SHA-256s, and so the directory's, are those that
   * the catalog announces; the rest was here before.
   */
  #cameByPatches(): boolean {
    const { staged } = this.#stock;
    return !this.#input.remote.asked && this.#patching.countIn(staged) === staged.size;
  }

  /**
   * Downloads and extracts what is planned; the result holds the error if the package must be
   * looked at again.
   */
  async #fetch(plan: Plan, at: { look: Look; partial: PartialPackage }): Promise<RoundResult> {
    const { steps } = plan;
    const { partial } = at;
    const { due } = this.#proof;
    if (!due && steps.length === 0 && partial.have.missing(plan.ranges).length === 0) return "done";
    const content = contentOf(steps);
    const { layout } = this.#input;
    const needed = { bytes: content + plan.bytes, files: steps.length };
    await checkRoom(layout.work, needed, this.#context.sync.diskReserve);
    this.#input.onPhase("download");
    if (!due) return await this.#round(plan, at);
    this.#proof.begin();
    const verdict = await this.#round(plan, at);
    if (verdict === "done") await this.#proof.checkWhole(partial);
    return verdict;
  }

  /** Runs one round of downloading and extracting. */
  async #round(
    plan: Plan,
    { look, partial }: { look: Look; partial: PartialPackage },
  ): Promise<RoundResult> {
    const { etag, etagIsWeak } = look.head;
    const { bad, stopped } = await fetchEntries({
      ...this.#input,
      plan,
      partial,
      names: this.#stock.names,
      etag: etagIsWeak || !this.#etagTells ? null : etag,
      onVerified: (step, fact) => {
        this.#verified(step, fact);
        this.#attempts.guessedRight(step);
      },
      onWrongGuess: (step) => this.#attempts.guessedWrong(step),
    }, this.#context);
    const verdict = this.#attempts.judge(bad, (range) => partial.forget(range));
    const { traits } = this.#context;
    if (verdict instanceof HubError && traits.unlabelled) traits.ranges = false;
    if (stopped === undefined) {
      this.#context.onStep?.("downloaded");
      return verdict;
    }
    if (stopped instanceof PlanAgain) return "plan_again";
    if (stopped instanceof HubError && stopped.code === "changed") return stopped;
    throw stopped;
  }

  async #lookAgain(before: Look, why: HubError): Promise<Look> {
    const look = await this.#look();
    if (look.fingerprint !== before.fingerprint) {
      this.#attempts.newPackage();
      this.#debug(SYNC.the_hub_has_a_new_package());
    } else {
      if (why.cause === undefined) this.#doubtHead(why);
      const cause = why.code === "changed" ? "damaged" : why.code;
      this.#input.retry.onRetry?.(cause, 0, SYNC.not_as_announced());
    }
    return look;
  }

  /** The package is the same and undamaged, so the answer's headers were wrong. */
  #doubtHead(why: HubError): void {
    if (!(why instanceof OtherHead) || why.what === "ETag") this.#etagTells = false;
    else this.#wrongLengths++;
    if (this.#wrongLengths < MOST_WRONG_LENGTHS) return;
    const { traits } = this.#context;
    traits.rangesFailed ??= SYNC.lengths_differ();
    traits.ranges = false;
  }

  #debug(message: string): void {
    this.#context.reporter({ type: "debug", dataset: this.#input.dataset.name, message });
  }

  #result(look: Look): Gathered {
    const { located, ...seen } = look;
    const proof = this.#proof.result;
    return {
      ...seen,
      ...proof,
      entries: located.map(({ entry }) => entry),
      onDisk: this.#stock.onDisk,
      staged: this.#stock.staged,
      names: this.#stock.names,
      fetched: this.#fetched.size,
      byPatch: {
        entries: this.#patching.countIn(this.#stock.staged),
        bytes: this.#patching.tally.bytes,
      },
      leftOut: this.#stock.leftOut,
      proven: proof.proven || this.#cameByPatches(),
    };
  }
}

/** Why a package yields no files, which is rarely intended. */
function whyNothing({ located, packagePaths: { size } }: Look): string | undefined {
  if (located.length > 0) return undefined;
  if (size === 0) return SYNC.package_empty();
  return SYNC.nothing_selected({ size });
}
