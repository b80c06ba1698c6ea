/**
 * A clock that stands still until the test moves it.
 *
 * @module
 */

/** A clock, with the hand to move it. */
export interface TestClock {
  /** ms since the epoch. */
  (): number;
  /** Moves it on, or back. */
  advance(ms: number): void;
  set(instant: Date | number): void;
}

/** Makes a clock; default 2026-11-22 12:00 UTC. */
export function testClock(start: Date | string = "2026-11-22T12:00:00Z"): TestClock {
  let now = new Date(start).getTime();
  return Object.assign(() => now, {
    advance: (ms: number) => void (now += ms),
    set: (instant: Date | number) => void (now = Number(instant)),
  });
}
