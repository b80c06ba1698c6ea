/**
 * Which rows are found in which files.
 *
 * @module
 */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { encodeGbk as gbk } from "../../../src/zip/directory/gbk.ts";
import { fieldsOf, separatorIn } from "../../../src/csv_fields.ts";
import { newestRowOf, parseDateText, type RowSearch } from "../../../src/sync/expect/newest_row.ts";
import { tempDir } from "../../support/temp.ts";

const ZONE = "Asia/Shanghai";
const at = (text: string): number => Date.parse(`${text}T00:00:00+08:00`);

async function newestIn(
  files: (string | Uint8Array)[],
  options: Partial<RowSearch> = {},
): Promise<number | string> {
  await using dir = await tempDir();
  const list = await Promise.all(files.map(async (content, index) => {
    const bytes = typeof content === "string" ? Buffer.from(content) : content;
    const path = dir.at(`${index}.staged`);
    await Deno.writeFile(path, bytes);
    return { path, size: bytes.length };
  }));
  const found = await newestRowOf({
    column: "交易日期",
    hours: 72,
    encoding: "auto",
    files: list,
    now: at("2026-11-26"),
    timezone: ZONE,
    ...options,
  });
  return typeof found === "string" ? found : found.at;
}

const TABLE = "股票代码,交易日期,收盘价\nsh600000,2026-11-24,7.1\nsh600000,2026-11-25,7.2\n";

Deno.test("newestRowOf() reads UTF-8 with and without a mark, GBK, and other line ends", async () => {
  const forms: (string | Uint8Array)[] = [
    TABLE,
    `\uFEFF${TABLE}`,
    TABLE.replaceAll("\n", "\r\n"),
    TABLE.trimEnd(),
    TABLE.replaceAll(",", "\t"),
    TABLE.replaceAll(",", ";"),
    TABLE.replaceAll("2026-11-", "2026/11/"),
    TABLE.replaceAll("2026-11-", "202611"),
    `数据由某人整理，仅供学习，有疑问请联系\n${TABLE}`,
    '"股票代码","交易日期","名称, 全称"\n"sh600000","2026-11-25","a ""b"", c"\n',
    gbk(TABLE),
    gbk(`数据由某人整理，仅供学习\r\n${TABLE}`),
  ];
  for (const form of forms) assert.equal(await newestIn([form]), at("2026-11-25"), String(form));
});

Deno.test("newestRowOf() finds the newest row of a long file at either end", async () => {
  const rows = Array.from({ length: 20_000 }, (_, n) => {
    const day = new Date(Date.UTC(2026, 10, 25) - n * 86_400_000).toISOString().slice(0, 10);
    return `sh600000,${day},${"7".repeat(10)}`;
  });
  const header = "股票代码,交易日期,收盘价";
  const down = `${[header, ...rows].join("\n")}\n`;
  const up = `${[header, ...rows.toReversed()].join("\n")}\n`;
  for (const text of [down, up, gbk(up)]) assert.equal(await newestIn([text]), at("2026-11-25"));
});

Deno.test("newestRowOf() takes the newest of all files, and none from the future", async () => {
  const old = TABLE.replaceAll("2026-11", "2019-11");
  const wrong = TABLE.replaceAll("2026-11", "2099-11");
  const other = "date,close\n2026-11-26,1\n";
  assert.equal(await newestIn([old, TABLE, wrong, other, ""]), at("2026-11-25"));
  assert.equal(await newestIn([other]), "no_column");
  assert.equal(await newestIn([wrong]), "no_date");
  assert.equal(await newestIn(["股票代码,交易日期\n"]), "no_date");
  assert.equal(await newestIn([""]), "no_files");
  assert.equal(await newestIn([]), "no_files");
});

Deno.test("newestRowOf() looks at a few files of very many", async () => {
  await using dir = await tempDir();
  await Deno.writeTextFile(dir.at("a"), TABLE);
  // Only the sample is opened: the others don't exist.
  const files = Array.from({ length: 100_000 }, (_, n) => ({
    path: n % 3125 === 0 ? dir.at("a") : dir.at("missing"),
    size: Buffer.byteLength(TABLE),
  }));
  const search = { column: "交易日期", hours: 1, encoding: "auto", files, timezone: ZONE } as const;
  const found = await newestRowOf({ ...search, now: at("2026-11-26") });
  assert.ok(typeof found === "object");
});

Deno.test("newestRowOf() skips rows that were cut or have another width", async () => {
  const text = `${TABLE}sh600000,2026-11-26,7.3,8\nsh600000,2026-1\n,,\n`;
  assert.equal(await newestIn([text]), at("2026-11-25"));
});

Deno.test("parseDateText() reads dates as data files write them, and nothing else", () => {
  const day = { at: at("2026-01-05"), end: at("2026-01-06") };
  for (const text of ["2026-01-05", "2026/1/5", "20260105", "2026.01.05", "2026年1月5日"]) {
    assert.deepEqual(parseDateText(text, ZONE), day, text);
  }
  const noon = Date.parse("2026-01-05T12:30:00+08:00");
  const times = ["2026-01-05 12:30:00", "2026-01-05T12:30", "2026-01-05T04:30:00Z"];
  for (const text of [...times, "2026-01-05 13:30:00.123+09:00"]) {
    assert.equal(parseDateText(text, ZONE)?.at, noon, text);
  }
  for (const text of ["", "2026", "2026-13-01", "2026-02-30", "05.01.2026", "1767571200", "abc"]) {
    assert.equal(parseDateText(text, ZONE), undefined, text);
  }
});

Deno.test("fieldsOf() and separatorIn() read one line", () => {
  assert.deepEqual(fieldsOf('a,"b,c","d ""e""",', ","), ["a", "b,c", 'd "e"', ""]);
  assert.deepEqual(fieldsOf('a"b,c', ","), ['a"b', "c"]);
  assert.equal(separatorIn('"a,b,c";d;e'), ";");
  assert.equal(separatorIn("alone"), ",");
});
