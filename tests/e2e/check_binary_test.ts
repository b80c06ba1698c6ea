/**
 * `datahubsync --check`, `init`, `convert`, `completions` and `--wait` through the compiled binary, with the
 * rights it really has; and, where the tests run as root, as a user who may not write everywhere.
 *
 * Longer than 250 lines because each right that a user can lack is a row.
 */
import { existsSync } from "node:fs";
import assert from "node:assert/strict";
import { join, resolve } from "node:path";
import { asRoot } from "../../src/as_root.ts";
import { outcomeOf, run, succeeds } from "../support/command.ts";
import { startHub } from "../support/hub.ts";
import { type TempDir, tempDir } from "../support/temp.ts";
import { until } from "../support/until.ts";

const BINARY = join(resolve(import.meta.dirname!, "..", ".."), "dist", "datahubsync");
const NOBODY = 65534;

/** Tests of the binary need it: `./denow task compile`. */
const ignore = !existsSync(BINARY);
const setpriv = ["setpriv", `--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups"];
/** Tests of rights need root, and a tool to become somebody else. */
const ignoreRights = ignore || Deno.uid() !== 0 || !succeeds("setpriv", ["--version"]);

interface Line {
  check: string;
  verdict: string;
  message: string;
  remedy: string | null;
}

async function binary(words: string[], options: { cwd: string; as?: "nobody" }) {
  const [program, ...args] = options.as === "nobody"
    ? [...setpriv, BINARY, ...words]
    : [BINARY, ...words];
  const { code, stdout, stderr } = await outcomeOf(program!, args, {
    cwd: options.cwd,
    env: { PATH: Deno.env.get("PATH") ?? "", HOME: options.cwd },
    clearEnv: true,
  });
  return { code, out: stdout, err: stderr };
}

/** A configuration of one dataset in a folder that everybody may enter. */
async function place(temp: TempDir, url: string, name: string): Promise<string> {
  await Deno.chmod(temp.path, 0o755);
  const config = temp.at("config.yaml");
  await Deno.writeTextFile(
    config,
    `hub: {url: ${url}}\ndatasets:\n  - {name: ${name}, local_dir: ./data/pro}\n` +
      `logging: {file: ./logs/sync.log, max_size: 10MB}\n`,
  );
  return config;
}

/** A run of the dataset that everybody may read about. */
async function writeHistory(temp: TempDir): Promise<void> {
  const at = new Date().toISOString();
  const record = { v: 1, at, dataset: "stock-trading-data-pro", outcome: "success", success: true };
  const path = temp.at(".datahubsync", "history.jsonl");
  await Deno.writeTextFile(path, `${JSON.stringify(record)}\n`);
}

async function linesOf(
  config: string,
  as?: "nobody",
  words: string[] = [],
): Promise<{ code: number; lines: Line[] }> {
  const cwd = resolve(config, "..");
  const { code, out, err } = await binary(["--check", "--json", "-c", config, ...words], {
    cwd,
    ...(as && { as }),
  });
  assert.equal(err, "");
  return { code, lines: JSON.parse(out).checks };
}

/** What a user who isn't root types. */
const byRoot = (words: string): string => asRoot(words, { uid: NOBODY });

async function type(remedy: string | null | undefined): Promise<void> {
  assert(remedy, "no remedy");
  await run("sh", ["-c", remedy]);
}

Deno.test({
  name: "the binary's --check ends with 0, 3 or 2, and has no right that it needn't have",
  ignore,
  fn: async () => {
    await using temp = await tempDir();
    await using hub = startHub();
    const config = await place(temp, hub.url, hub.name);
    const fine = await linesOf(config);
    assert.deepEqual(fine.lines.filter(({ verdict }) => verdict === "error"), []);
    assert.equal(fine.code, 0);
    assert.equal(fine.lines.find(({ check }) => check === "program.rights")?.verdict, "ok");
    assert.deepEqual([...Deno.readDirSync(temp.path)].map(({ name }) => name), ["config.yaml"]);
    hub.hub.removeDataset(hub.name);
    const text = await binary(["check", "-c", config], { cwd: temp.path });
    assert.equal(text.code, 3);
    assert.match(
      text.out,
      /^ {2}✗ stock-trading-data-pro: the hub doesn't have it\n {4}→ correct/m,
    );
    await Deno.writeTextFile(config, "hub: {}\n");
    assert.equal((await binary(["--check", "-c", config], { cwd: temp.path })).code, 2);
  },
});

Deno.test({
  name: "the test build's --check tells that it is one",
  ignore: !existsSync(`${BINARY}-test`),
  fn: async () => {
    await using temp = await tempDir();
    await using hub = startHub();
    const config = await place(temp, hub.url, hub.name);
    const { stdout } = await outcomeOf(`${BINARY}-test`, ["--check", "--json", "-c", config]);
    const { checks }: { checks: Line[] } = JSON.parse(stdout);
    const line = checks.find(({ check, verdict }) =>
      check === "program.version" && verdict === "warning"
    );
    assert.equal(
      line?.message,
      "this binary was built for tests, with rights that a release doesn't have",
    );
    assert.equal(line?.remedy, "put the binary of a release in its place");
  },
});

Deno.test({
  name: "the binary's --check tells the name that can't be resolved",
  ignore,
  fn: async () => {
    await using temp = await tempDir();
    const config = await place(temp, "http://no-such-hub.invalid", "a");
    const { code, lines } = await linesOf(config);
    assert.equal(code, 3);
    const line = lines.find(({ check }) => check === "hub.dns");
    assert.match(line?.message ?? "", /^the name no-such-hub\.invalid can't be resolved/);
  },
});

const rights: {
  name: string;
  /** Takes the right away. */
  forbid: (temp: TempDir) => Promise<void>;
  check: string;
  verdict: "warning" | "error";
  message: RegExp;
  remedy: (temp: TempDir) => string;
  /** Options beside the configuration's. */
  words?: (temp: TempDir) => string[];
}[] = [
  {
    name: "a folder of somebody else; chown fixes it",
    forbid: async (temp) => {
      await Deno.mkdir(temp.at("data", "pro"), { recursive: true });
      await Deno.chown(temp.at("data"), NOBODY, NOBODY);
    },
    check: "folder.writable",
    verdict: "error",
    message: /\/data\/pro can't be written to: permission denied$/,
    remedy: (temp) => byRoot(`chown nobody: ${temp.at("data", "pro")}`),
  },
  {
    name: "a folder that can't be made; install -d fixes it",
    forbid: (temp) => Deno.mkdir(temp.at("data")),
    check: "folder.writable",
    verdict: "error",
    message: /\/data\/pro can't be made in .*\/data: permission denied$/,
    remedy: (temp) => byRoot(`install -d -o nobody ${temp.at("data", "pro")}`),
  },
  {
    name: "a parent that takes no work folder; install -d fixes it",
    forbid: async (temp) => {
      await Deno.mkdir(temp.at("data", "pro"), { recursive: true });
      await Deno.chown(temp.at("data", "pro"), NOBODY, NOBODY);
    },
    check: "folder.work",
    verdict: "warning",
    message: /has to lie inside it .*: .*\/data can't be written to$/,
    remedy: (temp) => byRoot(`install -d -m 700 -o nobody ${temp.at("data", ".pro.datahubsync")}`),
  },
  {
    name: "a state's folder of somebody else; chown fixes it",
    forbid: async (temp) => {
      await Deno.mkdir(temp.at("data"));
      await Deno.chown(temp.at("data"), NOBODY, NOBODY);
      await Deno.mkdir(temp.at("logs"));
      await Deno.chown(temp.at("logs"), NOBODY, NOBODY);
      await Deno.chown(temp.path, 0, 0);
    },
    check: "state.writable",
    verdict: "error",
    message: /^it can't be written: Can't write to the folder \(.*\): permission denied$/,
    remedy: (temp) => byRoot(`chown nobody: ${temp.path}`),
  },
  {
    name: "a state of somebody else; chown fixes it",
    forbid: async (temp) => {
      await Deno.writeTextFile(temp.at(".last_sync.json"), "{}");
      await Deno.chmod(temp.at(".last_sync.json"), 0o600);
    },
    check: "state.readable",
    verdict: "error",
    message: /permission denied$/,
    remedy: (temp) => byRoot(`chown nobody: ${temp.at(".last_sync.json")}`),
  },
  {
    name: "a folder for the history that can't be made; install -d fixes it",
    forbid: async (temp) => {
      for (const folder of ["data", "logs", "state"]) {
        await Deno.mkdir(temp.at(folder));
        await Deno.chown(temp.at(folder), NOBODY, NOBODY);
      }
      await Deno.chown(temp.path, 0, 0);
    },
    words: (temp) => ["-s", temp.at("state", "state.json")],
    check: "state.history",
    verdict: "warning",
    message:
      /^runs aren't recorded, so status, report and metrics lack them and messages come again: Can't write to the folder \(.*\): permission denied$/,
    remedy: (temp) => byRoot(`install -d -o nobody ${temp.at(".datahubsync")}`),
  },
  {
    name: "a folder for the history that is somebody else's; chown fixes it",
    forbid: (temp) => Deno.mkdir(temp.at(".datahubsync")),
    check: "state.history",
    verdict: "warning",
    message:
      /^runs aren't recorded, so status, report and metrics lack them and messages come again: .*\.datahubsync\): permission denied$/,
    remedy: (temp) => byRoot(`chown nobody: ${temp.at(".datahubsync")}`),
  },
  {
    name: "a history of somebody else; chown fixes it",
    forbid: async (temp) => {
      await Deno.mkdir(temp.at(".datahubsync"));
      await writeHistory(temp);
      await Deno.chmod(temp.at(".datahubsync", "history.jsonl"), 0o600);
    },
    check: "schedule.last",
    verdict: "error",
    message: /^Can't read the history \(.*\/history\.jsonl\): permission denied$/,
    remedy: (temp) => byRoot(`chown nobody: ${temp.at(".datahubsync", "history.jsonl")}`),
  },
  {
    name: "a history in a folder of somebody else; chown fixes it",
    forbid: async (temp) => {
      await Deno.mkdir(temp.at(".datahubsync"));
      await writeHistory(temp);
      await Deno.chmod(temp.at(".datahubsync"), 0o700);
    },
    check: "schedule.last",
    verdict: "error",
    message: /^Can't read the history \(.*\/history\.jsonl\): permission denied$/,
    remedy: (temp) => byRoot(`chown nobody: ${temp.at(".datahubsync")}`),
  },
  {
    name: "a log of somebody else; chown fixes it",
    forbid: async (temp) => {
      await Deno.mkdir(temp.at("logs"));
      await Deno.writeTextFile(temp.at("logs", "sync.log"), "");
    },
    check: "log.writable",
    verdict: "error",
    message: /sync\.log can't be written to: Permission denied/,
    remedy: (temp) => byRoot(`chown nobody: ${temp.at("logs", "sync.log")}`),
  },
  {
    name: "a log's folder of somebody else; chown fixes it",
    forbid: (temp) => Deno.mkdir(temp.at("logs")),
    check: "log.writable",
    verdict: "error",
    message: /sync\.log can't be made: .*: permission denied$/,
    remedy: (temp) => byRoot(`chown nobody: ${temp.at("logs")}`),
  },
];

for (const { name, forbid, check, verdict, message, remedy, words } of rights) {
  Deno.test({
    name: `the binary's --check, without root, tells ${name}`,
    ignore: ignoreRights,
    fn: async () => {
      await using temp = await tempDir();
      await using hub = startHub();
      const config = await place(temp, hub.url, hub.name);
      await Deno.chown(temp.path, NOBODY, NOBODY);
      await forbid(temp);
      const { lines } = await linesOf(config, "nobody", words?.(temp));
      const line = lines.find((one) => one.check === check && one.verdict !== "ok");
      assert.equal(line?.verdict, verdict, JSON.stringify(lines, null, 1));
      assert.match(line.message, message);
      assert.equal(line.remedy, remedy(temp));
      await type(line.remedy);
      const again = (await linesOf(config, "nobody", words?.(temp))).lines
        .filter((one) => one.check === check);
      assert.deepEqual(again.filter(({ verdict }) => verdict !== "ok"), []);
    },
  });
}

Deno.test({
  name: "the binary's --check, without root, says how to look at a crontab that it may not read",
  ignore: ignoreRights || !existsSync("/usr/bin/crontab"),
  fn: async () => {
    await using temp = await tempDir();
    await using hub = startHub();
    const config = await place(temp, hub.url, hub.name);
    const { lines } = await linesOf(config, "nobody");
    const line = lines.find(({ check }) => check === "schedule.present");
    assert.match(line?.message ?? "", /your crontab can't be read from here$/);
    assert.equal(line?.remedy, "crontab -l | grep datahubsync");
  },
});

Deno.test({
  name: "the binary's init, sync, convert and completions work together",
  ignore,
  fn: async () => {
    await using temp = await tempDir();
    await using hub = startHub();
    const cwd = temp.path;
    const made = await binary(["init", "--hub-url", hub.url], { cwd });
    assert.equal(made.code, 0, made.err);
    assert.equal((await binary(["init", "--hub-url", hub.url], { cwd })).code, 2);
    const synced = await binary(["sync"], { cwd });
    assert.deepEqual([synced.code, synced.out, synced.err], [0, "", ""]);
    const refused = await binary(["convert", hub.name, "--to", "snapshot"], { cwd });
    assert.equal(refused.code, 2);
    assert.match(refused.err, /^hint: set `publish: snapshot` for it in /m);
    const text = await Deno.readTextFile(temp.at("config.yaml"));
    const edited = text.replace("    local_dir:", "    publish: snapshot\n    local_dir:");
    await Deno.writeTextFile(temp.at("config.yaml"), edited);
    assert.equal((await binary(["convert", hub.name, "--to", "snapshot"], { cwd })).code, 0);
    assert((await Deno.lstat(temp.at("data", hub.name))).isSymlink);
    hub.nextDay();
    assert.equal((await binary(["sync"], { cwd })).code, 0);
    const { lines } = await linesOf(temp.at("config.yaml"));
    assert.deepEqual(lines.filter(({ verdict }) => verdict === "error"), []);
    assert.match(
      (await binary(["completions", "bash"], { cwd })).out,
      /^complete -F _datahubsync/m,
    );
    assert.equal((await binary(["completions", "tcsh"], { cwd })).code, 2);
  },
});

Deno.test({
  name: "the binary's sync --wait keeps asking, and a signal ends it at once",
  ignore,
  fn: async () => {
    await using temp = await tempDir();
    await using hub = startHub();
    const config = await place(temp, hub.url, hub.name);
    hub.hub.setDataset(hub.name, { version: "2026-01-05T20:15:00" });
    assert.equal(
      (await binary(["sync", "--wait", "soon", "-c", config], { cwd: temp.path })).code,
      2,
    );
    const process = new Deno.Command(BINARY, {
      args: ["sync", "--wait", "30m", "-c", config],
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const log = temp.at("logs", "sync.log");
    await until(async () =>
      (await Deno.readTextFile(log).catch(() => "")).includes(`waiting for ${hub.name} until `)
    );
    process.kill("SIGTERM");
    const { code, stderr } = await process.output();
    assert.equal(code, 143);
    assert.equal(new TextDecoder().decode(stderr), "");
  },
});
