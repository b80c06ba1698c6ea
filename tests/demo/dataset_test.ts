/**
 * Made-up datasets: the same from the same seed, and growing as the real ones do.
 *
 * @module
 */
import assert from "node:assert/strict";
import { chunksOf, contentOf } from "../../src/demo/csv_rows.ts";
import { DemoDataset, type DemoFile } from "../../src/demo/dataset.ts";
import { offer, PackCache } from "../support/faulty_hub/dataset_package.ts";
import { fin, pro } from "../../src/demo/profiles.ts";
import { etf, longHistory, perDay } from "../support/profiles.ts";
import { seededRandom } from "../../src/demo/seeded_random.ts";

const small = pro({ scale: 0.02, rows: 20 });

function textOf(file: DemoFile): string {
  return new TextDecoder("gbk", { fatal: true }).decode(contentOf(file));
}

Deno.test("DemoDataset is the same from the same seed, and another from another", () => {
  const once = offer(DemoDataset.firstDay(small, 7).daysLater(2));
  assert.deepEqual(once, offer(DemoDataset.firstDay(small, 7).daysLater(2)));
  assert.notDeepEqual(once.package, offer(DemoDataset.firstDay(small, 8).daysLater(2)).package);
});

Deno.test("contentOf() has a note, 38 columns and a row a day in GBK", () => {
  const [file] = DemoDataset.firstDay(small).files;
  const [note, header, ...rows] = textOf(file!).trimEnd().split("\n");
  assert.match(note!, /^数据/);
  assert.match(header!, /^股票代码,.*,09:55收盘价$/);
  assert.equal(header!.split(",").length, 38);
  assert.equal(rows.length, 20);
  assert.deepEqual(new Set(rows.map((row) => row.split(",").length)), new Set([38]));
});

Deno.test("contentOf() weighs and packs as real rows do", () => {
  const dataset = DemoDataset.firstDay(pro({ scale: 0.001, rows: 2600 }));
  const { package: zip, totalSize } = offer(dataset);
  const row = totalSize! / dataset.files.length / 2600;
  assert(row > 315 && row < 340, `${row} bytes a row`);
  const ratio = zip.length / totalSize!;
  assert(ratio > 0.37 && ratio < 0.41, `packed to ${ratio}`);
});

Deno.test("nextDay() appends a row to 95 % of the files and leaves the others", () => {
  const today = DemoDataset.firstDay(pro({ scale: 0.1, rows: 5 }));
  const tomorrow = today.nextDay({ added: 2 });
  const longer = tomorrow.files.slice(0, today.files.length)
    .filter((file, index) => textOf(file) !== textOf(today.files[index]!));
  const share = longer.length / today.files.length;
  assert(share > 0.92 && share < 0.98, `${share}`);
  const before = new Map(today.files.map((file) => [file.path, textOf(file)]));
  assert(longer.every((file) => textOf(file).startsWith(before.get(file.path)!)));
  assert.equal(tomorrow.files.length, today.files.length + 2);
  assert.equal(tomorrow.version, "2026-01-06T20:15:00");
});

Deno.test("nextDay() rewrites and removes files when told", () => {
  const today = DemoDataset.firstDay(small);
  const tomorrow = today.nextDay({ share: 0, added: 0, rewritten: 1, removed: 3 });
  assert.equal(tomorrow.files.length, today.files.length - 3);
  const before = new Map(today.files.map((file) => [file.path, textOf(file)]));
  const changed = tomorrow.files.filter((file) => textOf(file) !== before.get(file.path));
  assert(changed.length <= 1);
});

Deno.test("profiles name their files as the hubs do", () => {
  const path = (profile: Parameters<typeof DemoDataset.firstDay>[0], index: number) =>
    DemoDataset.firstDay(profile).files[index]!.path;
  assert.deepEqual([0, 1, 2].map((index) => path(small, index)), [
    "sh600000.csv",
    "sz000001.csv",
    "bj920000.csv",
  ]);
  assert.equal(path(fin({ scale: 0.01 }), 1), "sz000001/sz000001_一般企业.csv");
  assert.equal(path(etf({ scale: 0.1 }), 0), "159500.SZ.csv");
  const days = DemoDataset.firstDay(perDay({ scale: 0.01 }));
  assert.equal(days.files.at(-1)?.path, "2026-01-05.csv");
  assert.equal(days.nextDay().files.at(-1)?.path, "2026-01-06.csv");
});

Deno.test("longHistory() spreads rows as documented", () => {
  const random = seededRandom(3);
  const rows = Array.from({ length: 4000 }, () => longHistory(random)).sort((a, b) => a - b);
  assert(Math.abs(rows[2000]! - 2600) < 200);
  assert(Math.abs(rows.filter((count) => count > 6500).length / 4000 - 0.1) < 0.02);
  assert(rows.at(-1)! <= 8700);
});

Deno.test("chunksOf() gives the bytes of contentOf()", () => {
  const [file] = DemoDataset.firstDay(pro({ scale: 0.001, rows: 2000 })).files;
  const chunks = [...chunksOf(file!)];
  assert(chunks.length > 1);
  assert.equal(decoded(chunks), textOf(file!));
});

Deno.test("PackCache makes the package that packing again makes", () => {
  const cache = new PackCache();
  const today = DemoDataset.firstDay(small);
  offer(today, { cache });
  assert.deepEqual(offer(today.nextDay(), { cache }), offer(today.nextDay()));
});

function decoded(chunks: Uint8Array[]): string {
  const decoder = new TextDecoder("gbk");
  return chunks.map((chunk) => decoder.decode(chunk, { stream: true })).join("");
}
