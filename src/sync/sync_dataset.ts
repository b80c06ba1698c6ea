/**
 * The sync of one dataset, from what the catalog says of it to its result. What is refused, and what
 * the version decides, is here; the rest is in `dataset_update.ts`.
 *
 * Guarantees: it always returns a result and never throws; the result says what went wrong.
 *
 * @module
 */
import { asDiskError } from "../fs/disk_error.ts";
import { resolveLayout } from "../store/layout.ts";
import { makePassable } from "../store/snapshot/snapshot_ability.ts";
import type { DatasetResult, Status } from "../types.ts";
import { isAway } from "./hubs/sources.ts";
import { mustBeSigned, refuseOtherDisk, refusePinned } from "./decide/refusals.ts";
import { RunningResult } from "./running_result.ts";
import type { DatasetJob, SyncContext } from "./sync_context.ts";
import { decide } from "./decide/decide.ts";
import { SYNC } from "../messages/sync.ts";

/** Syncs one dataset. */
export async function syncDataset(job: DatasetJob, context: SyncContext): Promise<DatasetResult> {
  const { dataset, recorded } = job;
  const running = new RunningResult(dataset.name, recorded, context);
  try {
    running.end(await statusAfter(job, context, running));
  } catch (error) {
    if (isAway(error)) context.pace.unreachable = true;
    running.fail(asDiskError(error, dataset.localDir), context.signal.aborted);
  }
  return running.value;
}

async function statusAfter(
  job: DatasetJob,
  context: SyncContext,
  running: RunningResult,
): Promise<Status> {
  const { dataset, listed, recorded, facts } = job;
  const { force, timezone, mirror } = context;
  const result = running.value;
  if (listed === undefined) {
    result.error = SYNC.not_listed({ name: dataset.name });
    return "not_found";
  }
  const layout = await resolveLayout(dataset.localDir);
  // An earlier version made the work folder private, and with it the data in it.
  if (layout.snapshot !== undefined && !job.planOnly) makePassable(layout);
  if (refusePinned(layout, job, result)) return "up_to_date";
  await refuseOtherDisk(layout, job, context);
  const always = force || facts !== undefined;
  const mustBeProven = mustBeSigned(dataset, context);
  const about = { dataset, recorded, timezone, mirror, layout, always, mustBeProven };
  const decision = await decide(listed, about);
  if (decision.kind === "up_to_date") return "up_to_date";
  if (decision.kind === "not_ready") {
    result.error = decision.why;
    return "package_not_ready";
  }
  if (decision.warning !== undefined) running.warn(decision.warning);
  // Most runs end above, so the rest is loaded only when there is work.
  const { DatasetUpdater } = await import("./dataset_update.ts");
  return await new DatasetUpdater({ ...job, listed }, layout, context, running).run();
}
