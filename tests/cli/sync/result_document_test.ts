/** The JSON of a run has the documented members, and no others. */
import assert from "node:assert/strict";
import { resultDocument } from "../../../src/cli/sync/result_document.ts";
import { renderPlans, renderResults } from "../../../src/cli/sync/result_table.ts";
import { emptyResult } from "../../../src/sync/running_result.ts";
import type { PlanSummary } from "../../../src/sync/sync_context.ts";
import type { DatasetResult } from "../../../src/types.ts";
import stringWidth from "string-width";
import { fakeTerminal } from "../fake_terminal.ts";

const success: DatasetResult = {
  ...emptyResult("a", 0),
  success: true,
  status: "success",
  version: "2026-11-20T20:15:00",
  entries: 12,
  entriesFetched: 5,
  bytesTotal: 1000,
  bytesDownloaded: 400,
  durationMs: 12.6,
};

Deno.test("resultDocument() has the documented members, and no others", () => {
  assert.deepEqual(resultDocument([success]), {
    results: [{
      dataset: "a",
      success: true,
      status: "success",
      version: "2026-11-20T20:15:00",
      entries: 12,
      entries_fetched: 5,
      entries_deleted: 0,
      changes: { new: 0, appended: 0, replaced: 0, removed: 0 },
      bytes_total: 1000,
      bytes_downloaded: 400,
      duration_ms: 13,
      error: null,
    }],
  });
});

Deno.test("resultDocument() tells error and hint of a failure", () => {
  const failed: DatasetResult = {
    ...emptyResult("a", 0),
    status: "download_failed",
    error: "no answer",
    hint: "look at the cable",
  };
  const [record] = resultDocument([failed]).results;
  assert.equal(record!.success, false);
  assert.equal(record!.error, "no answer");
  assert.equal(record!.hint, "look at the cable");
});

Deno.test("resultDocument() tells the plan of a dry run", () => {
  const plan = {
    entries: 12,
    kept: 7,
    staged: 1,
    whole: 3,
    tails: 1,
    deletes: 2,
    bytesToFetch: 400,
    bytesTotal: 1000,
    requests: 2,
    diskNeeded: 3000,
    strategy: "tails",
  };
  const [record] = resultDocument([success], new Map([["a", plan]])).results;
  assert.deepEqual(record!.plan, {
    entries_kept: 7,
    entries_staged: 1,
    entries_whole: 3,
    entries_patched: 0,
    entries_tail: 1,
    entries_to_delete: 2,
    bytes_to_fetch: 400,
    requests: 2,
    disk_needed: 3000,
    strategy: "tails",
  });
});

Deno.test("resultDocument() and renderPlans() have what expect would say in a dry run", () => {
  const plan: PlanSummary = {
    ...{ entries: 4, kept: 4, staged: 0, whole: 0, tails: 0, deletes: 0 },
    ...{ bytesToFetch: 0, bytesTotal: 1000, requests: 1, diskNeeded: 0, strategy: "tails" },
  };
  const plans = new Map([["a", plan]]);
  const dry = (foreseen: DatasetResult["foreseen"]): DatasetResult => ({
    ...success,
    status: "planned",
    ...(foreseen && { foreseen }),
  });
  const bad = dry({ faults: ["it has 4 files, expected at least 5"], rowsUnseen: true });
  const foretold = resultDocument([bad], plans).results[0]!["plan"] as Record<string, unknown>;
  assert.deepEqual(foretold["expect"], {
    rejected: true,
    faults: ["it has 4 files, expected at least 5"],
    newest_row_unseen: true,
  });
  assert.equal(
    renderPlans([bad], plans).split("\n").slice(-3).join("\n"),
    "  would be rejected (expect): it has 4 files, expected at least 5\n" +
      "  its newest row is looked at when it is fetched (expect.newest_row)\n",
  );
  const good = renderPlans([dry({ faults: [], rowsUnseen: false })], plans);
  assert.match(good, /^ {2}as expected, by the package's directory \(expect\)$/m);
  assert.doesNotMatch(renderPlans([dry(undefined)], plans), /expect/);
});

Deno.test("renderResults() fits terminals of 40, 60 and 80 columns", () => {
  const long: DatasetResult = {
    ...success,
    dataset: "股票日线数据-专业版",
    status: "package_not_ready",
  };
  for (const columns of [40, 60, 80]) {
    const text = renderResults([success, long], fakeTerminal({ columns }));
    for (const line of text.split("\n")) assert(stringWidth(line) <= columns, line);
    assert.match(text, /package_not_ready/);
  }
});
