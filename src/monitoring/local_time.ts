/**
 * Time as in log lines: this machine's local time with its offset from UTC.
 *
 * @module
 */

/** `2026-11-22T08:15:00+08:00`, for an instant in ms since the epoch. */
export function localTime(instant: number): string {
  const date = new Date(instant);
  const offset = -date.getTimezoneOffset();
  const wall = new Date(instant + offset * 60_000).toISOString().slice(0, 19);
  const minutes = Math.abs(offset);
  return wall + (offset < 0 ? "-" : "+") + two(Math.trunc(minutes / 60)) + ":" + two(minutes % 60);
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}
