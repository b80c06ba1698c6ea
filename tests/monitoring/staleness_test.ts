/** When data counts as stale: weekends, the hour at which it is due, calendars. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { staleness } from "../../src/monitoring/staleness.ts";
import { instantOf, wallText } from "../../src/monitoring/zone.ts";

const SHANGHAI = "Asia/Shanghai";
const WORKDAYS = [1, 2, 3, 4, 5];

/** `day` of November 2026 (the 20th is a Friday) in Shanghai. */
function nov(day: number, hour: number): number {
  return Date.UTC(2026, 10, day, hour - 8);
}

function dueOf(instant: number, hours: number, hour: number, timezone = SHANGHAI): string {
  const maxAge = { hours, weekdays: WORKDAYS, hour };
  const { due } = staleness({ maxAge, instant, now: instant, timezone });
  return wallText(due ?? 0, timezone);
}

Deno.test("staleness() doesn't count the weekend", () => {
  assert.equal(dueOf(nov(20, 15), 24, 0), "2026-11-23 15:00");
  assert.equal(dueOf(nov(21, 2), 24, 0), "2026-11-24 00:00", "Saturday's data");
  assert.equal(dueOf(nov(16, 15), 24, 0), "2026-11-17 15:00", "within a week");
  assert.equal(dueOf(nov(20, 15), 24 * 5, 0), "2026-11-27 15:00", "a week of workdays");
});

Deno.test("staleness() waits for the hour at which the next day's data is due", () => {
  assert.equal(dueOf(nov(20, 15), 24, 20), "2026-11-23 20:00");
  assert.equal(dueOf(nov(20, 21), 24, 20), "2026-11-23 21:00");
  assert.equal(dueOf(nov(20, 6), 24, 8.5), "2026-11-23 08:30");
});

Deno.test("staleness() turns stale exactly when due", () => {
  const input = { maxAge: { hours: 24, weekdays: WORKDAYS, hour: 20 }, timezone: SHANGHAI };
  const instant = nov(20, 15);
  assert.equal(staleness({ ...input, instant, now: nov(22, 23) }).stale, false, "Sunday night");
  assert.equal(staleness({ ...input, instant, now: nov(23, 20) - 1 }).stale, false);
  const late = staleness({ ...input, instant, now: nov(23, 22) });
  assert.deepEqual(late, {
    stale: true,
    due: nov(23, 20),
    ageMs: nov(23, 22) - instant,
    text: "stale: 3 d 7 h old, new data was due by 2026-11-23 20:00 (2 h ago)",
  });
});

Deno.test("staleness() judges nothing without max_age or without an instant", () => {
  assert.deepEqual(staleness({ instant: nov(20, 15), now: nov(20, 16), timezone: SHANGHAI }), {
    stale: false,
    due: null,
    ageMs: 3_600_000,
    text: "1 h old",
  });
  const maxAge = { hours: 1, weekdays: WORKDAYS, hour: 0 };
  assert.deepEqual(staleness({ maxAge, instant: null, now: 0, timezone: SHANGHAI }), {
    stale: false,
    due: null,
    ageMs: null,
    text: "age unknown",
  });
});

Deno.test("staleness() follows a change of the clock", () => {
  // In New York 2026-11-01 has 25 hours: 24 counted hours from Saturday noon end at 11 on Sunday.
  const maxAge = { hours: 24, weekdays: [], hour: 0 };
  const timezone = "America/New_York";
  const instant = instantOf({ year: 2026, month: 10, day: 31 }, 12, timezone);
  const { due } = staleness({ maxAge, instant, now: instant, timezone });
  assert.equal(wallText(due ?? 0, timezone), "2026-11-01 11:00");
});

Deno.test("staleness() never calls newer data stale while older data isn't", () => {
  const instants = fc.integer({ min: nov(1, 0), max: nov(28, 0) });
  fc.assert(
    fc.property(
      instants,
      instants,
      fc.integer({ min: 1, max: 100 }),
      fc.integer({ min: 0, max: 23 }),
      fc.subarray([1, 2, 3, 4, 5, 6, 7], { minLength: 1 }),
      (one, other, hours, hour, weekdays) => {
        const due = (instant: number): number =>
          staleness({ maxAge: { hours, weekdays, hour }, instant, now: 0, timezone: SHANGHAI })
            .due ?? NaN;
        const [older, newer] = [Math.min(one, other), Math.max(one, other)];
        return due(older) <= due(newer) && due(older) >= older + hours * 3_600_000;
      },
    ),
  );
});
