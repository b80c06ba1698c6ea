/**
 * Decides what a run has to do for a dataset: nothing, wait, ask the package, or only record its new
 * version.
 *
 * Guarantees: two texts are compared as they are, and as instants for what is said about them; this
 * machine's clock and the order of strings decide nothing. Whatever isn't plainly equal is settled
 * by the package's own directory. Changes nothing and reads no data file. That there is nothing to do
 * follows from the manifest's head: a file that was changed or removed among others isn't noticed, that
 * is a verification's work.
 *
 * @module
 */
import type { MirrorConfig } from "../config/config.ts";
import type { DatasetConfig } from "../config/dataset_config.ts";
import type { SitePackage } from "../site/current_package.ts";
import { countDiffering, folderLooksFilled } from "../store/folder_state.ts";
import { journalIsOpen } from "../store/publish/journal.ts";
import { type Layout, resolveLayout } from "../store/layout.ts";
import { type Manifest, manifestHead } from "../store/manifest.ts";
import { kindOf } from "../store/publish/target_check.ts";
import { isUnfinished } from "../store/snapshot/versions.ts";
import type { ListedDataset } from "../types.ts";
import { parseInstant } from "../version_time.ts";
import { SYNC } from "../messages/sync.ts";
import { selectionOf } from "./selection.ts";
import type { ListedJob, SyncContext } from "./sync_context.ts";

/** What to do for a dataset. */
type Decision =
  | { kind: "up_to_date" }
  | { kind: "not_ready"; why: string }
  | { kind: "ask"; warning?: string };

/** What a decision depends on, beside the hub's version. */
export interface DecisionInput {
  dataset: DatasetConfig;
  /** The recorded version's text. */
  recorded: string | null;
  /** The zone of times that name none. */
  timezone: string;
  /** Where packages are placed for other machines, if they are. */
  mirror: MirrorConfig | undefined;
  /** Where the dataset is; found out when it is left out. */
  layout?: Layout;
  /** Whether the files must have the digests of a signed catalog. */
  mustBeSigned?: boolean;
  /** Whether the package is asked even when the recorded version is the hub's. */
  always?: boolean;
}

/** Decides for one dataset. Throws StoreError. */
export async function decide(listed: ListedDataset, input: DecisionInput): Promise<Decision> {
  const check = checkVersion(listed, input.recorded, input.timezone);
  if (check.kind !== "same") return check;
  const stands = !input.always && await standsAsRecorded(check.version, listed, input);
  return { kind: stands ? "up_to_date" : "ask" };
}

/** What the texts say. */
type VersionCheck =
  | { kind: "same"; version: string }
  | Exclude<Decision, { kind: "up_to_date" }>;

/** Compares the hub's version with the recorded one. Times without a zone are in `timezone`. */
export function checkVersion(
  listed: ListedDataset,
  recorded: string | null,
  timezone: string,
): VersionCheck {
  if (recorded !== null && recorded === listed.version && !listed.ambiguous) {
    return { kind: "same", version: recorded };
  }
  if (listed.ready === false) {
    const said = listed.status === undefined ? "" : SYNC.status_said({ status: listed.status });
    return { kind: "not_ready", why: SYNC.not_ready({ said }) };
  }
  if (recorded === null || listed.version === null) return { kind: "ask" };
  const before = parseInstant(recorded, timezone);
  if (listed.instant === null || before === null) {
    const unread = listed.instant === null ? listed.version : recorded;
    return { kind: "ask", warning: SYNC.version_no_time({ unread }) };
  }
  if (listed.instant < before) {
    const warning = SYNC.version_older({ version: listed.version, recorded });
    return { kind: "ask", warning };
  }
  return { kind: "ask" };
}

/** Whether a recorded version stands on the disk; a manifest that doesn't say how its files were chosen is believed. */
async function standsAsRecorded(
  recorded: string,
  { digests }: ListedDataset,
  input: DecisionInput,
): Promise<boolean> {
  const { dataset, mirror, mustBeSigned } = input;
  const layout = input.layout ?? await resolveLayout(dataset.localDir);
  if (await journalIsOpen(layout) || isUnfinished(layout)) return false;
  // A repair that died, say: asking uses what it has staged, or clears it away.
  if (kindOf(layout.staging) !== "missing") return false;
  const head = await manifestHead(layout.manifest);
  if (!folderLooksFilled(layout, head?.firstFile)) return false;
  // A run that died between publishing and recording: the folder is ahead of the state.
  if (head !== undefined && head.version !== recorded) return false;
  const selection = head?.selection;
  if (selection !== undefined && selection !== selectionOf(dataset)) return false;
  // Published before there was a key, or by another list: the files are compared with it once.
  if (mustBeSigned && digests !== undefined && head?.digests !== digests.sha256) return false;
  if (mirror === undefined) return true;
  return (await mirroredPackage(mirror, dataset.name))?.version === recorded;
}

/**
 * Whether recording the new version is all there is to do: the catalog announces the fingerprint that
 * the files came from, under another version text, and every file is as the last sync left it, by size
 * and mtime. Whatever is in doubt (a mirror to feed, a digest to prove, expectations to hold,
 * snapshots) is left to the package. Throws StoreError.
 */
export function isRepublished(
  { layout, before }: { layout: Layout; before: Manifest },
  { dataset, listed, facts, force }: ListedJob,
  { mirror, digest }: SyncContext,
): boolean {
  if (listed.fingerprint === undefined || listed.fingerprint !== before.fingerprint) return false;
  if (listed.version === null || listed.ambiguous) return false;
  if (force || facts !== undefined || mirror !== undefined) return false;
  if (digest === "always" && listed.digest !== undefined) return false;
  if (listed.digests !== undefined && listed.digests.sha256 !== before.digests) return false;
  if (dataset.publish === "snapshot" || dataset.expect !== undefined) return false;
  if (before.selection !== selectionOf(dataset) || before.absent.files > 0) return false;
  return countDiffering(layout.localDir, before) === 0;
}

/** What the mirror holds for a dataset; without a mirror its code isn't loaded. */
export async function mirroredPackage(
  mirror: MirrorConfig,
  name: string,
): Promise<SitePackage | undefined> {
  const { currentPackage } = await import("../site/current_package.ts");
  return await currentPackage(mirror, name);
}
