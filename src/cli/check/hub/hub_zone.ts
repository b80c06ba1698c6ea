/**
 * Whether the hub's times are in the zone that `hub.timezone` says: `last_updated`, which has none of
 * its own, against the package's own times.
 *
 * Guarantees: pure. Only a difference that another zone explains to the quarter of an hour counts: a
 * package that was built hours after its data isn't taken for another zone's, but for the rare one
 * that was built later by just as much.
 *
 * @module
 */
import { parseInstant } from "../../../version_time.ts";
import { durationText } from "../../../units.ts";
import { type CheckLine, fine, warning } from "../check_line.ts";
import { CHECK } from "../../../messages/check.ts";

/** A package is built this soon after the last change of its data; clocks may differ by the other. */
const SOON_MS = 15 * 60_000;
const CLOCKS_MS = 60_000;

/** Differences below this are no zone's. */
const SMALLEST_SHIFT_MS = 45 * 60_000;

/** What is compared. */
export interface HubTimes {
  /** The catalog's `last_updated`. */
  version: string;
  /** The stamp in the package's file name, on the hub's clock. */
  stamp: string | null;
  /** The package's `Last-Modified`, which always is in UTC. */
  lastModified: string | null;
  timezone: string;
  configPath: string;
}

/** Compares them; nothing is said where there is nothing to compare. */
export function checkZone(times: HubTimes): CheckLine[] {
  const { version, stamp, lastModified, timezone, configPath } = times;
  const announced = parseInstant(version, timezone);
  if (announced === null) return [];
  const built = [
    (zone: string) => parseInstant(stamp, zone),
    () => lastModified === null ? null : Date.parse(lastModified) || null,
  ];
  let compared = false;
  for (const at of built) {
    const here = at(timezone);
    if (here === null) continue;
    compared = true;
    const off = here - announced;
    if (Math.abs(off) < SMALLEST_SHIFT_MS) continue;
    for (const zone of candidates()) {
      const there = at(zone);
      const then = parseInstant(version, zone);
      if (there === null || then === null) continue;
      const after = there - then;
      if (after < -CLOCKS_MS || after > SOON_MS) continue;
      return [warning(
        "hub.timezone",
        CHECK.times_off({ by: durationText(Math.abs(off - after)), zone }),
        CHECK.set_timezone({ zone, configPath }),
      )];
    }
    const shift = Math.round(off / 1_800_000) * 1_800_000;
    if (off - shift >= -CLOCKS_MS && off - shift <= CLOCKS_MS && at(timezone) !== at("UTC")) {
      return [warning(
        "hub.timezone",
        CHECK.two_zones({ by: durationText(Math.abs(shift)) }),
        CHECK.tell_hub(),
      )];
    }
  }
  return compared ? [fine("hub.timezone", CHECK.times_in({ timezone }))] : [];
}

/** Zones that hubs are in: a container's, most hubs', this machine's. */
function candidates(): string[] {
  return ["UTC", "Asia/Shanghai", new Intl.DateTimeFormat().resolvedOptions().timeZone];
}
