/**
 * Replaces the result of something that may fail for any reason.
 *
 * @module
 */

/** The result of `look`, or `otherwise` if it throws. */
export function orElse<T, U>(look: () => T, otherwise: U): T | U {
  try {
    return look();
  } catch {
    return otherwise;
  }
}
