/**
 * Looks at what may fail for any reason, where a stand-in says enough.
 *
 * @module
 */

/** What `look` returns; `otherwise` where it throws, whatever the reason. */
export function orElse<T, U>(look: () => T, otherwise: U): T | U {
  try {
    return look();
  } catch {
    return otherwise;
  }
}
