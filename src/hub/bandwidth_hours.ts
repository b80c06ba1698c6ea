/**
 * The limit on bandwidth that holds at a time of the day.
 *
 * Guarantees: pure. Hours are those of the given instant's local time; where the clocks are put
 * forward or back, an hour is missing or comes twice.
 *
 * @module
 */
import type { SyncConfig } from "../config/config.ts";

/** Bytes per second at an instant; 0 = no limit. */
export function limitAt(
  { bandwidthLimit, bandwidthHours = [] }: Pick<SyncConfig, "bandwidthLimit" | "bandwidthHours">,
  now: Date,
): number {
  const hour = now.getHours() + now.getMinutes() / 60 + now.getSeconds() / 3600;
  const holds = bandwidthHours.find(({ from, to }) =>
    from < to ? hour >= from && hour < to : hour >= from || hour < to
  );
  return holds?.limit ?? bandwidthLimit;
}
