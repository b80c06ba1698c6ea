/**
 * Decides from the texts alone what a run has to do for a dataset: nothing, wait, or ask the
 * package. Pure.
 *
 * Guarantees: two texts are compared as they are, and as instants for what is said about them; this
 * machine's clock and the order of strings decide nothing. Whatever isn't plainly equal is settled
 * by the package's own directory.
 *
 * @module
 */
import type { CatalogEntry } from "../types.ts";
import { parseInstant } from "../version_time.ts";

/** What the texts say. */
export type VersionCheck =
  | { kind: "same"; version: string }
  | { kind: "not_ready"; why: string }
  | { kind: "ask"; warning?: string };

/** Compares the hub's version with the recorded one. Times without a zone are in `timezone`. */
export function checkVersion(
  entry: CatalogEntry,
  recorded: string | null,
  timezone: string,
): VersionCheck {
  if (recorded !== null && recorded === entry.version && !entry.ambiguous) {
    return { kind: "same", version: recorded };
  }
  if (entry.ready === false) {
    const said = entry.status === undefined ? "" : ` (status: ${entry.status})`;
    return { kind: "not_ready", why: `the hub's package isn't ready yet${said}` };
  }
  if (recorded === null || entry.version === null) return { kind: "ask" };
  const before = parseInstant(recorded, timezone);
  if (entry.instant === null || before === null) {
    const unread = entry.instant === null ? entry.version : recorded;
    return { kind: "ask", warning: `version "${unread}" can't be read as a time` };
  }
  if (entry.instant < before) {
    const warning = `the hub's version ${entry.version} is older than the recorded ${recorded}`;
    return { kind: "ask", warning };
  }
  return { kind: "ask" };
}

/** What is to be recorded after a sync, and whether the package was behind its announcement. */
export function versionToRecord(
  entry: CatalogEntry,
  stamp: { instant: number | null; text: string | null },
): { version: string | null; behind: boolean } {
  const { instant, text } = stamp;
  const behind = instant !== null && entry.instant !== null &&
    instant < startOfSecond(entry.instant);
  if (behind || entry.version === null) return { version: text, behind };
  return { version: entry.version, behind };
}

/**
 * What is recorded of a package whose version text may be another package's, too: a text that no
 * earlier one had, so that whoever compares texts alone (a mirror's clients) sees the change.
 */
export function distinctVersion(
  version: string | null,
  { recorded, changed, now }: { recorded: string | null; changed: boolean; now: number },
): string {
  if (version !== null && (version !== recorded || !changed)) return version;
  return recorded === null || changed ? new Date(now).toISOString() : recorded;
}

/** A stamp has no fraction, so a package built in the same second isn't behind. */
function startOfSecond(instant: number): number {
  return Math.floor(instant / 1000) * 1000;
}
