/**
 * What a plan comes to, for people and programs. Pure.
 *
 * @module
 */
import type { PatchEntry } from "../../types.ts";
import type { Look } from "../look/look.ts";
import { chainSize } from "../by_patch/patch_chain.ts";
import type { Patching } from "../by_patch/patching.ts";
import type { Plan } from "./plan.ts";
import type { PlanSummary } from "../reporter.ts";
import { SYNC } from "../../messages/sync.ts";

/** What a plan is part of. */
export interface PlanSurroundings {
  look: Look;
  /** Files that would be removed. */
  deletes: number;
  /** What patches have cost and made so far. */
  cost: Patching["cost"];
  /** In a dry run, which asks for no patch: those that a sync would ask for. */
  chain?: readonly PatchEntry[];
}

/** Sums a plan up. */
export function summarize(
  plan: Plan,
  { look, deletes, cost: { made, bytes, requests }, chain }: PlanSurroundings,
): PlanSummary {
  const tails = plan.steps.filter((step) => step.tail !== undefined).length;
  const content = plan.steps.reduce((sum, { entry }) => sum + entry.size, 0);
  const summary: PlanSummary = {
    entries: look.located.length,
    kept: plan.kept.length,
    staged: plan.staged.length - made,
    whole: plan.steps.length - tails,
    tails,
    deletes,
    bytesToFetch: plan.bytes + bytes,
    bytesTotal: look.total,
    requests: plan.requests + requests,
    diskNeeded: content + plan.bytes,
    strategy: strategyOf(plan, requests),
    ...(made > 0 && { patched: made }),
  };
  return chain === undefined ? summary : byPatches(summary, chain);
}

/** Most of what changed will come by patches, and the rest by what the plan has now. */
function byPatches(plan: PlanSummary, chain: readonly PatchEntry[]): PlanSummary {
  const [bytesToFetch, requests] = [chainSize(chain), chain.length];
  if (bytesToFetch >= plan.bytesToFetch) return plan;
  const patched = plan.whole + plan.tails;
  return {
    ...plan,
    whole: 0,
    tails: 0,
    patched,
    bytesToFetch,
    requests,
    strategy: SYNC.by_patches(),
  };
}

function strategyOf({ steps, strategy }: Plan, patches: number): string {
  if (patches === 0) return strategy;
  return steps.length === 0 ? SYNC.by_patches() : SYNC.by_patch_and({ strategy });
}
