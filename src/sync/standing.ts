/**
 * Whether a recorded version stands on the disk, so that a run has nothing to do where the hub still
 * has that version.
 *
 * Guarantees: changes nothing, reads no data file and of the manifest only its head. A file that was
 * changed or removed among others isn't noticed: that is a verification's work.
 *
 * @module
 */
import type { DatasetConfig, MirrorConfig } from "../config/config.ts";
import { folderLooksFilled } from "../store/folder_state.ts";
import { journalIsOpen } from "../store/journal.ts";
import type { Layout } from "../store/layout.ts";
import { placedHead } from "../store/manifest.ts";
import { selectionOf } from "./selection.ts";

/** What is asked about. */
export interface StandingInput {
  dataset: DatasetConfig;
  layout: Layout;
  /** The recorded version's text. */
  recorded: string;
  /** Where packages are placed for other machines, if they are. */
  mirror: MirrorConfig | undefined;
}

/** Whether it stands; a manifest that doesn't say how its files were chosen is believed. */
export async function standsAsRecorded(input: StandingInput): Promise<boolean> {
  const { dataset, layout, recorded, mirror } = input;
  if (!folderLooksFilled(layout) || await journalIsOpen(layout)) return false;
  const placed = await placedHead(layout.manifest);
  // A run that died between publishing and recording: the folder is ahead of the state.
  if (placed !== undefined && placed.version !== recorded) return false;
  const selection = placed?.selection;
  if (selection !== undefined && selection !== selectionOf(dataset)) return false;
  if (mirror === undefined) return true;
  const { currentPackage } = await import("../site/place.ts");
  return (await currentPackage(mirror, dataset.name))?.version === recorded;
}
