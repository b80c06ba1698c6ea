/**
 * The part of a sync that serves the mirror, the tree of packages for other machines. Without a
 * mirror it does nothing, and the mirror's code isn't loaded.
 *
 * @module
 */
import type { PartialPackage } from "../store/partial.ts";
import type { CatalogEntry } from "../types.ts";
import type { Gathered } from "./gather.ts";
import type { SyncContext } from "./sync_context.ts";

/** Places the whole package; the partial is moved there. Throws StoreError. */
export async function feedMirror(
  entry: CatalogEntry,
  what: { partial: PartialPackage; gathered: Gathered; version: string | null },
  { mirror, clock, sync: { durable }, reporter }: SyncContext,
): Promise<void> {
  if (mirror === undefined) return;
  const { partial, gathered: { fingerprint, total }, version } = what;
  const { placePackage } = await import("../site/place.ts");
  await placePackage(mirror, {
    name: entry.name,
    packageFile: partial.path,
    take: "move",
    total,
    fingerprint,
    version,
    catalogEntry: entry,
  }, { clock, durable, warn: (text) => reporter.warn(entry.name, text) });
}

/** What the mirror holds for a dataset; `undefined` = nothing, or there is no mirror. */
export async function mirroredPackage(
  name: string,
  { mirror }: SyncContext,
): Promise<{ fingerprint: string; version: string | null } | undefined> {
  if (mirror === undefined) return undefined;
  const { currentPackage } = await import("../site/place.ts");
  return await currentPackage(mirror, name);
}
