/** The report's figures per day, week and month are those of the history. */
import assert from "node:assert/strict";
import { bucketAt, bucketsOf } from "../../../src/monitoring/report/buckets.ts";
import { type FiguresInput, figuresOf } from "../../../src/monitoring/report/figures.ts";
import { record } from "../records.ts";

const NOW = Date.UTC(2026, 10, 22, 4);
const input: FiguresInput = {
  now: NOW,
  days: 7,
  timezone: "Asia/Shanghai",
  datasets: [{
    name: "a",
    instant: Date.UTC(2026, 10, 20, 8),
    maxAge: { hours: 30, weekdays: [1, 2, 3, 4, 5], hour: 0 },
  }],
};

/** A run on that day of November at 09:00 UTC, which brings data of 08:00. */
function run(day: number, changes: Parameters<typeof record>[0] = {}) {
  const at = new Date(Date.UTC(2026, 10, day, 9)).toISOString();
  return record({ at, version: `2026-11-${day}T08:00:00Z`, bytesOnDisk: day, ...changes });
}

Deno.test("bucketsOf() begins days at the zone's midnight and ends after now", () => {
  const buckets = bucketsOf(NOW, 3, "Asia/Shanghai");
  assert.equal(buckets.step, "day");
  assert.deepEqual(buckets.x.map((x) => new Date(x * 1000).toISOString().slice(5, 10)), [
    "11-20",
    "11-21",
    "11-22",
  ]);
  assert.equal(buckets.edges[0], Date.UTC(2026, 10, 19, 16));
  assert.equal(bucketAt(buckets, Date.UTC(2026, 10, 19, 15)), -1);
  assert.equal(bucketAt(buckets, Date.UTC(2026, 10, 19, 16)), 0);
  assert.equal(bucketAt(buckets, NOW), 2);
});

Deno.test("bucketsOf() takes weeks and months for longer reports", () => {
  assert.equal(bucketsOf(NOW, 365, "Asia/Shanghai").step, "week");
  const years = bucketsOf(NOW, 5 * 365, "Asia/Shanghai");
  assert.equal(years.step, "month");
  assert(years.x.length <= 61);
});

Deno.test("figuresOf() counts the period's runs only", () => {
  const figures = figuresOf([
    run(10),
    run(17),
    run(18, { outcome: "up_to_date", bytesDownloaded: 0, version: "2026-11-17T08:00:00Z" }),
    run(19, { outcome: "download_failed", bytesDownloaded: 5, version: null }),
    run(19, { outcome: "interrupted", bytesDownloaded: 0, version: null }),
    run(20, { durationMs: 3500 }),
  ], input);
  assert.equal(figures.runs, 5);
  assert.equal(figures.updates, 2);
  assert.equal(figures.failures, 1);
  assert.equal(figures.rate, 3 / 4);
  assert.equal(figures.downloaded, 18_000_005);
  assert.equal(figures.medianMs, 3000);
  assert.equal(figures.onDisk, 20);
  assert.deepEqual([...figures.errors], [["download_failed", [0, 0, 0, 1, 0, 0, 0]]]);
  assert.deepEqual(figures.rates, [null, 1, 1, 0, 1, null, null]);
  assert.equal(figures.phases.get("download"), 3000);
});

Deno.test("figuresOf() shows a weekend as fresh, and late data as late", () => {
  const all = [14, 16, 17, 18, 19, 20].map((day) => run(day));
  const [weekend] = figuresOf(all, input).datasets;
  assert.deepEqual(weekend?.cells, ["ok", "ok", "ok", "ok", "ok", "none", "none"]);
  const [gap] = figuresOf(all.filter((_, at) => at !== 3), input).datasets;
  assert.deepEqual(gap?.cells, ["ok", "ok", "late", "late", "ok", "none", "none"]);
  assert.deepEqual(gap?.late, [false, false, true, true, false, false, false]);
  assert.equal(gap?.age[3], 49 / 24, "the oldest before the run of the 19th");
});

Deno.test("figuresOf() is empty without a history", () => {
  const figures = figuresOf([], { ...input, datasets: [{ name: "a", instant: null }] });
  assert.equal(figures.rate, null);
  assert.equal(figures.onDisk, null);
  assert.equal(figures.datasets[0]?.failing, false);
});
