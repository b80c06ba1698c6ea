/** Both READMEs say what the code does: commands, flags, codes, statuses, keys, log lines. @module */

import type { Command } from "@commander-js/extra-typings";
import assert from "node:assert/strict";
import { join, resolve } from "node:path";
import { EXIT } from "../../src/cli/exit_code.ts";
import { logReporter } from "../../src/cli/log_reporter.ts";
import { buildProgram } from "../../src/cli/program.ts";
import { resultDocument } from "../../src/cli/result_document.ts";
import type { Terminal } from "../../src/cli/terminal.ts";
import { ENV_NAMES } from "../../src/config/env_names.ts";
import { configKeys } from "../../src/config/load_config.ts";
import type { Log } from "../../src/observe/log.ts";
import { emptyResult } from "../../src/sync/running_result.ts";
import type { Status } from "../../src/types.ts";

const ROOT = resolve(import.meta.dirname!, "..", "..");
const READMES = ["README.md", "README.zh-CN.md"] as const;

/** With this the compiler knows whether a status is missing below. */
const STATUSES: Record<Status, true> = {
  success: true,
  up_to_date: true,
  planned: true,
  package_not_ready: true,
  not_found: true,
  download_failed: true,
  extract_failed: true,
  disk_full: true,
  config_error: true,
  locked: true,
  interrupted: true,
  error: true,
};

const read = (name: string): Promise<string> => Deno.readTextFile(join(ROOT, name));

for (const name of READMES) {
  const text = await read(name);
  const tables = tablesOf(text);
  const rowsOf = (first: string): string[][] => {
    const table = tables.find(([row]) => row?.[0] === first);
    return table ?? assert.fail(`${name}: no table begins with ${first}`);
  };

  Deno.test(`${name} names every command, and each with its options`, () => {
    const program = buildProgram(terminal, () => {});
    const written = new Map(
      rowsOf("`sync`").map(([command = "", , options = ""]) => [
        /^`(\w+)/.exec(command)?.[1],
        flagsIn(options),
      ]),
    );
    const shared = flagsIn(paragraphFrom(text, "`-c`/`--config FILE`"));
    const commands = visibleCommands(program);
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

  Deno.test(`${name} has no flag of ours that doesn't exist`, async () => {
    const known = new Set(["--version", "--check", "--help"]);
    for (const command of visibleCommands(buildProgram(terminal, () => {}))) {
      for (const flag of optionsOf(command)) known.add(flag);
    }
    const installer = await read("install_client.sh");
    for (const flag of flagsIn(text)) {
      assert(known.has(flag) || installer.includes(`${flag})`), flag);
    }
  });

  Deno.test(`${name} has the exit codes of the code`, () => {
    const codes = rowsOf("0").map(([code]) => Number(code));
    assert.deepEqual(codes, [...Object.values(EXIT)].sort((a, b) => a - b));
  });

  Deno.test(`${name} has every status`, () => {
    const words = rowsOf("`success`").map(([word]) => word?.replaceAll("`", ""));
    assert.deepEqual(words, Object.keys(STATUSES));
  });

  Deno.test(`${name} has every key of the configuration`, () => {
    const keys = rowsOf("`hub.url`").flatMap(([cell = ""]) => codesIn(cell));
    assert.deepEqual(keys.sort(), configKeys().sort());
  });

  Deno.test(`${name} names the environment variables that a configuration may name`, () => {
    const named = new Set([...text.matchAll(/`(DATAHUBSYNC_[A-Z_0-9]+)`/g)].map(([, one]) => one));
    named.delete("DATAHUBSYNC_CONFIG");
    const [first, last] = ["DATAHUBSYNC_SECRET_1", "DATAHUBSYNC_SECRET_4"];
    const between = ENV_NAMES.filter((one) => one > first && one < last);
    assert.deepEqual([...named].sort(), ENV_NAMES.filter((one) => !between.includes(one)).sort());
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
    reporter.started("stock-trading-data-pro");
    reporter.finished({ ...emptyResult("stock-trading-data-pro", 0), status: "success" });
    reporter.finished({ ...emptyResult("stock-fin-data-xbx", 0), status: "up_to_date" });
    reporter.finished({
      ...emptyResult("stock-etf", 0),
      status: "download_failed",
      error: "http://your-hub:8000/api/datasets can't be reached: …",
    });
    const shown = [...text.matchAll(/^\d{4}-\d\d-\d\dT[\d:]+[+-]\d\d:\d\d (.*)$/gm)];
    assert.deepEqual(shown.map(([, line]) => line), lines);
  });

  Deno.test(`${name} gives a reason for every dependency`, async () => {
    const { imports } = JSON.parse(await read("deno.json"));
    const named = rowsOf("`@zip-js/zip-js`").flatMap(([cell = ""]) => codesIn(cell));
    assert.deepEqual(named.sort(), Object.keys(imports).sort());
  });

  Deno.test(`${name} names tasks that exist`, async () => {
    const { tasks } = JSON.parse(await read("deno.json"));
    const named = [...text.matchAll(/denow task ([\w:]+)/g)].map(([, task]) => task!);
    assert(named.includes("demo") && named.includes("test"));
    assert.deepEqual(named.filter((task) => !(task in tasks)), []);
  });

  Deno.test(`${name} has the map of the source, floor by floor`, async () => {
    const map = new Map<string, string[]>();
    const agents = tablesOf(await read("AGENTS.md"))
      .find(([row]) => row?.[1]?.startsWith("`main.ts`"))!;
    for (const [floor = "", where = ""] of agents) {
      map.set(floor, [...map.get(floor) ?? [], ...codesIn(where)]);
    }
    const rows = rowsOf("`main.ts` `src/cli/` `src/mod.ts`").map(([where = ""]) => codesIn(where));
    const sorted = (floors: string[][]): string[][] => floors.map((where) => where.sort());
    assert.deepEqual(sorted(rows), sorted([...map.values()]));
    const folders = [...Deno.readDirSync(join(ROOT, "src"))]
      .flatMap(({ name, isDirectory }) => isDirectory ? `src/${name}/` : []);
    const named = rows.flat().filter((where) => /^src\/\w+\/$/.test(where));
    assert.deepEqual(named.sort(), folders.sort());
  });

  Deno.test(`${name} leaves a place for the measured speed`, () => {
    assert.match(text, /<!-- speed -->.+<!-- \/speed -->/s);
  });
}

const terminal: Terminal = {
  out: () => {},
  err: () => {},
  outIsTerminal: false,
  errIsTerminal: false,
  colours: false,
  columns: () => 80,
};

function visibleCommands(program: Command): Command[] {
  return program.createHelp().visibleCommands(program as never)
    .filter((command) => command.name() !== "help") as unknown as Command[];
}

function optionsOf(command: Command): string[] {
  return command.options.filter(({ hidden }) => !hidden).map(({ long }) => long ?? "");
}

/** The long flags in code spans. */
function flagsIn(text: string): Set<string> {
  const spans = codesIn(text.replaceAll(/```.*?```/gs, "")).join(" ");
  return new Set([...spans.matchAll(/(?<![\w-])--[a-z][a-z-]*/g)].map(([flag]) => flag));
}

function codesIn(text: string): string[] {
  return [...text.matchAll(/`([^`\n]+)`/g)].map(([, code]) => code!);
}

/** What follows in the same paragraph. */
function paragraphFrom(text: string, needle: string): string {
  return text.slice(text.indexOf(needle)).split("\n\n", 1)[0]!;
}

/** The rows of each table, without its heading. */
function tablesOf(text: string): string[][][] {
  return [...text.matchAll(/(?:^\|.*\|$\n?)+/gm)].map(([table]) =>
    table.trimEnd().split("\n").slice(2).map((row) =>
      row.replaceAll("\\|", "¦").slice(1, -1).split("|").map((cell) => cell.trim())
    )
  );
}
