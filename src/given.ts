/**
 * Objects without the keys that have no value.
 *
 * @module
 */

/** An object whose keys may be missing where their values may be undefined. */
type Given<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> };

/** The values that aren't undefined, to be spread into what leaves a key out rather than hold none. */
export function given<T extends Record<string, unknown>>(values: T): Given<T> {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined),
  ) as Given<T>;
}
