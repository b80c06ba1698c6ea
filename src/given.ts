/**
 * Objects without the keys whose values are undefined.
 *
 * @module
 */

/** An object that lacks the keys whose values may be undefined. */
type Given<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> };

/** The values that aren't undefined, to be spread into an object with optional keys. */
export function given<T extends Record<string, unknown>>(values: T): Given<T> {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined),
  ) as Given<T>;
}
