/**
 * Sizes, rates, durations, hours and weekdays, as people write them.
 *
 * @module
 */
import assert from "node:assert/strict";
import {
  parseHourOfDay,
  parseHours,
  parseRate,
  parseSize,
  parseWeekdays,
} from "../../src/config/read/quantities.ts";

function table<T>(parse: (text: string) => T, rows: [text: string, expected: T][]): void {
  for (const [text, expected] of rows) assert.deepEqual(parse(text), expected, text);
}

Deno.test("parseSize() reads units of 1000 and of 1024, and nothing else", () => {
  table(parseSize, [
    ["0", 0],
    ["10MB", 10_000_000],
    ["1.5 k", 1500],
    ["2GiB", 2 ** 31],
    ["7 B", 7],
    ["MB", undefined],
    ["-1", undefined],
    ["1.2.3", undefined],
    ["1i", undefined],
    ["10 MBit", undefined],
    ["99999999999999T", undefined],
  ]);
});

Deno.test("parseRate() reads bytes and bits a second", () => {
  table(parseRate, [
    ["2MB/s", 2_000_000],
    ["500 kb / s", 500_000],
    ["10 Mbit/s", 1_250_000],
    ["8kbps", 1000],
    ["4096", 4096],
    ["10 MB/h", undefined],
  ]);
});

Deno.test("parseHours() needs a unit", () => {
  table(parseHours, [["30h", 30], ["2d", 48], ["90m", 1.5], ["1 week", 168], ["30", undefined]]);
});

Deno.test("parseHourOfDay() reads clock times and fractions below 24", () => {
  table(parseHourOfDay, [
    ["17:30", 17.5],
    ["17.5", 17.5],
    ["0", 0],
    ["24", undefined],
    ["24:00", undefined],
    ["17:60", undefined],
  ]);
});

Deno.test("parseWeekdays() reads names, numbers, lists and ranges over the weekend", () => {
  table(parseWeekdays, [
    ["mon-fri", [1, 2, 3, 4, 5]],
    ["sat-mon", [1, 6, 7]],
    ["Wednesday, 5", [3, 5]],
    ["mon-", undefined],
    ["0", undefined],
    ["mo", undefined],
    ["", undefined],
  ]);
});
