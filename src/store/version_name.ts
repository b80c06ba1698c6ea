/**
 * The names of a snapshot's versions: digits, so that none leads anywhere else.
 *
 * @module
 */

/** Whether a name is a finished version's. Anything else in the folder of versions is a leftover. */
export function isVersionName(name: string): boolean {
  return /^\d{6,15}$/.test(name);
}
