/**
 * Frees memory between the phases of a large sync. V8 collects its old generation only once it has
 * grown by half; with 100,000 entries that was 130 MB of garbage.
 *
 * @module
 */

/** With fewer entries, a GC (10 ms) frees too little to be worth it. */
const WORTH_COLLECTING = 20_000;

/** Building this many files leaves 5 MB that is worth collecting, 10 ms each time. */
export const MANY_FILES = 2_000;

/** Each request builds lists of all ranges; from this many on, collect them now and then. */
export const MANY_RANGES = 2_000;

interface GarbageOptions {
  /** Fewer things (entries, ranges) than this have left too little. */
  worth?: number;
  /** Whether freed pages go back to the system; else they wait for new objects. */
  giveBack?: boolean;
}

/** Forces a GC if the runtime exposes it (in the binary it does). */
export function collectGarbage(
  things: number,
  { worth = WORTH_COLLECTING, giveBack = false }: GarbageOptions = {},
): void {
  if (things < worth) return;
  const { gc } = globalThis as { gc?: (options?: Record<string, string>) => void };
  if (giveBack) gc?.({ type: "major", execution: "sync", flavor: "last-resort" });
  else gc?.();
}
