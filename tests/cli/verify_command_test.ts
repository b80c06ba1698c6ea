/** `datahubsync verify`: what it asks, and what it shows. */

import assert from "node:assert/strict";
import { verifyCommand } from "../../src/cli/verify_command.ts";
import { CLOSED_PORT } from "../support/closed_port.ts";
import { fakeTerminal } from "../support/fake_terminal.ts";
import { startHub } from "../support/hub.ts";
import { tempDir } from "../support/temp.ts";

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
