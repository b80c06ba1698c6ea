/**
 * A dataset's version, and other times, as a table shows them. Pure.
 *
 * @module
 */
import { parseInstant } from "../../version_time.ts";
import { wallText } from "../../monitoring/zone.ts";
import { cut } from "./table.ts";

/** A version as a time in that zone; one that isn't a time stays as the hub wrote it. */
export function versionText(
  version: string | null,
  { now, timezone }: { now: number; timezone: string },
): string {
  if (version === null) return "-";
  const instant = parseInstant(version, timezone);
  return instant === null ? cut(version, 19) : shortTime(instant, { now, timezone });
}

/** `11-22 06:02` in that zone, with the year unless it is the current one. */
export function shortTime(
  instant: number,
  { now, timezone }: { now: number; timezone: string },
): string {
  const wall = wallText(instant, timezone);
  return wall.slice(0, 4) === wallText(now, timezone).slice(0, 4) ? wall.slice(5) : wall;
}
