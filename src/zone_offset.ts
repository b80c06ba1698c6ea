/**
 * How far a time zone's clocks are ahead of UTC, from the runtime's own tables.
 *
 * Guarantees: follows the zone's changes of its clock. An unknown zone is a RangeError, as `Intl`
 * throws it.
 *
 * @module
 */

const formats = new Map<string, Intl.DateTimeFormat>();

/** The offset of a zone (an IANA name) at an instant (ms since the epoch), in milliseconds. */
export function zoneOffset(instant: number, timezone: string): number {
  let format = formats.get(timezone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone: timezone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
    formats.set(timezone, format);
  }
  const parts: Record<string, number> = {};
  for (const { type, value } of format.formatToParts(instant)) parts[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  const seconds = Math.floor(instant / 1000) * 1000;
  return Date.UTC(year, month - 1, day, hour, minute, second) - seconds;
}
