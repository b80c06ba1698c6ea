/**
 * Recognizes a package that was published again with the same bytes: the catalog announces the
 * fingerprint that the folder's files came from, under another version text.
 *
 * Guarantees: says so only if nothing would be fetched, removed or proven: the settings are those that
 * chose the files, and every file is there as the last sync left it, by size and mtime. Whatever is in
 * doubt (a mirror to feed, a digest to prove, expectations to hold, snapshots) is left to the package.
 *
 * @module
 */
import type { Layout } from "../../store/layout.ts";
import type { Manifest } from "../../store/manifest.ts";
import { PatchFolder } from "../../store/patch_folder.ts";
import { rememberLocation } from "../../store/memory/locations.ts";
import { StagedBlocks } from "../../store/staged_blocks.ts";
import { recordVersion } from "../../store/memory/state.ts";
import { dropRejection } from "../../store/memory/rejection.ts";
import type { CatalogEntry, DatasetResult } from "../../types.ts";
import type { DatasetJob, SyncContext } from "../sync_context.ts";
import { countDiffering } from "../on_disk/disk_state.ts";
import { selectionOf } from "./selection.ts";

/** Whether recording the new version is all there is to do. Throws StoreError. */
export function isRepublished(
  listed: CatalogEntry,
  { layout, before }: { layout: Layout; before: Manifest },
  { dataset, facts }: DatasetJob,
  { force, mirror, digest }: SyncContext,
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

/** Removes what a publish was made of: also what a run left that was killed before it recorded. */
export function clearUsed(layout: Layout): void {
  new PatchFolder(layout).clear();
  new StagedBlocks(layout).remove();
  dropRejection(layout);
}

/** Records the new version: the files are its own already. Returns the facts. Throws StoreError. */
export async function recordAgain(
  { name, version }: CatalogEntry,
  { layout, before }: { layout: Layout; before: Manifest },
  job: DatasetJob,
  { sync: { durable } }: SyncContext,
): Promise<Pick<DatasetResult, "version" | "entries" | "bytesTotal" | "bytesOnDisk">> {
  clearUsed(layout);
  before.version = version;
  await before.save(layout.manifest, { durable });
  await recordVersion(job.statePath, name, version, { durable });
  const bytes = before.totalSize;
  await rememberLocation(layout, { ...job, name, bytes });
  return { version, entries: before.size, bytesTotal: before.total, bytesOnDisk: bytes };
}
