/**
 * Waiting for an event that nothing announces: looks until it has happened.
 *
 * Guarantees: no test rests on how long anything takes, and one whose event never comes fails and
 * says which, instead of hanging.
 *
 * @module
 */

/** Nothing that is waited for takes this long on any machine. */
const PATIENCE_MS = 600_000;

/**
 * Waits until it is so, looking every few milliseconds. Throws if that never happens, with what has
 * been seen instead.
 */
export async function until(
  isSo: () => boolean | Promise<boolean>,
  seen: () => string = () => "",
): Promise<void> {
  const began = performance.now();
  while (!await isSo()) {
    if (performance.now() - began > PATIENCE_MS) {
      throw new Error(`waited in vain for: ${isSo}\n${seen()}`);
    }
    await pause(5);
  }
}

/** Lets time pass, where a test is about what doesn't happen meanwhile. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
