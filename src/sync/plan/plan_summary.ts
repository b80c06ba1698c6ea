/**
 * Summarizes a plan, for people and programs. Pure.
 *
 * @module
 */
import type { Entry } from "../../types.ts";
import type { Plan } from "./plan.ts";
import type { PlanSummary } from "../reporter.ts";
import { SYNC } from "../../messages/sync.ts";

/** Facts for the summary that aren't in the plan. */
interface PlanSurroundings {
  /** The package: how many of its entries the configuration selects, and its length in bytes. */
  entries: number;
  total: number;
  /** Files that would be removed. */
  deletes: number;
  /** What patches have cost and made so far, or would cost in a dry run, which asks for none. */
  cost: { bytes: number; requests: number; made: number };
  /** In a dry run: what they would make. */
  toMake: readonly Entry[];
}

/** Sums a plan up. */
export function summarize(
  plan: Plan,
  { entries, total, deletes, cost, toMake }: PlanSurroundings,
): PlanSummary {
  const tails = plan.steps.filter((step) => step.tail !== undefined).length;
  const made = cost.made + toMake.length;
  const content = [...plan.steps.map(({ entry }) => entry), ...toMake]
    .reduce((sum, { size }) => sum + size, 0);
  return {
    entries,
    kept: plan.kept.length,
    staged: plan.staged.length - made,
    whole: plan.steps.length - tails,
    tails,
    deletes,
    bytesToFetch: plan.bytes + cost.bytes,
    bytesTotal: total,
    requests: plan.requests + cost.requests,
    diskNeeded: content + plan.bytes + (toMake.length > 0 ? cost.bytes : 0),
    strategy: strategyOf(plan, cost.requests),
    ...(made > 0 && { patched: made }),
  };
}

function strategyOf({ steps, strategy }: Plan, patches: number): string {
  if (patches === 0) return strategy;
  return steps.length === 0 ? SYNC.by_patches() : SYNC.by_patch_and({ strategy });
}
