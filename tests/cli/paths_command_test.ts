/** `datahubsync paths`: what an installer asks for. */
import assert from "node:assert/strict";
import { convertCommand } from "../../src/cli/data/convert_command.ts";
import { pathsCommand } from "../../src/cli/setup/paths_command.ts";
import { syncCommand } from "../../src/cli/sync/sync_command.ts";
import { dirname } from "node:path";
import { fakeTerminal } from "../support/fake_terminal.ts";
import { startHub } from "../support/hub.ts";
import { tempDir } from "../support/temp.ts";

/** Does what `paths` says of uninstalling. */
async function purge(config: string): Promise<string[]> {
  const terminal = fakeTerminal();
  assert.equal(await pathsCommand({ config }, terminal), 0);
  const lines = terminal.stdout().trimEnd().split("\n").map((line) => line.split("\t"));
  const of = (key: string): string[] => lines.filter(([one]) => one === key).map(([, at]) => at!);
  for (const path of of("owned")) await Deno.remove(path, { recursive: true }).catch(missing);
  for (const path of of("owned_dir")) await Deno.remove(path).catch(missing);
  return of("unfinished");
}

function missing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}

/** Every file and folder below, data too. */
function below(folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) => [
    name,
    ...(isDirectory ? below(`${folder}/${name}`).map((path) => `${name}/${path}`) : []),
  ]).sort();
}

Deno.test("pathsCommand() prints a line for everything that the configuration names", async () => {
  await using temp = await tempDir();
  await Deno.mkdir(temp.at("data"));
  await Deno.symlink(temp.at("data"), temp.at("link"));
  const config = temp.at("config.yaml");
  await Deno.writeTextFile(
    config,
    [
      "hub: { url: http://127.0.0.1:1 }",
      "datasets:",
      "  - { name: a, local_dir: ./link/a }",
      "  - { name: 数据, local_dir: ./b c }",
      "logging: { file: ./logs/sync.log }",
      "metrics: { textfile: ./m.prom }",
      "mirror: { dir: ./mirror }",
    ].join("\n"),
  );
  const terminal = fakeTerminal();
  assert.equal(await pathsCommand({ config }, terminal), 0);
  const lines = terminal.stdout().trimEnd().split("\n");
  assert.deepEqual(lines.filter((line) => !/^owned/.test(line)), [
    `config\t${config}`,
    `state\t${temp.at(".last_sync.json")}`,
    `history\t${temp.at(".datahubsync", "history.jsonl")}`,
    `log\t${temp.at("logs", "sync.log")}`,
    `metrics\t${temp.at("m.prom")}`,
    `mirror\t${temp.at("mirror")}`,
    `local_dir\t${temp.at("link", "a")}`,
    `work_parent\t${temp.at("data")}`,
    `local_dir\t${temp.at("b c")}`,
    `work_parent\t${temp.path}`,
    "secret\tno",
  ]);
  const work = (parent: string, name: string): string[] =>
    [
      "changes",
      "changes.next",
      "hubs",
      "lock",
      "manifest",
      "manifest.next",
      "manifests",
      "midstates",
      "partial",
      "partial.map",
      "patches",
      "pin",
      "rejected",
      "staging",
      "staging.blocks",
      "symbols",
      "taken",
    ].map((file) => `owned\t${parent}/.${name}.datahubsync/${file}`);
  assert.deepEqual(lines.filter((line) => /^owned/.test(line)), [
    `owned\t${temp.at(".last_sync.json")}`,
    `owned\t${temp.at(".last_sync.json.lock")}`,
    `owned\t${temp.at(".last_sync.json.places")}`,
    `owned\t${temp.at(".last_sync.json.signed")}`,
    `owned\t${temp.at(".last_sync.json.signed.lock")}`,
    `owned\t${temp.at(".datahubsync")}`,
    `owned\t${temp.at("logs", "sync.log")}`,
    `owned\t${temp.at("m.prom")}`,
    ...work(temp.at("data"), "a"),
    ...work(temp.path, "b c"),
    `owned\t${temp.at("mirror", ".datahubsync", "lock")}`,
    `owned\t${temp.at("mirror", ".datahubsync", "staging")}`,
    `owned\t${temp.at("mirror", ".datahubsync", "replaced.json")}`,
    `owned\t${temp.at("mirror", ".datahubsync", "packed")}`,
    `owned_dir\t${temp.at("data", ".a.datahubsync")}`,
    `owned_dir\t${temp.at(".b c.datahubsync")}`,
    `owned_dir\t${temp.at("mirror", ".datahubsync")}`,
  ]);
  assert.deepEqual(
    [...Deno.readDirSync(temp.path)].map(({ name }) => name).sort(),
    ["config.yaml", "data", "link"],
  );
});

Deno.test("pathsCommand() finds the state where v2.0 kept it", async () => {
  await using temp = await tempDir();
  await Deno.mkdir(temp.at("config"));
  const config = temp.at("config", "config.yaml");
  await Deno.writeTextFile(config, "hub: {url: http://h}\ndatasets: [{name: a, local_dir: ./a}]\n");
  await Deno.writeTextFile(temp.at(".last_sync.json"), "");
  const terminal = fakeTerminal();
  await pathsCommand({ config }, terminal);
  assert.match(terminal.stdout(), new RegExp(`^state\t${temp.at(".last_sync.json")}$`, "m"));
  assert.match(terminal.stdout(), new RegExp(`^local_dir\t${temp.at("a")}$`, "m"));
});

Deno.test("pathsCommand() owns whatever a sync, a broken one and a crash leave, and no data", async () => {
  await using temp = await tempDir();
  await using hub = startHub();
  const [config, logs] = [temp.at("config.yaml"), temp.at("logs")];
  await Deno.writeTextFile(
    config,
    [
      `hub: { url: "${hub.url}", retries: 0 }`,
      `datasets: [{ name: ${hub.name}, local_dir: ./data/a }]`,
      "logging: { file: ./logs/sync.log }",
      "metrics: { textfile: ./logs/m.prom }",
    ].join("\n"),
  );
  assert.equal(await syncCommand({ config }, fakeTerminal()), 0);
  const data = below(temp.at("data", "a"));
  hub.nextDay();
  hub.hub.faults.add({ name: "reset", after: 20_000, times: Infinity });
  assert.equal(await syncCommand({ config, force: true }, fakeTerminal()), 3);
  const work = temp.at("data", ".a.datahubsync");
  assert(below(work).includes("partial"), `${below(work)}`);
  for (
    const left of [
      `${work}/.manifest.0123abcd.tmp`,
      `${work}/of another version`,
      `${logs}/sync.log.1`,
      `${logs}/sync.log-20261126.gz`,
      `${logs}/.m.prom.0123abcd.tmp`,
      temp.at(".last_sync.json.0123abcd.tmp"),
    ]
  ) await Deno.writeTextFile(left, "");
  await Deno.writeTextFile(`${logs}/sync.log.mine`, "");
  assert.deepEqual(await purge(config), []);
  assert.deepEqual(below(logs), ["sync.log.mine"]);
  assert.deepEqual(below(temp.at("data", "a")), data);
  assert.deepEqual([...Deno.readDirSync(dirname(work))].map(({ name }) => name), ["a"]);
});

Deno.test("pathsCommand() names no version of a snapshot, and nothing of an unfinished publish", async () => {
  await using temp = await tempDir();
  await using hub = startHub();
  const config = temp.at("config.yaml");
  const settings = (publish: string): Promise<void> =>
    Deno.writeTextFile(
      config,
      `{ hub: { url: "${hub.url}" }, datasets: [{ name: ${hub.name}, local_dir: ./a, publish: ${publish} }] }`,
    );
  await settings("files");
  assert.equal(await syncCommand({ config }, fakeTerminal()), 0);
  await settings("snapshot");
  assert.equal(await convertCommand(hub.name, { config, to: "snapshot" }, fakeTerminal()), 0);
  const data = [...Deno.readDirSync(temp.at("a"))].map(({ name }) => name).sort();
  const work = temp.at(".a.datahubsync");
  await Deno.writeTextFile(`${work}/journal`, "");
  assert.deepEqual(await purge(config), [work]);
  assert(below(work).includes("manifest"));
  await Deno.remove(`${work}/journal`);
  await purge(config).catch(() => {}); // the folder of versions keeps the work folder
  assert.deepEqual([...Deno.readDirSync(work)].map(({ name }) => name), ["versions"]);
  assert.deepEqual([...Deno.readDirSync(temp.at("a"))].map(({ name }) => name).sort(), data);
});
