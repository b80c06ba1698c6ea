/**
 * Makes a dataset's plans, one after another as more is known, with what this run has seen of the
 * hub and has found out about the package.
 *
 * @module
 */
import { sizeOf } from "../ranges.ts";
import { makePlan, type Plan, type PlanInput } from "./plan.ts";
import type { SyncContext } from "./sync_context.ts";
import { findZlibLevel, type Sample } from "./zlib_level.ts";

/** What is known of a package and of the disk. */
export type Facts = Omit<PlanInput, "pace" | "connections" | "zlibLevel">;

/** A plan that takes longer is worth finding out how its package was made: 20 to 80 ms. */
const WORTH_A_CLOSER_LOOK_MS = 300;

/** Makes plans for one dataset in one run. */
export class Planner {
  readonly #context: Pick<SyncContext, "pace" | "connections">;
  /** Found out at most once. */
  #zlibLevel: { is: number | undefined } | undefined;

  constructor(context: Pick<SyncContext, "pace" | "connections">) {
    this.#context = context;
  }

  /**
   * Makes a plan. With `whole`, the package's size in bytes, all of it is fetched, whatever the
   * folder holds.
   */
  plan(facts: Facts, options: { localDir: string; whole: number | undefined }): Plan {
    const { pace, connections } = this.#context;
    const lanes = connections === "auto" ? (pace.serial ? 1 : 2) : connections;
    const input = { ...facts, pace, connections: lanes };
    const plan = makePlan(input);
    const { localDir, whole } = options;
    if (whole !== undefined) {
      const ranges = [{ start: 0, end: whole }];
      return { ...plan, ranges, bytes: sizeOf(facts.missing(ranges)), countsOnManyRanges: false };
    }
    if (plan.ms < WORTH_A_CLOSER_LOOK_MS) return plan;
    this.#zlibLevel ??= { is: findZlibLevel(samplesOf(plan, facts, localDir)) };
    return this.#zlibLevel.is === undefined
      ? plan
      : makePlan({ ...input, zlibLevel: this.#zlibLevel.is });
  }
}

/** Grown files of which an earlier stream's last block is known. */
function* samplesOf(plan: Plan, facts: Facts, localDir: string): Generator<Sample> {
  for (const { entry } of plan.steps) {
    const fact = facts.onDisk(entry.path);
    if (fact?.block === undefined || fact.size >= entry.size) continue;
    if (facts.guessFor(entry.path) !== "ends") continue;
    yield { path: `${localDir}/${entry.path}`, block: fact.block };
  }
}
