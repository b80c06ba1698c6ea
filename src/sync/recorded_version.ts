/**
 * Which version is recorded after a sync.
 *
 * @module
 */
import type { PackageHead } from "../hub/answer/package_head.ts";
import type { ListedDataset } from "../types.ts";

/** What is to be recorded, and whether the package was behind its announcement. */
export function versionToRecord(
  listed: ListedDataset,
  { stamp, stampText }: Pick<PackageHead, "stamp" | "stampText">,
): { version: string | null; behind: boolean } {
  // A stamp has no fraction, so a package built in the same second isn't behind.
  const behind = stamp !== null && listed.instant !== null &&
    stamp < Math.floor(listed.instant / 1000) * 1000;
  return { version: behind ? stampText : listed.version ?? stampText, behind };
}

/**
 * What is recorded of a package whose version text may be another package's, too: a text that no
 * earlier one had, so that a reader that compares texts alone (a mirror's client) sees the change.
 */
export function distinctVersion(
  version: string | null,
  { recorded, changed, now }: { recorded: string | null; changed: boolean; now: number },
): string {
  if (version !== null && (version !== recorded || !changed)) return version;
  return recorded === null || changed ? new Date(now).toISOString() : recorded;
}
