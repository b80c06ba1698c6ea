/**
 * Gives memory back between the phases of a large sync. V8 collects its old generation when it has
 * grown by half; with 100,000 entries that was 130 MB of what nobody needed any more.
 *
 * @module
 */

/** With fewer entries there is little to collect, and nothing is worth 10 ms. */
const WORTH_COLLECTING = 20_000;

/** Each request makes lists of all ranges: with so many, they are worth collecting now and then. */
export const MANY_RANGES = 2_000;

/**
 * Collects garbage now, where the runtime was started with the right to ask (the binary is). So many
 * entries, or other things, have left some; fewer than `worth` of them aren't worth it.
 */
export function collectGarbage(things: number, worth: number = WORTH_COLLECTING): void {
  if (things < worth) return;
  const { gc } = globalThis as { gc?: () => void };
  gc?.();
}
