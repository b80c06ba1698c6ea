/**
 * Frees memory between the phases of a large sync. V8 collects its old generation only once it has
 * grown by half; with 100,000 entries that was 130 MB of garbage.
 *
 * @module
 */

/** With fewer entries, a GC (10 ms) frees too little to be worth it. */
const WORTH_COLLECTING = 20_000;

/** Each request builds lists of all ranges; from this many on, collect them now and then. */
export const MANY_RANGES = 2_000;

/**
 * Forces a GC if the runtime exposes it (in the binary it does). Does nothing if fewer than `worth`
 * things (entries, ranges) have left garbage.
 */
export function collectGarbage(things: number, worth: number = WORTH_COLLECTING): void {
  if (things < worth) return;
  const { gc } = globalThis as { gc?: () => void };
  gc?.();
}
