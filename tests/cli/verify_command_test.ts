/** `datahubsync verify`: what it asks, and what it shows. */

import assert from "node:assert/strict";
import { statusCommand } from "../../src/cli/status_command.ts";
import { syncCommand } from "../../src/cli/sync_command.ts";
import { verifyCommand } from "../../src/cli/verify_command.ts";
import { historyPathFor, readHistory } from "../../src/monitoring/history.ts";
import { CLOSED_PORT } from "../support/closed_port.ts";
import { fakeTerminal } from "../support/fake_terminal.ts";
import { startHub } from "../support/hub.ts";
import { tempDir } from "../support/temp.ts";
import { dirname } from "node:path";

/** A configuration whose first hub is gone. */
async function place() {
  const temp = await tempDir();
  const hub = startHub();
  const config = temp.at("config.yaml");
  await Deno.writeTextFile(
    config,
    `hub: {url: ["http://127.0.0.1:${CLOSED_PORT}", "${hub.url}"], retries: 0}\n` +
      `datasets: [{name: ${hub.name}, local_dir: ./data}]\n`,
  );
  return {
    hub,
    config,
    data: temp.at("data"),
    async [Symbol.asyncDispose]() {
      await hub[Symbol.asyncDispose]();
      await temp[Symbol.asyncDispose]();
    },
  };
}

Deno.test("verifyCommand() asks the next hub where the first doesn't answer", async () => {
  await using at = await place();
  const terminal = fakeTerminal();
  const found = await verifyCommand([], { config: at.config }, terminal);
  assert.equal(found, 3);
  const count = at.hub.dataset.files.length;
  assert.match(terminal.stdout(), new RegExp(`✗ .* ${count} missing, 0 damaged, 0 extra\\n`));
  assert.equal(await verifyCommand([], { config: at.config, repair: true }, fakeTerminal()), 0);
});

Deno.test("verifyCommand() writes a repair into the history as the sync that it was, and nothing else", async () => {
  await using at = await place();
  const { config, hub } = at;
  const path = historyPathFor(config);
  await Deno.writeTextFile(config, `metrics: {textfile: ./metrics.prom}\n`, { append: true });
  const verify = (repair: boolean) => verifyCommand([], { config, repair }, fakeTerminal());
  assert.equal(await syncCommand({ config, quiet: true }, fakeTerminal()), 0);
  const before = await readHistory(path);
  const [first, second] = [...hub.tree().keys()].map((name) => `${at.data}/${name}`);
  await Deno.writeTextFile(first!, "damaged");
  await Deno.remove(second!);
  assert.equal(await verify(false), 3);
  assert.deepEqual(await readHistory(path), before, "looking is no run");
  assert.equal(await verify(true), 0);
  assert.equal(await verify(true), 0);
  const [repair, ...more] = (await readHistory(path)).slice(before.length);
  assert.deepEqual(more, [], "nothing was to be mended the second time");
  assert(repair !== undefined);
  const { dataset, outcome, success, version, versionBefore, entries, fetched, hub: asked } =
    repair;
  assert.deepEqual({ dataset, outcome, success, version, versionBefore, entries, fetched, asked }, {
    dataset: hub.name,
    outcome: "success",
    success: true,
    version: hub.dataset.version,
    versionBefore: hub.dataset.version,
    entries: hub.dataset.files.length,
    fetched: 2,
    asked: before.at(-1)!.hub,
  });
  assert(Date.parse(repair.at) >= Date.parse(before.at(-1)!.at));
  // What is made of the history counts it as a run that went well.
  const terminal = fakeTerminal();
  await statusCommand({ config, json: true }, terminal);
  const [row] = JSON.parse(terminal.stdout()).datasets;
  assert.deepEqual([row.last_outcome, row.last_attempt], ["success", repair.at]);
  const metrics = await Deno.readTextFile(`${dirname(config)}/metrics.prom`);
  assert.match(metrics, /^datahubsync_syncs_total\{.*outcome="success".*\} 2$/m);
});

Deno.test("verifyCommand() shows no file's name as more than one harmless line", async () => {
  await using at = await place();
  await Deno.mkdir(at.data);
  await Deno.writeTextFile(`${at.data}/\x1b[31mevil\n✓ fine\u202e`, "");
  const terminal = fakeTerminal();
  await verifyCommand([], { config: at.config }, terminal);
  assert.match(terminal.stdout(), /^ {2}extra {4}\[31mevil ✓ fine$/m);
  // deno-lint-ignore no-control-regex
  assert.doesNotMatch(terminal.stdout(), /[\x1b\u202e]/);
});
