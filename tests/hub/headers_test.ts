/** The headers of ranges are read and written without an impossible claim. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { parseFileName } from "../../src/hub/answer/content_disposition.ts";
import { formatRange, parseContentRange } from "../../src/hub/answer/content_range.ts";
import { parsePackageName } from "../../src/hub/answer/package_head.ts";
import { parseRetryAfter } from "../../src/hub/retry/retry.ts";
import { WantedRanges } from "../../src/hub/answer/wanted_ranges.ts";

const NOW = Date.UTC(2026, 10, 22);
const YEAR_MS = 366 * 86_400_000;
const range = fc.tuple(fc.nat(10_000), fc.integer({ min: 1, max: 5_000 })).map(
  ([start, length]) => ({ start, end: start + length }),
);

Deno.test("parseContentRange() reads back what formatRange() asks for", () => {
  fc.assert(fc.property(range, fc.option(fc.nat(1000)), (asked, more) => {
    const total = more === null ? null : asked.end + more;
    const text = formatRange([asked]).replace("=", " ") + `/${total ?? "*"}`;
    assert.deepEqual(parseContentRange(text), { range: asked, total });
  }));
});

Deno.test("parseContentRange() never throws and never claims an impossible range", () => {
  fc.assert(fc.property(fc.string(), (text) => {
    const found = parseContentRange(`bytes ${text}`)?.range;
    if (found) assert.equal(found.start < found.end, true);
  }));
  for (const text of ["bytes 5-4/10", "bytes 0-10/10", "bytes 0-1", "items 0-1/2", "", null]) {
    assert.equal(parseContentRange(text), null, String(text));
  }
  assert.deepEqual(parseContentRange("bytes */47022"), { range: null, total: 47022 });
});

Deno.test("formatRange() refuses what isn't a range", () => {
  for (const [start, end] of [[1, 1], [-1, 2], [0.5, 2], [0, Infinity]] as const) {
    assert.throws(() => formatRange([{ start, end }]), RangeError);
  }
  assert.throws(() => formatRange([]), RangeError);
  assert.equal(formatRange([{ start: 0, end: 1 }, { start: 5, end: 9 }]), "bytes=0-0,5-8");
});

Deno.test("parseFileName() reads names as hubs send them", () => {
  const cases: [string | null, string | null][] = [
    ['attachment; filename="a_20261122_060238.zip"', "a_20261122_060238.zip"],
    ["attachment; filename=a.zip", "a.zip"],
    ["filename=a.zip", "a.zip"],
    [`attachment; filename="x.zip"; filename*=UTF-8''%E8%82%A1%20.zip`, "股 .zip"],
    [`attachment; filename*=UTF-8''%FF; filename="x.zip"`, "x.zip"],
    ['attachment; filename="a\\"b.zip"', 'a"b.zip'],
    ['attachment; filename="../../etc/passwd"', "passwd"],
    ['attachment; filename="\xe8\x82\xa1.zip"', "股.zip"],
    ["attachment", null],
    ['attachment; filename=""', null],
    [null, null],
  ];
  for (const [header, name] of cases) assert.equal(parseFileName(header), name, String(header));
});

Deno.test("parseFileName() reads back any name that filename* can carry", () => {
  const name = fc.string({ unit: "grapheme", minLength: 1 }).filter((text) =>
    !/[/\\\p{Cc}]/u.test(text) && text.trim() === text && text.isWellFormed()
  );
  fc.assert(fc.property(name, (text) => {
    const encoded = encodeURIComponent(text).replace(
      /['()*]/g,
      (c) => `%${c.charCodeAt(0).toString(16)}`,
    );
    assert.equal(parseFileName(`attachment; filename*=utf-8''${encoded}`), text);
  }));
});

Deno.test("parseRetryAfter() reads seconds and dates, within its bound", () => {
  assert.equal(parseRetryAfter("7", NOW), 7000);
  assert.equal(parseRetryAfter(new Date(NOW + 30_000).toUTCString(), NOW), 30_000);
  assert.equal(parseRetryAfter(new Date(NOW - 30_000).toUTCString(), NOW), 0);
  assert.equal(parseRetryAfter("86400", NOW), 86_400_000);
  assert.equal(parseRetryAfter("1e99", NOW), null);
  assert.equal(parseRetryAfter("9".repeat(30), NOW), YEAR_MS);
  assert.equal(parseRetryAfter("Fri, 31 Dec 9999 23:59:59 GMT", NOW), YEAR_MS);
  for (const text of ["soon", "-3", "", null]) {
    assert.equal(parseRetryAfter(text, NOW), null, String(text));
  }
  fc.assert(fc.property(fc.string(), (text) => {
    const wait = parseRetryAfter(text, NOW);
    assert.equal(wait === null || (wait >= 0 && wait <= YEAR_MS), true);
  }));
});

Deno.test("parsePackageName() believes a name of exactly the hub's form", () => {
  assert.deepEqual(parsePackageName("a_b_20261122_060238.zip"), {
    dataset: "a_b",
    stamp: "20261122_060238",
  });
  for (
    const name of ["a.zip", "a_20261122.zip", "_20261122_060238.zip", "a_20261122_060238.tar", null]
  ) {
    assert.equal(parsePackageName(name), null, String(name));
  }
});

Deno.test("WantedRanges takes every byte once, and none that wasn't asked for", () => {
  const wanted = new WantedRanges([{ start: 0, end: 10 }, { start: 20, end: 30 }]);
  const take = (start: number, end: number) => wanted.take({ start, end });
  assert.deepEqual(take(5, 20), [], "it begins in the middle of what was asked for");
  assert.deepEqual(take(10, 20), [], "nobody asked for that");
  assert.deepEqual(take(0, 5), [{ start: 0, end: 5 }], "cut at its end");
  assert.deepEqual(take(0, 5), [], "again");
  assert.deepEqual(take(4, 24), [{ start: 5, end: 10 }, { start: 20, end: 24 }], "joined, and cut");
  assert.deepEqual(take(24, 4 << 20), [], "too much else");
  assert.deepEqual(take(16, 48), [{ start: 24, end: 30 }], "a block around it");
});
