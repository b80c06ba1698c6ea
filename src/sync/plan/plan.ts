/**
 * The plan: which entries of a package are kept, which are copied from a folder that was renamed, which
 * are fetched by their tail, which whole, and which bytes that takes; one plan after another, as more
 * is known of the hub and of the package.
 *
 * Guarantees: an entry is kept only if the facts say that its CRC-32 and size are on the disk. A copy
 * and a tail are guesses that extraction proves or refutes; the plan only says where one would pay.
 * `makePlan()` and `summarize()` are pure; a Planner may read what earlier runs remembered.
 *
 * @module
 */
import type { Entry } from "../../types.ts";
import { estimate, type Located } from "../../grown/estimate.ts";
import type { BlockKnowledge, KnownBlocks } from "../../grown/memory.ts";
import type { Segment } from "../../patch/compose.ts";
import { type DiskFact, hasContent } from "../on_disk/survey.ts";
import { choose, type Circumstances, type Guess, type Step, type Strategy } from "./strategy.ts";
import { sizeOf } from "../../ranges.ts";
import { collectGarbage, MANY_RANGES } from "../../garbage.ts";
import type { PlanSummary, SyncContext } from "../sync_context.ts";
import { SYNC } from "../../messages/sync.ts";

/** The input of a plan. */
export interface PlanInput extends Circumstances {
  /** The file on the disk at an entry's path. */
  onDisk: (path: string) => DiskFact | undefined;
  /** Whether an entry is in staging, verified. */
  isStaged: (entry: Entry) => boolean;
  /** The file that an entry's was before a folder above it was renamed (see renamed.ts). */
  former?: (path: string) => Old | undefined;
  /** How far guessing may go with an entry. */
  guessFor: (path: string) => Guess;
  /** What is known about the last block of the entry that a file came from. */
  knowledge?: ((path: string, fact: DiskFact) => BlockKnowledge | undefined) | undefined;
}

/** A file that an entry may be made from. */
interface Old {
  path: string;
  fact: DiskFact;
}

/** A plan for a dataset. */
export interface Plan extends Omit<Strategy, "name"> {
  /** Entries that are right on the disk. */
  kept: Entry[];
  /** Entries that are verified in staging. */
  staged: Entry[];
  /** How the bytes are requested, in a few words. */
  strategy: string;
}

/** Makes the plan. */
export function makePlan(input: PlanInput): Plan {
  const kept: Entry[] = [];
  const staged: Entry[] = [];
  const whole: Step[] = [];
  const tails: Step[] = [];
  const ends: Step[] = [];
  const copies: Step[] = [];
  for (const located of input.located) {
    const { entry, end } = located;
    const fact = input.onDisk(entry.path);
    if (hasContent(fact, entry)) {
      kept.push(entry);
      continue;
    }
    if (input.isStaged(entry)) {
      staged.push(entry);
      continue;
    }
    const old = oldOf(input, entry);
    const source = fact === undefined && old !== undefined && { source: old.path };
    if (source && hasContent(old?.fact, entry)) {
      copies.push({ entry, end, needs: { start: end, end }, ...source, segments: allOf(entry) });
      continue;
    }
    const step = { entry, end, needs: { start: entry.headerOffset, end }, ...source };
    const { tail, ends: both } = partsOf(input, located, old);
    whole.push(step);
    tails.push({ ...step, ...tail });
    ends.push({ ...step, ...(both ?? tail) });
  }
  const { name: strategy, ...chosen } = choose(input, { whole, tails, ends });
  if (copies.length === 0) return { kept, staged, ...chosen, strategy };
  const steps = [...chosen.steps, ...copies].sort((a, b) => a.end - b.end);
  return { kept, staged, ...chosen, steps, strategy };
}

/** The file that an entry's content may be made from. */
function oldOf(
  { onDisk, former, guessFor }: Pick<PlanInput, "onDisk" | "former" | "guessFor">,
  { path }: Entry,
): Old | undefined {
  const fact = onDisk(path);
  if (fact !== undefined) return { path, fact };
  return guessFor(path) === "none" ? undefined : former?.(path);
}

/** The whole of an old file, which an entry's content is. */
function allOf({ size }: Entry): Segment[] {
  return [{ from: "old", offset: 0, length: size }];
}

/** The parts of an entry that may suffice. */
function partsOf(
  { guessFor, knowledge }: PlanInput,
  located: Located,
  old: Old | undefined,
): ReturnType<typeof estimate> {
  const guess = old === undefined ? "none" : guessFor(located.entry.path);
  if (old === undefined || guess === "none") return {};
  const { path, fact } = old;
  return estimate(located, fact, guess === "ends" ? knowledge?.(path, fact) : undefined);
}

/** The facts about a package and the disk. */
export type KnownFacts = Omit<PlanInput, "traits" | "connections" | "knowledge">;

/** Learning how a package was compressed takes 30 ms: it pays only above this time, or these bytes. */
const WORTH_A_CLOSER_LOOK_MS = 300;
const WORTH_A_CLOSER_LOOK_BYTES = 1 << 20;

/** Makes plans for one dataset in one run. */
export class Planner {
  readonly #context: Pick<SyncContext, "traits" | "connections">;
  readonly #blocks: KnownBlocks;

  constructor(blocks: KnownBlocks, context: Pick<SyncContext, "traits" | "connections">) {
    this.#context = context;
    this.#blocks = blocks;
  }

  /**
   * Makes a plan. With the package's `wholeSize` in bytes, all of it is fetched, whatever the folder
   * holds.
   */
  async plan(facts: KnownFacts, wholeSize: number | undefined): Promise<Plan> {
    const { traits, connections } = this.#context;
    const input = { ...facts, traits, connections: traits.connectionsFor(connections) };
    const plan = makePlan(input);
    if (wholeSize !== undefined) {
      const ranges = [{ start: 0, end: wholeSize }];
      return { ...plan, ranges, bytes: sizeOf(facts.missing(ranges)), countsOnManyRanges: false };
    }
    if (plan.ms < WORTH_A_CLOSER_LOOK_MS && plan.bytes < WORTH_A_CLOSER_LOOK_BYTES) return plan;
    const grown = [...grownFiles(plan, facts)];
    if (grown.length === 0) return plan;
    await this.#blocks.learn(grown);
    const known = makePlan({ ...input, knowledge: (path, fact) => this.#blocks.of(path, fact) });
    collectGarbage(known.ranges.length, { worth: MANY_RANGES }); // each way to ask is a list of steps and one of ranges
    return known;
  }
}

/** Files that may have been appended to, and of which an earlier stream's last block is known. */
function* grownFiles(plan: Plan, facts: KnownFacts): Generator<[string, DiskFact]> {
  for (const { entry } of plan.steps) {
    const { path, fact } = oldOf(facts, entry) ?? {};
    if (fact?.block === undefined || fact.size >= entry.size) continue;
    if (facts.guessFor(entry.path) === "ends") yield [path!, fact];
  }
}

/** Facts for the summary that aren't in the plan. */
interface PlanSurroundings {
  /** The package: how many of its entries the configuration selects, and its length in bytes. */
  entries: number;
  total: number;
  /** Files that would be removed. */
  deletes: number;
  /** What patches have cost and made so far; in a dry run, what they would cost. */
  tally: { bytes: number; requests: number; made: number };
  /** In a dry run, the entries that they would make. */
  toMake: readonly Entry[];
}

/** Summarizes a plan, for people and programs. */
export function summarize(
  plan: Plan,
  { entries, total, deletes, tally, toMake }: PlanSurroundings,
): PlanSummary {
  const tails = plan.steps.filter((step) => step.tail !== undefined).length;
  const copies = plan.steps.filter((step) => step.segments !== undefined).length;
  const made = tally.made + toMake.length;
  const content = [...plan.steps.map(({ entry }) => entry), ...toMake]
    .reduce((sum, { size }) => sum + size, 0);
  return {
    entries,
    kept: plan.kept.length + copies,
    staged: plan.staged.length - made,
    whole: plan.steps.length - tails - copies,
    tails,
    deletes,
    bytesToFetch: plan.bytes + tally.bytes,
    bytesTotal: total,
    requests: plan.requests + tally.requests,
    diskNeeded: content + plan.bytes + (toMake.length > 0 ? tally.bytes : 0),
    strategy: strategyOf(plan, tally.requests),
    ...(made > 0 && { patched: made }),
  };
}

function strategyOf({ steps, strategy }: Plan, patches: number): string {
  if (patches === 0) return strategy;
  return steps.length === 0 ? SYNC.by_patches() : SYNC.by_patch_and({ strategy });
}
