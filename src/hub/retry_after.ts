/**
 * Reads `Retry-After`: seconds, or an HTTP date.
 *
 * Guarantees: the wait is between 0 and {@linkcode LONGEST_WAIT_MS}, whatever a server sends.
 *
 * @module
 */

/** The longest wait that a hub may impose, in milliseconds; longer ones are cut to it. */
export const LONGEST_WAIT_MS: number = 5 * 60_000;

/** The wait in milliseconds that a `Retry-After` asks for; `null` when it asks for none. */
export function parseRetryAfter(text: string | null, now: number): number | null {
  const value = text?.trim() ?? "";
  if (/^\d+(\.\d+)?$/.test(value)) return Math.min(Number(value) * 1000, LONGEST_WAIT_MS);
  // A date has a day name or a month name; `Date.parse` would take nearly anything else too.
  const date = /[a-z]{3}/i.test(value) ? Date.parse(value) : NaN;
  if (Number.isNaN(date)) return null;
  return Math.min(Math.max(0, date - now), LONGEST_WAIT_MS);
}
