/**
 * Finishes what an earlier run had begun before it died.
 *
 * Guarantees: afterwards no journal is open and the folder is as that run would have left it. With
 * no open journal it does nothing, quickly. The caller holds the dataset's lock, and resolves the
 * layout again if this returns `true`, since a conversion may have moved the data.
 *
 * @module
 */

import { join } from "node:path";
import { StoreError } from "../errors.ts";
import { removeLeftovers } from "../fs/atomic_write.ts";
import { removeAllInPlace, removeInPlace } from "../fs/held_folder.ts";
import { dropPrepared, settleChanges } from "./changes.ts";
import { finishConversion } from "./snapshot/convert.ts";
import { finishLive } from "./snapshot/versions.ts";
import { journalIsOpen, readJournal } from "./publish/journal.ts";
import type { Layout } from "./layout.ts";
import { finishPublish, type PublishStep } from "./publish/publish.ts";
import { Undo } from "./publish/undo.ts";
import { DISK } from "../messages/disk.ts";

/** Files in the work folder that are written through a temporary file. */
const WRITTEN = ["journal", "manifest", "manifest.next", "changes.next", "pin"];
/** Folders in the work folder in which it is tried what the disk can do. */
const TRIALS = ["abilities", "links", "probe"];

interface RecoverOptions {
  /** Whether everything is flushed to the disk; default true. */
  durable?: boolean;
  /** Called after each step of a publish that is finished. */
  onStep?: (step: PublishStep) => void;
  /**
   * Called with one sentence when a journal is damaged and dropped, or can't be finished in full.
   */
  warn?: (message: string) => void;
}

/** Rolls an open journal forward; returns whether something was finished. Throws StoreError. */
export async function recoverPublish(
  layout: Layout,
  options: RecoverOptions = {},
): Promise<boolean> {
  const { durable = true, warn, onStep } = options;
  await removeLeftovers(layout.work, WRITTEN);
  for (const name of TRIALS) {
    await removeAllInPlace(join(layout.work, name)).catch(() => {});
  }
  if (!await journalIsOpen(layout)) {
    await Undo.find(layout).remove();
    const finished = await finishLive(layout, { durable });
    return await settleChanges(layout, { durable }) || finished;
  }
  const journal = await readJournal(layout, warn === undefined ? {} : { warn });
  if (journal === undefined) {
    removeInPlace(layout.journal);
    await removeAllInPlace(layout.manifestNext).catch(() => {});
    dropPrepared(layout);
    return false;
  }
  if (journal.kind === "publish") {
    try {
      await finishPublish(layout, journal, { durable, ...(onStep && { onStep }) });
    } catch (error) {
      // Finished, except for what couldn't be placed. The next plan reports those files if it still
      // needs them.
      if (!(error instanceof StoreError) || await journalIsOpen(layout)) throw error;
      warn?.(DISK.couldnt_finish({ message: error.message }));
    }
  } else {
    await finishConversion(layout, journal, { durable });
  }
  return true;
}
