/**
 * A holiday week is no alarm, and the calendar's end is announced.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Calendar, DatasetConfig, MaxAge } from "../../src/config/dataset_config.ts";
import { parseCalendar } from "../../src/config/read/calendar_file.ts";
import { calendarEnds } from "../../src/monitoring/calendar_end.ts";
import { staleness } from "../../src/monitoring/staleness.ts";
import { wallText } from "../../src/monitoring/zone.ts";

const timezone = "Asia/Shanghai";
const at = (text: string): number => Date.parse(`${text}+08:00`);
const EXAMPLE = new URL("../../docs/calendars/cn-a-share.txt", import.meta.url);
const example = parseCalendar("cn-a-share.txt", await Deno.readFile(EXAMPLE)) as Calendar;

function dueOf(instant: string, maxAge: MaxAge): string {
  const { due } = staleness({ maxAge, instant: at(instant), now: at(instant), timezone });
  return wallText(due!, timezone);
}

/** The trading days of a time, as the example's days off say. */
function tradingDays(from: string, until: string): Calendar {
  const days = new Set<string>();
  for (let time = Date.parse(from); time <= Date.parse(until); time += 86_400_000) {
    const day = new Date(time).toISOString().slice(0, 10);
    if (![0, 6].includes(new Date(time).getUTCDay()) && !example.days.has(day)) days.add(day);
  }
  return { path: "t", kind: "trading", days, from, until };
}

for (const kind of ["off", "trading"] as const) {
  const calendar = kind === "off" ? example : tradingDays("2026-01-01", "2027-12-31");
  const maxAge: MaxAge = { hours: 24, weekdays: [], hour: 20, calendar };

  Deno.test(`staleness() doesn't count the days of a holiday week (${kind})`, () => {
    // Wednesday's data before the National Day: Thursday 1 October to Wednesday 7 are off.
    assert.equal(dueOf("2026-09-30T15:00", maxAge), "2026-10-08 20:00");
    // Friday the 13th before the Spring Festival, which ends on Monday the 23rd.
    assert.equal(dueOf("2026-02-13T15:00", maxAge), "2026-02-24 20:00");
    assert.equal(dueOf("2026-10-08T15:00", maxAge), "2026-10-09 20:00");
    assert.equal(dueOf("2026-10-09T15:00", maxAge), "2026-10-12 20:00");
    const during = staleness({
      maxAge,
      instant: at("2026-09-30T15:00"),
      now: at("2026-10-08T19:00"),
      timezone,
    });
    assert.equal(during.stale, false);
  });

  Deno.test(`staleness() goes by weekdays after the calendar's end (${kind})`, () => {
    assert.equal(dueOf("2028-09-29T15:00", maxAge), "2028-10-02 20:00"); // a Friday
  });
}

Deno.test("staleness() without a calendar, and without weekdays, counts every day as before", () => {
  assert.equal(dueOf("2026-10-02T15:00", { hours: 24, weekdays: [], hour: 0 }), "2026-10-03 15:00");
  const weekdays = [1, 2, 3, 4, 5];
  assert.equal(dueOf("2026-10-02T15:00", { hours: 24, weekdays, hour: 0 }), "2026-10-05 15:00");
});

Deno.test("staleness() ends with a calendar on which nothing is ever due", () => {
  const calendar: Calendar = { ...example, kind: "trading", days: new Set(), until: "9999-12-31" };
  const { due } = staleness({
    maxAge: { hours: 24, weekdays: [], hour: 20, calendar },
    instant: at("2026-10-01T00:00"),
    now: at("2026-10-02T00:00"),
    timezone,
  });
  assert.ok(due! > at("2030-01-01T00:00"));
});

Deno.test("calendarEnds() names each calendar once, from a month before its end", () => {
  const dataset = (calendar: Calendar) =>
    ({ maxAge: { hours: 1, weekdays: [], hour: 0, calendar } }) as unknown as DatasetConfig;
  const both = [dataset(example), dataset(example)];
  const ends = (now: string) => calendarEnds(both, { now: at(now), timezone });
  assert.deepEqual(ends("2027-11-20T00:00"), []);
  assert.match(
    ends("2027-12-05T00:00").join(),
    /^the calendar cn-a-share.txt ends on 2027-12-31: /,
  );
  assert.match(
    ends("2028-01-01T00:00").join(),
    /^the calendar cn-a-share.txt ended on 2027-12-31: /,
  );
});
