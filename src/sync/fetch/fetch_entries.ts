/**
 * One round of downloading and extracting: fills the holes of the partial and hands every entry to
 * the workers as soon as its bytes are there. `Attempts` decides what the next round does about entries
 * that failed: after a wrong guess it fetches more of the entry, after damage it fetches the entry
 * again, and if the damage persists, the package is at fault.
 *
 * Guarantees: when a round returns, no request or worker is still running, and the partial's map is
 * saved.
 *
 * @module
 */
import { ArchiveError, HubError, InterruptedError } from "../../errors.ts";
import { flushAtOnceFrom } from "../../fs/flush.ts";
import { hasReflinks } from "../../fs/reflink.ts";
import type { RemotePackage } from "../../hub/remote_package.ts";
import type { Layout } from "../../store/layout.ts";
import type { PartialPackage } from "../../store/partial.ts";
import { StagedBlocks } from "../../store/staged_blocks.ts";
import type { StagingNames } from "../../store/staging.ts";
import type { ListedDataset, Range } from "../../types.ts";
import { contentOf, type Guess, type Step } from "../plan/strategy.ts";
import type { DiskFact } from "../on_disk/survey.ts";
import { type BadEntry, Extraction, type ExtractionContext } from "./extraction.ts";
import { fill } from "./fill.ts";
import type { RetryOptions } from "../../hub/retry/retry.ts";
import { PlanAgain } from "./range_request.ts";
import type { Plan } from "../plan/plan.ts";
import type { SyncContext } from "../sync_context.ts";

/** A package, and where it goes. */
interface ExtractedPackage {
  /** The dataset as the catalog lists it. */
  listed: ListedDataset;
  layout: Layout;
  partial: PartialPackage;
  names: StagingNames;
  /** The file with the data of patches, if they are applied. */
  data?: string;
  /** As in {@linkcode ExtractionContext}. */
  hashedOf?: ExtractionContext["hashedOf"];
}

interface RoundInput extends ExtractedPackage {
  plan: Plan;
  remote: RemotePackage;
  /** The strong ETag that answers must have, or `null`. */
  etag: string | null;
  retry: RetryOptions;
  onReceived: (bytes: number) => void;
  onVerified: (step: Step, fact: DiskFact) => void;
  /** Called after a wrong guess; returns whether to send no further requests and plan again. */
  onWrongGuess: (step: Step) => boolean;
}

/** How a round ended. */
interface RoundOutcome {
  /** Entries that failed verification. */
  bad: BadEntry[];
  /** What ended the round early: a HubError, or PlanAgain. */
  stopped?: unknown;
}

/** Runs a round. Throws InterruptedError, and StoreError and others that end the sync. */
export async function fetchEntries(input: RoundInput, context: SyncContext): Promise<RoundOutcome> {
  const { plan, partial } = input;
  const { signal } = context;
  const stop = new AbortController();
  const bad: BadEntry[] = [];
  let fatal: Error | undefined;
  let planAgain = false;
  const blocks = new StagedBlocks(input.layout);
  const extraction = openExtraction(plan.steps, input, context, {
    onVerified: (step, fact, staged) => {
      if (fact.block !== undefined) blocks.note(staged, fact.block);
      input.onVerified(step, fact);
    },
    onBad: (one) => {
      bad.push(one);
      if (one.step.tail !== undefined && input.onWrongGuess(one.step)) planAgain = true;
    },
    onFatal: (error) => {
      fatal ??= error;
      stop.abort(error);
    },
  });
  try {
    await fill(plan.ranges, {
      remote: input.remote,
      partial,
      traits: context.traits,
      etag: input.etag,
      connections: context.connections,
      countsOnManyRanges: plan.countsOnManyRanges,
      retry: input.retry,
      signal: AbortSignal.any([signal, stop.signal]),
      isEnough: () => planAgain,
      onBytes: (start, end) => {
        input.onReceived(end - start);
        extraction.grew(start, end);
      },
    });
    await extraction.settle();
    if (!stop.signal.aborted) {
      blocks.save(); // from here on a kill loses nothing: the next run has it all
      return planAgain ? { bad, stopped: new PlanAgain() } : { bad };
    }
  } catch (error) {
    if (!stop.signal.aborted) stop.abort(error);
  }
  await extraction.stop();
  partial.save();
  blocks.save();
  const stopped = fatal ?? stop.signal.reason;
  if (signal.aborted) throw new InterruptedError("interrupted", { cause: stopped });
  if (fatal !== undefined) throw fatal;
  return { bad, stopped };
}

/** Points the workers at a package's partial; returns what hands them its entries as they arrive. */
export function openExtraction(
  steps: readonly Step[],
  { listed, layout, partial, names, data, hashedOf }: ExtractedPackage,
  context: Pick<SyncContext, "pool" | "sync">,
  outcomes: Pick<ExtractionContext, "onVerified" | "onBad" | "onFatal">,
): Extraction {
  const pool = context.pool();
  pool.expect({ files: steps.length, bytes: contentOf(steps) });
  pool.open({
    partial: partial.path,
    ...(data !== undefined && { data }),
    flushFrom: flushAtOnceFrom(layout.staging, context.sync),
    reflinks: hasReflinks(layout.staging),
    total: partial.key.total,
  });
  const digests = listed.digests !== undefined;
  const have = partial.have;
  return new Extraction(steps, { layout, names, have, pool, digests, hashedOf, ...outcomes });
}

/** How often an entry may arrive damaged before the package is at fault. */
const MOST_DAMAGED = 2;
/**
 * After this many wrong guesses of a kind, if more were wrong than right, that kind is no longer
 * used.
 */
const MOST_WRONG_GUESSES = 8;

/** The next guess after a wrong one. */
const LESS: Readonly<Record<Guess, Guess>> = { ends: "tail", tail: "none", none: "none" };

/**
 * The result of a download round: done, a better plan is possible, or look again (with the reason).
 */
export type RoundResult = "done" | "plan_again" | HubError;

/** The failed attempts at a package's entries. */
export class Attempts {
  readonly #left = new Map<string, Guess>();
  readonly #damaged = new Map<string, number>();
  readonly #wrong = { ends: 0, tail: 0, none: 0 };
  readonly #right = { ends: 0, tail: 0, none: 0 };
  #most: Guess = "ends";

  /** The boldest guess still allowed for an entry. */
  guessFor(path: string): Guess {
    return lesser(this.#left.get(path) ?? "ends", this.#most);
  }

  /** Records a right guess. */
  guessedRight(step: Step): void {
    this.#right[guessOf(step)]++;
  }

  /** Records a wrong guess; returns whether guesses of this kind have proved useless here. */
  guessedWrong(step: Step): boolean {
    const guess = guessOf(step);
    const wrong = ++this.#wrong[guess];
    const useless = wrong >= MOST_WRONG_GUESSES && wrong > this.#right[guess];
    if (useless) this.#most = lesser(this.#most, LESS[guess]);
    return useless;
  }

  /**
   * Judges a round's bad entries; `forget` drops bytes. Throws the error of an entry that stays
   * damaged.
   */
  judge(bad: readonly BadEntry[], forget: (range: Range) => void): RoundResult {
    let damaged: BadEntry | undefined;
    for (const one of bad) {
      const { entry, needs, segments } = one.step;
      const guess = guessOf(one.step);
      if (guess !== "none" || segments !== undefined) {
        this.#left.set(entry.path, LESS[guess]);
        continue;
      }
      forget(needs);
      const times = (this.#damaged.get(entry.path) ?? 0) + 1;
      this.#damaged.set(entry.path, times);
      damaged ??= one;
      if (times > MOST_DAMAGED) throw one.error;
    }
    if (damaged === undefined) return bad.length === 0 ? "done" : "plan_again";
    const { error } = damaged;
    const hint = error instanceof ArchiveError ? error.hint : undefined;
    return new HubError("changed", error.message, { cause: error, ...(hint && { hint }) });
  }

  /** Forgets damage: it says nothing about a new package. */
  newPackage(): void {
    this.#damaged.clear();
  }
}

function lesser(one: Guess, other: Guess): Guess {
  const boldness: Guess[] = ["none", "tail", "ends"];
  return boldness.indexOf(one) < boldness.indexOf(other) ? one : other;
}

function guessOf({ tail }: Step): Guess {
  return tail === undefined ? "none" : tail.grown === undefined ? "tail" : "ends";
}
