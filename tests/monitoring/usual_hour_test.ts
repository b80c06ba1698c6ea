/**
 * The usual hour, learnt from versions, and how late today is.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { HistoryRecord } from "../../src/monitoring/history_record.ts";
import { clockText, usualHour } from "../../src/monitoring/usual_hour.ts";
import { record } from "./records.ts";

const timezone = "Asia/Shanghai";
const at = (text: string): number => Date.parse(`${text}+08:00`);

/** A run for each day of November with its time of day; the history has them as versions. */
function runsOf(times: Record<number, string>): HistoryRecord[] {
  return Object.entries(times).map(([day, time]) =>
    record({ version: `2026-11-${day.padStart(2, "0")}T${time}:07.123` })
  );
}

// Monday the 16th to Tuesday the 24th, without the weekend.
const WEEK = runsOf({
  16: "20:15",
  17: "20:17",
  18: "20:31",
  19: "20:12",
  20: "23:59",
  23: "20:17",
  24: "20:20",
});

function usual(now: string, runs = WEEK, instant: string | null = "2026-11-24T20:20:07") {
  return usualHour(runs, {
    now: at(now),
    timezone,
    instant: instant === null ? null : at(instant),
  });
}

Deno.test("usualHour() is the median time of day, whatever one late day did", () => {
  const found = usual("2026-11-25T12:00")!;
  assert.equal(clockText(found.minutes), "20:17");
  assert.ok(found.spread <= 14, String(found.spread));
  assert.equal(found.lateMs, null);
});

Deno.test("usualHour() says how late today is, once it is, and until the data is here", () => {
  const late = (now: string, instant?: string) => usual(now, WEEK, instant)!.lateMs;
  assert.equal(late("2026-11-25T20:25"), null, "within the usual spread");
  assert.equal(late("2026-11-25T20:57"), 40 * 60_000);
  assert.equal(late("2026-11-25T20:57", "2026-11-25T20:40:00"), null);
  assert.equal(late("2026-11-28T21:30"), null, "no Saturday has brought data before");
  const maxAge = { hours: 24, weekdays: [6], hour: 0 };
  const about = { now: at("2026-11-28T21:17"), timezone, instant: at("2026-11-24T20:20:07") };
  assert.equal(usualHour(WEEK, { ...about, maxAge })!.lateMs, 3_600_000, "max_age says it is due");
});

Deno.test("usualHour() understands times around midnight", () => {
  const runs = runsOf({ 16: "23:55", 17: "00:05", 18: "00:10", 19: "23:50", 20: "00:00" });
  assert.equal(clockText(usual("2026-11-25T12:00", runs)!.minutes), "00:00");
});

Deno.test("usualHour() says nothing where there is no habit", () => {
  assert.equal(usual("2026-11-25T12:00", WEEK.slice(0, 4)), undefined);
  const anyTime = runsOf({ 16: "01:00", 17: "07:00", 18: "13:00", 19: "19:00", 20: "22:00" });
  assert.equal(usual("2026-11-25T12:00", anyTime), undefined);
  const days = ["16", "17", "18", "19", "20"].map((day) => record({ version: `2026-11-${day}` }));
  assert.equal(usual("2026-11-25T12:00", days), undefined, "a day has no hour");
  const same = Array.from({ length: 9 }, () => record({ version: "2026-11-16T20:15:00" }));
  assert.equal(usual("2026-11-25T12:00", same), undefined, "one version is one");
  const failed = WEEK.map((run): HistoryRecord => ({ ...run, outcome: "download_failed" }));
  assert.equal(usual("2026-11-25T12:00", failed), undefined);
});
