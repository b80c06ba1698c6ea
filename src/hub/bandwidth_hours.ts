/**
 * The bandwidth limit at a time of day.
 *
 * Guarantees: pure. Hours are those of the instant's local time; when the clocks change, an hour
 * is missing or comes twice.
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
