/**
 * A pinned dataset isn't synced: its link stays where somebody has put it.
 *
 * @module
 */
import { StoreError } from "../errors.ts";
import { ownCommand } from "../own_command.ts";
import { shellWord } from "../shell_word.ts";
import type { Layout } from "../store/layout.ts";
import { pinned } from "../store/rollback.ts";
import type { SyncResult } from "../types.ts";
import type { DatasetJob } from "./dataset_job.ts";
import { SYNC } from "../messages/sync.ts";

/** Whether the dataset is pinned, which `result` then says. Throws StoreError for a repair. */
export function refusePinned(
  layout: Layout,
  { dataset, facts }: Pick<DatasetJob, "dataset" | "facts">,
  result: SyncResult,
): boolean {
  const pin = layout.snapshot === undefined ? undefined : pinned(layout);
  if (pin === undefined) return false;
  const said = SYNC.pinned_to({ pin });
  const hint = SYNC.to_go_on({ command: ownCommand(`pin ${shellWord(dataset.name)} --off`) });
  if (facts !== undefined) {
    throw new StoreError("wrong_type", SYNC.isnt_repaired({ name: dataset.name, said }), { hint });
  }
  result.error = SYNC.not_synced({ said });
  result.hint = hint;
  return true;
}
