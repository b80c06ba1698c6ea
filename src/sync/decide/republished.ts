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
import type { CatalogEntry } from "../../types.ts";
import type { DatasetJob, SyncContext } from "../sync_context.ts";
import { countDiffering } from "../on_disk/presence.ts";
import { selectionOf } from "./decide.ts";

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
