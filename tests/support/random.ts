/**
 * Seeded chance for tests: what failed once fails again.
 *
 * @module
 */
import { seededRandom } from "../../src/demo/seeded_random.ts";

export { seededRandom };

/** A whole number from `low` up to `high`, which can't be it. */
export function between(random: () => number, low: number, high: number): number {
  return low + Math.floor(random() * (high - low));
}

/** One of them. */
export function oneOf<T>(random: () => number, things: readonly [T, ...T[]]): T {
  return things[between(random, 0, things.length)] ?? things[0];
}

/** So many bytes that don't deflate. */
export function noise(random: () => number, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; at++) bytes[at] = random() * 256;
  return bytes;
}

/** The seed of this run: `TEST_SEED`, else 1. */
export function runSeed(): number {
  return Number(Deno.env.get("TEST_SEED") ?? 1);
}
