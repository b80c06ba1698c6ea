/**
 * Counts with their digits grouped, as people read them.
 *
 * @module
 */

/** `5,400`. The same as `toLocaleString("en-US")`, whose first call takes 8 ms of a process. */
export function grouped(count: number): string {
  return String(count).replace(/\B(?<!\.\d*)(?=(?:\d{3})+(?!\d))/g, ",");
}
