/**
 * Makes a dataset's plans, one after another as more is known, with what this run has seen of the
 * hub and has found out about the package.
 *
 * @module
 */
import { sizeOf } from "../../ranges.ts";
import type { KnownBlocks } from "../../grown/memory.ts";
import { collectGarbage, MANY_RANGES } from "../../garbage.ts";
import { makePlan, type Plan, type PlanInput } from "./plan.ts";
import type { DiskFact } from "./step.ts";
import type { SyncContext } from "../sync_context.ts";

/** What is known of a package and of the disk. */
export type Facts = Omit<PlanInput, "pace" | "connections" | "knowledge">;

/** Finding out how a package was made takes 30 ms: it pays if the plan takes longer, or more bytes. */
const WORTH_A_CLOSER_LOOK_MS = 300;
const WORTH_A_CLOSER_LOOK_BYTES = 1 << 20;

/** Makes plans for one dataset in one run. */
export class Planner {
  readonly #context: Pick<SyncContext, "pace" | "connections">;
  readonly #blocks: KnownBlocks;

  constructor(blocks: KnownBlocks, context: Pick<SyncContext, "pace" | "connections">) {
    this.#context = context;
    this.#blocks = blocks;
  }

  /**
   * Makes a plan. With `whole`, the package's size in bytes, all of it is fetched, whatever the
   * folder holds.
   */
  async plan(facts: Facts, whole: number | undefined): Promise<Plan> {
    const { pace, connections } = this.#context;
    const lanes = connections === "auto" ? (pace.serial ? 1 : 2) : connections;
    const input = { ...facts, pace, connections: lanes };
    const plan = makePlan(input);
    if (whole !== undefined) {
      const ranges = [{ start: 0, end: whole }];
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
function* grownFiles(plan: Plan, facts: Facts): Generator<[string, DiskFact]> {
  for (const { entry } of plan.steps) {
    const fact = facts.onDisk(entry.path);
    if (fact?.block === undefined || fact.size >= entry.size) continue;
    if (facts.guessFor(entry.path) === "ends") yield [entry.path, fact];
  }
}
