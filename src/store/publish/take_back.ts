/**
 * Rolls a publish back after a file couldn't be placed.
 *
 * Guarantees: afterwards the folder is as it was before the journal, what was fetched is staged again,
 * and no journal is open. A run that dies meanwhile leaves the rest to the next one, which goes on
 * backwards: a link that has been used up couldn't restore its file a second time.
 *
 * @module
 */
import { StoreError } from "../../errors.ts";
import { removeInPlace } from "../../fs/held_folder.ts";
import { removeIfThere } from "../../fs/if_there.ts";
import { DISK } from "../../messages/disk.ts";
import { dropPrepared } from "../changes.ts";
import type { Layout } from "../layout.ts";
import type { Clearing } from "./clearing.ts";
import type { Move } from "./journal.ts";
import { inFolder, type Placing } from "./placing.ts";
import type { Undo } from "./undo.ts";

/** Rolls the folder back; without `placing` what an earlier run had begun to. Throws StoreError. */
export async function takeBack(
  layout: Layout,
  { moves, clearing, placing, undo }: {
    moves: readonly Move[];
    clearing: Clearing;
    placing?: Placing;
    undo: Undo;
  },
  { durable }: { durable: boolean },
): Promise<void> {
  await undo.takeBack(moves, { placed: placing?.placed ?? new Set(), durable });
  for (const folder of placing?.made.reverse() ?? []) {
    try {
      removeInPlace(inFolder(layout, folder));
    } catch {
      // Somebody put something in it.
    }
  }
  undo.restore(clearing.removals);
  for (const path of [layout.journal, layout.manifestNext]) {
    removeIfThere({ path, to: DISK.remove_what_is_done_with() });
  }
  dropPrepared(layout);
  await undo.remove();
}

/** The error to end with after that. */
export function withNothingChanged(error: StoreError): StoreError {
  const { hint } = error;
  return withHint(
    error,
    hint === undefined ? DISK.nothing_was_changed() : DISK.hint_nothing_changed({ hint }),
  );
}

/** The error to end with once every file is live: its hint says so. Others stay as they are. */
export function withFilesInPlace(error: unknown): unknown {
  if (!(error instanceof StoreError)) return error;
  const { hint } = error;
  return withHint(
    error,
    hint === undefined ? DISK.files_are_in_place() : DISK.hint_files_in_place({ hint }),
  );
}

function withHint({ code, message, evidence }: StoreError, hint: string): StoreError {
  return new StoreError(code, message, { ...evidence, hint });
}
