/**
 * A machine in a temporary folder on which everything is right: a hub, a configuration, a synced
 * dataset, a log with its rotation, a schedule that has run. Tests break one thing at a time.
 *
 * @module
 */
import assert from "node:assert/strict";
import { resolve } from "node:path";
import type { Machine } from "../../../src/cli/check/check_context.ts";
import { checkCommand } from "../../../src/cli/check/check_command.ts";
import { syncCommand } from "../../../src/cli/sync/sync_command.ts";
import { historyPathFor } from "../../../src/monitoring/history.ts";
import { run } from "../../support/command.ts";
import { writeExecutable } from "../../support/executable.ts";
import { fakeTerminal } from "../../support/fake_terminal.ts";
import { startHub, type TestHub, type TestHubOptions } from "../../support/hub.ts";
import { tempDir } from "../../support/temp.ts";

const MAIN = resolve(import.meta.dirname!, "..", "..", "..", "main.ts");

/** A line of `--check --json`. */
export interface Line {
  check: string;
  verdict: "ok" | "warning" | "error";
  dataset: string | null;
  message: string;
  remedy: string | null;
}

/** The machine, and what can be done with it. */
export interface Place extends AsyncDisposable {
  hub: TestHub;
  machine: Machine & { env: (name: string) => string | undefined };
  /** Variables of the environment, as `--check` sees them. */
  variables: Map<string, string>;
  name: string;
  config: string;
  state: string;
  log: string;
  data: string;
  program: string;
  cron: string;
  at(...parts: string[]): string;
  /** Replaces text in the configuration. */
  edit(from: string | RegExp, to: string): Promise<void>;
  /** Lets somebody without root run it, and the schedule as that user. */
  becomeUser(uid: number): Promise<void>;
  /** Runs `--check --json`. */
  check(): Promise<{ code: number; lines: Line[] }>;
  /** Types a remedy into a shell. */
  type(remedy: string | null): Promise<void>;
}

/** Sets the machine up; with `synced: false` without the first sync. */
export async function healthyPlace(
  options: TestHubOptions & { synced?: boolean } = {},
): Promise<Place> {
  const { synced = true, ...hubOptions } = options;
  const temp = await tempDir();
  const hub = startHub({ kind: "modern", ...hubOptions });
  const { at } = temp;
  const program = at("bin", "datahubsync");
  const config = at("config.yaml");
  const cron = at("root", "etc", "cron.d", "datahubsync");
  const variables = new Map<string, string>();
  const log = at("logs", "sync.log");
  for (
    const folder of [
      "bin",
      "root/etc/cron.d",
      "root/etc/logrotate.d",
      "root/run",
      "root/var/spool/cron/crontabs",
    ]
  ) {
    await Deno.mkdir(at(folder), { recursive: true });
  }
  // The real program, from its sources.
  await writeExecutable(
    program,
    `#!/bin/sh\nexec '${Deno.execPath()}' run -A --quiet --no-check '${MAIN}' "$@"\n`,
  );
  await Deno.writeTextFile(at("root", "run", "crond.pid"), "1\n");
  await Deno.writeTextFile(
    at("root", "etc", "logrotate.d", "datahubsync"),
    `"${log}" {\n  daily\n}\n`,
  );
  await Deno.writeTextFile(
    config,
    `hub:\n  url: ${hub.url}\ndatasets:\n  - name: ${hub.name}\n    local_dir: ./data/pro\n` +
      `logging:\n  file: ./logs/sync.log\n`,
  );
  await Deno.writeTextFile(cron, `15 8 * * * root ${program} sync --wait 30m -c ${config}\n`);
  await Deno.chmod(cron, 0o644);
  if (synced) {
    assert.equal(await syncCommand({ config }, fakeTerminal()), 0);
    await Deno.mkdir(at(".datahubsync"), { recursive: true });
    const record = {
      v: 1,
      at: new Date().toISOString(),
      dataset: hub.name,
      outcome: "success",
      success: true,
    };
    await Deno.writeTextFile(historyPathFor(config), `${JSON.stringify(record)}\n`);
  }
  const machine = {
    root: at("root"),
    execPath: program,
    compiled: true,
    excessRights: [] as string[],
    uid: 0,
    sudo: true,
    home: at("home"),
    env: (name: string) => variables.get(name),
  };
  return {
    hub,
    machine,
    variables,
    name: hub.name,
    config,
    state: at(".last_sync.json"),
    log,
    data: at("data", "pro"),
    program,
    cron,
    at,
    edit: async (from, to) => {
      const before = await Deno.readTextFile(config);
      const after = before.replace(from, to);
      assert.notEqual(after, before, `nothing to replace: ${from}`);
      await Deno.writeTextFile(config, after);
    },
    becomeUser: async (uid) => {
      machine.uid = uid;
      await run("chown", ["-hR", `${uid}:${uid}`, at(), "--from=0"]);
      await run("chown", ["-hR", "0:0", at("bin"), at("root")]);
      const text = await Deno.readTextFile(cron);
      await Deno.writeTextFile(cron, text.replace(" root ", ` ${uid} `));
    },
    check: async () => {
      const terminal = fakeTerminal();
      const code = await checkCommand({ config, json: true }, terminal, machine);
      return { code, lines: JSON.parse(terminal.stdout()).checks };
    },
    type: async (remedy) => {
      assert(remedy !== null, "there is no remedy to type");
      const env = { PATH: `${at("bin")}:${Deno.env.get("PATH")}` };
      await run("sh", ["-c", remedy], { cwd: temp.path, env });
    },
    [Symbol.asyncDispose]: async () => {
      await hub[Symbol.asyncDispose]();
      await temp[Symbol.asyncDispose]();
    },
  };
}

/** What a fault must look like, and whether its remedy, typed, fixes it. */
export interface Expected {
  check: string;
  verdict: "warning" | "error";
  message: RegExp;
  /** The exact text, but for secrets of the test's own places. */
  remedy: string | RegExp;
  fixes?: boolean;
}

/** Checks that the fault is told exactly so; and, where it says that, that the remedy fixes it. */
export async function assertTold(place: Place, expected: Expected): Promise<void> {
  const { check, verdict, message, remedy } = expected;
  const { code, lines } = await place.check();
  const told = lines.filter((line) => line.check === check && line.verdict !== "ok");
  assert.equal(
    told.length,
    1,
    `${check}: ${JSON.stringify(lines.filter(({ verdict }) => verdict !== "ok"), null, 1)}`,
  );
  const line = told[0]!;
  assert.equal(line.verdict, verdict, line.message);
  assert.match(line.message, message);
  if (typeof remedy === "string") assert.equal(line.remedy, remedy);
  else assert.match(line.remedy ?? "", remedy);
  const failed = lines.some((other) => other.verdict === "error");
  assert.equal(code, failed ? 3 : 0);
  assert.equal(
    failed,
    verdict === "error",
    JSON.stringify(lines.filter((one) => one.verdict === "error")),
  );
  if (!expected.fixes) return;
  await place.type(line.remedy);
  const again = (await place.check()).lines.filter((other) => other.check === check);
  assert.deepEqual(again.filter(({ verdict }) => verdict !== "ok"), [], "the remedy didn't fix it");
}

/** The command that a remedy names for the place's dataset. */
export const sync = (place: Place, words = "sync"): string =>
  `${place.program} ${words} -d ${place.name} -c ${place.config}`;

/** The command that shows what the place's hub says. */
export const ask = (place: Place): string => `curl -sS -i ${place.hub.url}/api/datasets | head`;
