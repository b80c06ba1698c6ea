/** When cron runs: held against the rule minute by minute, and against systemd's own calendar. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { parseCron } from "../../src/schedule/cron_expression.ts";
import { nextRuns, previousRun } from "../../src/schedule/next_runs.ts";
import { onCalendar } from "../../src/schedule/on_calendar.ts";
import { UsageError } from "../../src/errors.ts";
import { run } from "../support/command.ts";
import { installed } from "../support/installed.ts";

const MINUTE = 60_000;

function timesOf(text: string) {
  const read = parseCron(text);
  return read.kind === "times" ? read : assert.fail(`${text} is ${read.kind}`);
}

/** Cron's own rule, for the minute that begins there. */
function isDue(text: string, at: number): boolean {
  const [minute, hour, day, month, weekday] = text.split(" ") as [
    ...[string, string, string, string, string],
  ];
  const date = new Date(at);
  const has = (field: string, value: number, low = 0): boolean =>
    field.split(",").some((part) => {
      const [range = "", step = "1"] = part.split("/");
      const [from, to] = range === "*" ? [low, 99] : range.split("-").map(Number);
      return value >= from! && value <= (to ?? from!) && (value - from!) % Number(step) === 0;
    });
  const days = has(day, date.getDate(), 1);
  const weekdays = has(weekday, date.getDay());
  const either = !day.startsWith("*") && !weekday.startsWith("*");
  return has(minute, date.getMinutes()) && has(hour, date.getHours()) &&
    has(month, date.getMonth() + 1, 1) && (either ? days || weekdays : days && weekdays);
}

Deno.test("nextRuns() gives the first minutes that cron's rule names", () => {
  const at = Date.parse("2026-11-26T00:30:00Z");
  const field = (low: number, high: number) =>
    fc.oneof(
      fc.constant("*"),
      fc.integer({ min: low, max: high }).map(String),
      fc.integer({ min: 2, max: 7 }).map((step) => `*/${step}`),
      fc.tuple(fc.integer({ min: low, max: high }), fc.integer({ min: low, max: high }))
        .map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`),
    );
  const expressions = fc.tuple(
    fc.constantFrom("0", "15", "*/20", "59"),
    fc.constantFrom("0", "8", "*/6", "23"),
    field(1, 28),
    fc.constantFrom("*", "11-12", "1"),
    field(0, 6),
  ).map((fields) => fields.join(" "));
  fc.assert(
    fc.property(expressions, (text) => {
      const runs = nextRuns(timesOf(text), at, 3);
      const expected: number[] = [];
      for (let minute = at + MINUTE; expected.length < 3; minute += MINUTE) {
        if (isDue(text, minute)) expected.push(minute);
        // Where there is none within ten weeks, no other must be given either.
        if (minute > at + 70 * 86_400_000) break;
      }
      assert.deepEqual(runs.slice(0, expected.length), expected, text);
    }),
    { numRuns: 60 },
  );
});

Deno.test("nextRuns() is empty for a day that never comes", () => {
  assert.deepEqual(nextRuns(timesOf("0 8 31 2 *"), Date.now()), []);
});

Deno.test("previousRun() gives the last run before an instant", () => {
  const at = new Date(2026, 10, 26, 8, 14).getTime();
  assert.equal(previousRun(timesOf("15 8 * * *"), at), new Date(2026, 10, 25, 8, 15).getTime());
});

const CALENDARS: [cron: string, lines: string[]][] = [
  ["15 8 * * *", ["*-*-* 08:15:00"]],
  ["*/30 * * * *", ["*-*-* *:00,30:00"]],
  ["0 8 * * 1-5", ["Mon,Tue,Wed,Thu,Fri *-*-* 08:00:00"]],
  ["0 8 * * 0,6", ["Sat,Sun *-*-* 08:00:00"]],
  ["0 8 1,15 * *", ["*-*-01,15 08:00:00"]],
  ["0 8 1 */3 *", ["*-01,04,07,10-01 08:00:00"]],
  ["0 8 1 * 1", ["*-*-01 08:00:00", "Mon *-*-* 08:00:00"]],
  ["0 8 */10 * 1", ["Mon *-*-01,11,21,31 08:00:00"]],
  ["@hourly", ["*-*-* *:00:00"]],
];

for (const [cron, lines] of CALENDARS) {
  Deno.test(`onCalendar() writes "${cron}" as systemd does`, () => {
    assert.deepEqual(onCalendar(parseCron(cron)), lines.map((line) => `OnCalendar=${line}`));
  });
}

Deno.test("onCalendar() has no line for @reboot", () => {
  assert.throws(() => onCalendar(parseCron("@reboot")), UsageError);
});

Deno.test({
  name:
    "systemd reads the lines of onCalendar() as the times of nextRuns() (needs systemd-analyze)",
  ignore: !installed("systemd-analyze"),
  fn: async () => {
    for (const [cron] of [...CALENDARS, ["5-59/20 7-9 * JAN,DEC *"] as const]) {
      const runs = nextRuns(timesOf(cron), Date.now(), 3);
      const lines = onCalendar(parseCron(cron)).map((line) => line.slice("OnCalendar=".length));
      const found = new Set<number>();
      for (const line of lines) {
        const text = await run("systemd-analyze", ["calendar", "--iterations=3", line], {
          env: { LC_ALL: "C", TZ: "UTC" },
        });
        const zone = -new Date().getTimezoneOffset() === 0;
        if (!zone) return;
        for (const [, at] of text.matchAll(/(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) UTC/g)) {
          found.add(Date.parse(`${at!.replace(" ", "T")}Z`));
        }
      }
      assert.deepEqual([...found].sort((a, b) => a - b).slice(0, 3), runs, cron);
    }
  },
});
