/** The times that hubs write are read as the instants that they mean. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { parseInstant, parseStamp, stampText } from "../src/version_time.ts";

const SHANGHAI = "Asia/Shanghai";
const at = Date.UTC(2026, 10, 21, 22, 2, 38);

Deno.test("parseInstant() reads every way in which hubs write a time", () => {
  const cases: [string | number | null, number | null][] = [
    ["2026-11-22T06:02:38", at],
    ["2026-11-22T06:02:38.165365", at + 165.365],
    ["2026-11-22T06:02:38,5", at + 500],
    ["2026-11-22 06:02:38", at],
    ["2026-11-21T22:02:38Z", at],
    ["2026-11-21T22:02:38.5z", at + 500],
    ["2026-11-22T00:02:38+02:00", at],
    ["2026-11-22T00:02:38+0200", at],
    ["2026-11-21T17:32:38-04:30", at],
    ["2026-11-22T06:02", at - 38_000],
    ["2026-11-22", Date.UTC(2026, 10, 21, 16)],
    ["2026/11/22 06:02:38", at],
    ["20261122", Date.UTC(2026, 10, 21, 16)],
    ["20261122_060238", at],
    [at / 1000, at],
    [at, at],
    [String(at), at],
    [`${at / 1000}.25`, at + 250],
    ["", null],
    [null, null],
    ["v12", null],
    ["2026-02-30", null],
    ["2026-11-22T25:00:00", null],
    ["2026-13-01", null],
    ["yesterday", null],
  ];
  for (const [text, instant] of cases) {
    assert.equal(parseInstant(text, SHANGHAI), instant, String(text));
  }
});

Deno.test("parseInstant() knows when the hub's clocks change", () => {
  const berlin = (text: string) =>
    new Date(parseInstant(text, "Europe/Berlin") ?? NaN).toISOString();
  assert.equal(berlin("2026-07-01T12:00:00"), "2026-07-01T10:00:00.000Z");
  assert.equal(berlin("2026-12-01T12:00:00"), "2026-12-01T11:00:00.000Z");
  assert.equal(berlin("2026-03-29T01:59:59"), "2026-03-29T00:59:59.000Z");
  assert.equal(berlin("2026-03-29T02:30:00"), "2026-03-29T01:30:00.000Z"); // skipped
  assert.equal(berlin("2026-03-29T03:00:00"), "2026-03-29T01:00:00.000Z");
  assert.equal(berlin("2026-10-25T02:30:00"), "2026-10-25T00:30:00.000Z"); // twice: the first
  assert.equal(berlin("2026-10-25T03:00:00"), "2026-10-25T02:00:00.000Z");
});

Deno.test("stampText() and parseInstant() are each other's inverse", () => {
  const zone = fc.constantFrom(SHANGHAI, "UTC", "Asia/Kolkata", "America/St_Johns");
  // Around the hour that comes twice there is no inverse, so July only.
  const second = fc.integer({ min: Date.UTC(2026, 6, 1) / 1000, max: Date.UTC(2026, 7, 1) / 1000 });
  fc.assert(fc.property(second, zone, (seconds, timezone) => {
    assert.equal(parseInstant(stampText(seconds * 1000, timezone), timezone), seconds * 1000);
  }));
});

Deno.test("parseStamp() reads the stamp of a package and nothing else", () => {
  assert.equal(parseStamp("20261122_060238", SHANGHAI), at);
  assert.equal(stampText(at, SHANGHAI), "2026-11-22T06:02:38");
  for (const text of ["20261122", "20261322_060238", "2026-11-22"]) {
    assert.equal(parseStamp(text, SHANGHAI), null);
  }
});
