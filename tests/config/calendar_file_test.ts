/**
 * Which files are calendars, and what they say.
 *
 * @module
 */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { Calendar } from "../../src/config/dataset_config.ts";
import { parseCalendar } from "../../src/config/read/calendar_file.ts";
import { parseConfig } from "../../src/config/load_config.ts";
import { encodeGbk } from "../../src/zip/directory/gbk.ts";
import { tempDir } from "../support/temp.ts";

const EXAMPLE = new URL("../../docs/calendars/cn-a-share.txt", import.meta.url);

function parse(content: string | Uint8Array): Calendar | string {
  return parseCalendar("c", typeof content === "string" ? Buffer.from(content) : content);
}

/** All Mondays to Fridays of a time but those days. */
function weekdays(from: string, until: string, but: readonly string[] = []): string[] {
  const days: string[] = [];
  for (let at = Date.parse(from); at <= Date.parse(until); at += 86_400_000) {
    const day = new Date(at).toISOString().slice(0, 10);
    if (![0, 6].includes(new Date(at).getUTCDay()) && !but.includes(day)) days.push(day);
  }
  return days;
}

const OFF = ["2026-10-01", "2026-10-02", "2026-10-05", "2026-10-06", "2026-10-07"];
const TRADING = weekdays("2026-09-01", "2026-12-31", OFF);

Deno.test("parseCalendar() reads lists of days off and of trading days", () => {
  const off = {
    path: "c",
    kind: "off",
    days: new Set(OFF),
    from: "2026-01-01",
    until: "2026-12-31",
  };
  assert.deepEqual(parse(`days off\n${OFF.join("\n")}\n`), off);
  assert.deepEqual(parse(`\uFEFF# 国庆\r\n休市日：\r\n${OFF.toReversed().join(" # x\r\n")}`), off);
  assert.deepEqual(parse(encodeGbk(`# 国庆节\n休市日\n${OFF.join("\n")}`)), off);
  const compact = OFF.map((day) => day.replaceAll("-", ""));
  assert.deepEqual(parse(`days off\n${compact.join("\n")}`), off);
  const trading = {
    path: "c",
    kind: "trading",
    days: new Set(TRADING),
    from: "2026-09-01",
    until: "2026-12-31",
  };
  assert.deepEqual(parse(TRADING.join("\n")), trading);
  assert.deepEqual(parse(`trading days\n${TRADING.join("\n")}`), trading);
});

Deno.test("parseCalendar() reads the data hub's CSV, and others", () => {
  const rows = TRADING.map((day, n) => `${day},${n >> 2},${n >> 3}`).join("\r\n");
  const csv = `数据由某人整理，仅供学习\r\n交易日期,W_0,2W_0\r\n${rows}\r\n`;
  for (const content of [encodeGbk(csv), csv, csv.slice(csv.indexOf("交易"))]) {
    const calendar = parse(content);
    assert.ok(typeof calendar !== "string", String(calendar));
    assert.deepEqual([calendar.kind, calendar.days], ["trading", new Set(TRADING)]);
  }
  const open = weekdays("2026-09-01", "2026-12-31")
    .map((day) => `SSE,${day.replaceAll("-", "")},${OFF.includes(day) ? 0 : 1}`);
  const tushare = parse(`exchange,cal_date,is_open\n${open.join("\n")}\n`);
  assert.ok(typeof tushare !== "string");
  assert.deepEqual(tushare.days, new Set(TRADING));
});

Deno.test("parseCalendar() says what is wrong, and where", () => {
  const cases: [string, RegExp][] = [
    ["", /^it has no days$/],
    ["# nothing\n", /^it has no days$/],
    [OFF.join("\n"), /expected a line `trading days` or `days off` at its beginning/],
    [
      "days off\n2026-10-01\nOctober\n",
      /^line 3: expected a day such as 2026-10-01, found "October"$/,
    ],
    ["days off\n2026-02-30\n", /^line 2: /],
    ["\0\x01\x02binary", /^line 1: /],
  ];
  for (const [text, said] of cases) assert.match(parse(text) as string, said);
});

Deno.test("docs/calendars/cn-a-share.txt is a calendar of days off, weekends left out", async () => {
  const bytes = await Deno.readFile(EXAMPLE);
  const calendar = parse(bytes);
  assert.ok(typeof calendar !== "string", String(calendar));
  assert.deepEqual([calendar.kind, calendar.from, calendar.until], [
    "off",
    "2026-01-01",
    "2027-12-31",
  ]);
  const written = new TextDecoder().decode(bytes).match(/^\d{4}-\d\d-\d\d$/gm)!;
  assert.equal(calendar.days.size, written.length, "a day stands there twice");
  for (const day of calendar.days) assert.ok(![0, 6].includes(new Date(day).getUTCDay()), day);
  // 2026 has 261 weekdays, of which the exchanges trade on 242 or so.
  const of2026 = [...calendar.days].filter((day) => day.startsWith("2026"));
  assert.ok(of2026.length >= 17 && of2026.length <= 21, String(of2026.length));
});

Deno.test("a calendar that can't be read is a warning, and weekends are still none", async () => {
  await using dir = await tempDir();
  const load = (more: string) =>
    parseConfig(
      `hub: { url: http://h }\ndatasets:\n  - { name: a, local_dir: ./a, max_age: { hours: 24, calendar: c.txt${more} } }\n`,
      { path: dir.at("config.yaml") },
    );
  const missing = load("");
  assert.match(missing.warnings.join(), /:3:\d+: `datasets\[1\].max_age.calendar`: .*no such file/);
  assert.deepEqual(missing.datasets[0]!.maxAge, { hours: 24, weekdays: [1, 2, 3, 4, 5], hour: 0 });
  await Deno.writeTextFile(dir.at("c.txt"), "nonsense");
  assert.match(load("").warnings.join(), /line 1: expected a day/);
  await Deno.writeTextFile(dir.at("c.txt"), `days off\n${OFF.join("\n")}`);
  const { warnings, datasets: [a] } = load("");
  assert.deepEqual([warnings, a!.maxAge!.weekdays, a!.maxAge!.calendar!.kind], [[], [], "off"]);
  assert.deepEqual(load(", weekdays: [1]").datasets[0]!.maxAge!.weekdays, [1]);
});
