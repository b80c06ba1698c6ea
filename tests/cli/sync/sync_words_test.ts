/** What `sync` says at its end. */
import assert from "node:assert/strict";
import { sayEnds } from "../../../src/cli/sync/sync_words.ts";
import { emptyResult } from "../../../src/sync/running_result.ts";
import type { DatasetResult, Status } from "../../../src/types.ts";
import { fakeTerminal } from "../../support/fake_terminal.ts";

const result = (
  dataset: string,
  status: Status,
  more: Partial<DatasetResult> = {},
): DatasetResult => ({
  ...emptyResult(dataset, 0),
  status,
  success: status === "success" || status === "up_to_date",
  ...more,
});

function said(results: DatasetResult[], watched = false): string[] {
  const terminal = fakeTerminal();
  sayEnds(results, terminal, { watched });
  assert.equal(terminal.stdout(), "");
  return terminal.stderr().split("\n").slice(0, -1);
}

Deno.test("sayEnds() says one cause once, with the names that it concerns", () => {
  const dead = { error: "http://hub can't be reached", hint: "check hub.url" };
  assert.deepEqual(
    said([
      result("a", "download_failed", dead),
      result("b", "extract_failed", { error: "bad.csv: wrong CRC-32" }),
      result("c", "download_failed", dead),
      result("d", "download_failed", { ...dead, hint: "another" }),
      result("e", "success"),
    ]),
    [
      "error: a, c: http://hub can't be reached",
      "hint: check hub.url",
      "error: b: bad.csv: wrong CRC-32",
      "error: d: http://hub can't be reached",
      "hint: another",
    ],
  );
});

Deno.test("sayEnds() tells only a person who watches what was left out, and why", () => {
  const results = [
    result("a", "locked", { error: "Another run holds the lock: process 7 on desk" }),
    result("b", "package_not_ready", { error: "packaging" }),
    result("c", "up_to_date"),
    result("d", "planned"),
  ];
  assert.deepEqual(said(results), []);
  assert.deepEqual(said(results, true), [
    "note: a: Another run holds the lock: process 7 on desk",
    "note: b: packaging",
  ]);
});

Deno.test("sayEnds() says of an interruption what is kept, and that it is no error", () => {
  assert.deepEqual(
    said([
      result("a", "interrupted", { error: "interrupted by SIGINT", bytesKept: 3_300_000 }),
      result("b", "interrupted", { error: "interrupted before its turn" }),
    ]),
    ["interrupted: 3.3 MB kept; run again to go on"],
  );
  assert.deepEqual(said([result("a", "interrupted")]), ["interrupted: run again to go on"]);
});
