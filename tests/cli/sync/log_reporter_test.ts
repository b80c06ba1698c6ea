/** The log's lines about a sync, word for word as people grep for them. */
import assert from "node:assert/strict";
import { logReporter } from "../../../src/cli/sync/log_reporter.ts";
import type { Log } from "../../../src/monitoring/log.ts";
import { emptyResult } from "../../../src/sync/running_result.ts";
import type { DatasetResult, Status } from "../../../src/types.ts";

/** The lines that a log would get, for one event. */
function linesOf(
  report: (reporter: ReturnType<typeof logReporter>) => void,
  options?: Parameters<typeof logReporter>[1],
): string[] {
  const lines: string[] = [];
  const at = (level: string) => (message: string): void => void lines.push(`${level}: ${message}`);
  const log = { debug: at("DEBUG"), info: at("INFO"), warn: at("WARN"), error: at("ERROR") };
  report(logReporter(log as unknown as Log, options));
  return lines.filter((line) => !line.startsWith("DEBUG"));
}

function finished(status: Status, more: Partial<DatasetResult> = {}): string[] {
  const result = { ...emptyResult("X", 0), status, ...more };
  return linesOf((reporter) => reporter({ type: "finished", result }));
}

Deno.test("logReporter() writes the lines that people grep for, word for word", () => {
  assert.deepEqual(linesOf((reporter) => reporter({ type: "started", dataset: "X" })), [
    "INFO: Starting sync for dataset: X",
  ]);
  assert.deepEqual(finished("success"), ["INFO: Successfully synced dataset: X"]);
  assert.deepEqual(finished("up_to_date"), ["WARN: Dataset X up to date"]);
  for (const status of ["download_failed", "extract_failed", "not_found", "error"] as const) {
    assert.deepEqual(finished(status, { error: "no answer" }), [
      "ERROR: Failed to download X: no answer",
    ]);
  }
});

Deno.test("logReporter() puts the hint on the failure's line", () => {
  const lines = finished("download_failed", { error: "no answer", hint: "look at the cable" });
  assert.deepEqual(lines, ["ERROR: Failed to download X: no answer (hint: look at the cable)"]);
});

Deno.test("logReporter() says what isn't a failure as a warning", () => {
  for (const status of ["package_not_ready", "locked", "interrupted"] as const) {
    const [line] = finished(status, { error: "why" });
    assert.match(line!, /^WARN: .*X/);
  }
});

Deno.test("logReporter() names the dataset in warnings that have one", () => {
  assert.deepEqual(
    linesOf((reporter) => reporter({ type: "warn", dataset: "X", message: "odd" })),
    ["WARN: Dataset X: odd"],
  );
  assert.deepEqual(linesOf((reporter) => reporter({ type: "warn", dataset: "", message: "odd" })), [
    "WARN: odd",
  ]);
});

Deno.test("logReporter() never says of a dry run that it synced something", () => {
  const lines = linesOf((reporter) => {
    reporter({ type: "started", dataset: "X" });
    reporter({ type: "finished", result: { ...emptyResult("X", 0), status: "planned" } });
    reporter({
      type: "finished",
      result: { ...emptyResult("X", 0), status: "not_found", error: "not there" },
    });
  }, { dryRun: true });
  assert.deepEqual(lines, [
    "INFO: Starting dry run for dataset: X",
    "INFO: Dry run of dataset X done: nothing was changed",
    "ERROR: Failed to download X: not there",
  ]);
});

Deno.test('logReporter() warns of "up to date" as v2.0 did, but not in a JSON log', () => {
  const result = { ...emptyResult("X", 0), status: "up_to_date" as const, success: true };
  const said = (format: "text" | "json") =>
    linesOf((reporter) => reporter({ type: "finished", result }), { format });
  assert.deepEqual(said("text"), ["WARN: Dataset X up to date"]);
  assert.deepEqual(said("json"), ["INFO: Dataset X up to date"]);
});

Deno.test("logReporter() says what a retry waits for, and which of how many it is", () => {
  const sentence = "the server answered 500; trying again in 4 s (2 of 5)";
  const said = (dataset: string) =>
    linesOf((reporter) =>
      reporter({ type: "retry", dataset, cause: "http_status", waitMs: 4000, sentence })
    );
  assert.deepEqual(said("X"), [`INFO: Dataset X: ${sentence}`]);
  assert.deepEqual(said(""), [`INFO: Catalog: ${sentence}`]);
});
