/**
 * The sync of one dataset, from its catalog entry to its result. What the version decides is here; if
 * that isn't "up to date", the rest is in `dataset_update.ts`.
 *
 * Guarantees: it always returns a result and never throws; the result says what went wrong.
 *
 * @module
 */
import { asDiskError } from "../fs/disk_error.ts";
import { type Layout, resolveLayout } from "../store/layout.ts";
import { makePassable } from "../store/snapshot/snapshot_ability.ts";
import type { CatalogEntry, DatasetResult, Status } from "../types.ts";
import { isAway } from "./hubs/retry_options.ts";
import { mustBeSigned, refuseOtherDisk, refusePinned } from "./decide/refusals.ts";
import { RunningResult } from "./running_result.ts";
import type { DatasetJob, SyncContext } from "./sync_context.ts";
import { decide } from "./decide/decide.ts";
import { SYNC } from "../messages/sync.ts";

/** Syncs one dataset. */
export async function syncDataset(job: DatasetJob, context: SyncContext): Promise<DatasetResult> {
  return await new DatasetSync(job, context).run();
}

class DatasetSync {
  readonly #job: DatasetJob;
  readonly #context: SyncContext;
  readonly #running: RunningResult;
  readonly #result: DatasetResult;

  constructor(job: DatasetJob, context: SyncContext) {
    this.#job = job;
    this.#context = context;
    this.#running = new RunningResult(job.dataset.name, job.recorded, context);
    this.#result = this.#running.value;
  }

  async run(): Promise<DatasetResult> {
    try {
      this.#running.end(await this.#sync());
    } catch (error) {
      if (isAway(error)) this.#context.pace.unreachable = true;
      this.#running.fail(
        asDiskError(error, this.#job.dataset.localDir),
        this.#context.signal.aborted,
      );
    }
    return this.#result;
  }

  async #sync(): Promise<Status> {
    const { dataset, listed } = this.#job;
    if (listed === undefined) {
      this.#result.error = SYNC.not_listed({ name: dataset.name });
      return "not_found";
    }
    const layout = await resolveLayout(dataset.localDir);
    // An earlier version made the work folder private, and with it the data in it.
    if (layout.snapshot !== undefined && !this.#job.planOnly) makePassable(layout);
    if (refusePinned(layout, this.#job, this.#result)) return "up_to_date";
    await refuseOtherDisk(layout, this.#job, this.#context);
    const early = await this.#decideByVersion(listed, layout);
    if (early !== undefined) return early;
    // Most runs end above, so the rest is loaded only when there is work.
    const { DatasetUpdater } = await import("./dataset_update.ts");
    return await new DatasetUpdater(this.#job, this.#context, this.#running).run(listed, layout);
  }

  /** What the version decides; `undefined` = the package has to be asked. */
  async #decideByVersion(listed: CatalogEntry, layout: Layout): Promise<Status | undefined> {
    const { force, timezone, mirror } = this.#context;
    const { dataset, recorded, facts } = this.#job;
    const always = force || facts !== undefined;
    const decision = await decide(listed, {
      dataset,
      recorded,
      timezone,
      mirror,
      layout,
      always,
      mustBeProven: mustBeSigned(dataset, this.#context),
    });
    if (decision.kind === "up_to_date") return "up_to_date";
    if (decision.kind === "not_ready") {
      this.#result.error = decision.why;
      return "package_not_ready";
    }
    if (decision.warning !== undefined) this.#running.warn(decision.warning);
    return undefined;
  }
}
