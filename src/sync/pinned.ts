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
import { liveVersion } from "../store/versions.ts";
import type { DatasetResult } from "../types.ts";
import type { DatasetJob } from "./dataset_job.ts";
import { SYNC } from "../messages/sync.ts";

/** Whether the dataset is pinned, which `result` then says. Throws StoreError for a repair. */
export function refusePinned(
  layout: Layout,
  { dataset, facts }: Pick<DatasetJob, "dataset" | "facts">,
  result: DatasetResult,
): boolean {
  const pin = layout.snapshot === undefined ? undefined : pinned(layout);
  if (pin === undefined) return false;
  const name = shellWord(dataset.name);
  const [live, off] = [liveVersion(layout)!, ownCommand(`pin ${name} --off`)];
  // The pin is written first: a command that was killed may have left the other version live.
  const isLive = live === pin;
  const pinnedTo = SYNC.pinned_to({ pin });
  const said = isLive ? pinnedTo : SYNC.pinned_not_reached({ pinned: pinnedTo, live });
  const hint = isLive
    ? SYNC.to_go_on({ command: off })
    : SYNC.to_finish({ command: ownCommand(`pin ${name} ${pin}`), off });
  if (facts !== undefined) {
    throw new StoreError("wrong_type", SYNC.isnt_repaired({ name: dataset.name, said }), { hint });
  }
  result.error = SYNC.not_synced({ said });
  result.hint = hint;
  return true;
}
