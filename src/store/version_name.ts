/**
 * The names of a snapshot's versions: digits only, so that none can lead elsewhere.
 *
 * @module
 */

/**
 * Whether a name is that of a finished version. Anything else in the folder of versions is a
 * leftover.
 */
export function isVersionName(name: string): boolean {
  return /^\d{6,15}$/.test(name);
}
