/**
 * The page of commands, codes and output says what the code does, in both languages.
 *
 * @module
 */
import assert from "node:assert/strict";
import { EXIT } from "../../src/cli/command/exit_code.ts";
import { logReporter } from "../../src/cli/sync/log_reporter.ts";
import { resultDocument } from "../../src/cli/sync/result_document.ts";
import type { Log } from "../../src/monitoring/log.ts";
import { emptyResult } from "../../src/sync/running_result.ts";
import type { Status } from "../../src/types.ts";
import { flagsIn, optionsOf, paragraphFrom, read, rowsOf, visibleCommands } from "./pages.ts";

/** With this the compiler knows whether a status is missing below. */
const STATUSES: Record<Status, true> = {
  success: true,
  up_to_date: true,
  planned: true,
  package_not_ready: true,
  not_found: true,
  download_failed: true,
  extract_failed: true,
  rejected: true,
  disk_full: true,
  config_error: true,
  locked: true,
  interrupted: true,
  error: true,
};

for (const name of ["docs/cli.md", "docs/cli.zh-CN.md"]) {
  const text = await read(name);

  Deno.test(`${name} has the exit codes of the code`, () => {
    const codes = rowsOf(text, "0").map(([code]) => Number(code));
    assert.deepEqual(codes, [...Object.values(EXIT)].sort((a, b) => a - b));
  });

  Deno.test(`${name} has every status`, () => {
    const words = rowsOf(text, "`success`").map(([word]) => word?.replaceAll("`", ""));
    assert.deepEqual(words, Object.keys(STATUSES));
  });

  Deno.test(`${name} shows the document that --json prints`, () => {
    const shown = JSON.parse(/```json\n(.*?)```/s.exec(text)![1]!);
    const printed = resultDocument([{ ...emptyResult("a", 0), status: "success" }]);
    assert.deepEqual(Object.keys(shown.results[0]), Object.keys(printed.results[0]!));
    assert.deepEqual(Object.keys(shown), Object.keys(printed));
  });

  Deno.test(`${name} shows the log's lines as they are written`, () => {
    const lines: string[] = [];
    const at = (level: string) => (message: string) => void lines.push(`${level}: ${message}`);
    const log = { info: at("INFO"), warn: at("WARN"), error: at("ERROR"), debug: () => {} };
    const reporter = logReporter(log as unknown as Log);
    reporter({ type: "started", dataset: "stock-trading-data-pro" });
    reporter({
      type: "finished",
      result: { ...emptyResult("stock-trading-data-pro", 0), status: "success" },
    });
    reporter({
      type: "finished",
      result: { ...emptyResult("stock-fin-data-xbx", 0), status: "up_to_date" },
    });
    reporter({
      type: "finished",
      result: {
        ...emptyResult("stock-etf", 0),
        status: "download_failed",
        error: "http://your-hub:8000/api/datasets can't be reached: …",
      },
    });
    const shown = [...text.matchAll(/^\d{4}-\d\d-\d\dT[\d:]+[+-]\d\d:\d\d (.*)$/gm)];
    assert.deepEqual(shown.map(([, line]) => line), lines);
  });
}

// The English one is made from the definitions: tests/tools/cli_docs_test.ts.
Deno.test("docs/cli.zh-CN.md names every command, and each with its options", async () => {
  const text = await read("docs/cli.zh-CN.md");
  const written = new Map(
    rowsOf(text, "`sync`").map(([command = "", , options = ""]) => [
      /^`(\w+)/.exec(command)?.[1],
      flagsIn(options),
    ]),
  );
  const shared = flagsIn(paragraphFrom(text, "`-c`/`--config FILE`"));
  const commands = visibleCommands();
  assert.deepEqual([...written.keys()].sort(), commands.map((command) => command.name()).sort());
  for (const command of commands) {
    const own = optionsOf(command).filter((flag) => !shared.has(flag));
    const said = [...written.get(command.name())!];
    // `--json` stands among the shared ones for `--version`, and at each command that has it.
    if (optionsOf(command).includes("--json")) own.push("--json");
    assert.deepEqual(new Set(said), new Set(own), command.name());
  }
  for (const flag of ["--config", "--state", "--dataset", "--help", "--version"]) {
    assert(shared.has(flag), `${flag} isn't named among the shared options`);
  }
});
