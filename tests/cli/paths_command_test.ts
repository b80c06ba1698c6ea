/** `datahubsync paths`: what an installer asks for. */

import assert from "node:assert/strict";
import { pathsCommand } from "../../src/cli/paths_command.ts";
import { fakeTerminal } from "../support/fake_terminal.ts";
import { tempDir } from "../support/temp.ts";

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
  assert.deepEqual(terminal.stdout().trimEnd().split("\n"), [
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
