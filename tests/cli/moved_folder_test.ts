/** A dataset's folder that was moved by hand, and the configuration after it. */
import assert from "node:assert/strict";
import { syncCommand } from "../../src/cli/sync/sync_command.ts";
import { fakeTerminal } from "../support/fake_terminal.ts";
import { startHub } from "../support/hub.ts";
import { tempDir } from "../support/temp.ts";
import { assertSameTree, readTree } from "../support/tree.ts";

/** A synced dataset in `old/d`, moved to `new/d`. */
async function moved({ withWork = false } = {}) {
  const temp = await tempDir();
  const hub = startHub();
  const config = temp.at("config.yaml");
  const configure = (folder: string): Promise<void> =>
    Deno.writeTextFile(
      config,
      `hub: {url: "${hub.url}", retries: 0}\n` +
        `datasets: [{name: ${hub.name}, local_dir: ./${folder}/d}]\n`,
    );
  const sync = async () => {
    const [terminal, before] = [fakeTerminal(), hub.hub.requests.length];
    const code = await syncCommand({ config, json: true }, terminal);
    const [result] = JSON.parse(terminal.stdout()).results;
    return { code, ...result, requests: hub.hub.requests.length - before };
  };
  await configure("old");
  assert.equal((await sync()).code, 0);
  await Deno.mkdir(temp.at("new"));
  await Deno.rename(temp.at("old", "d"), temp.at("new", "d"));
  if (withWork) {
    await Deno.rename(temp.at("old", ".d.datahubsync"), temp.at("new", ".d.datahubsync"));
  }
  await configure("new");
  return {
    hub,
    sync,
    data: temp.at("new", "d"),
    async [Symbol.asyncDispose]() {
      await hub[Symbol.asyncDispose]();
      await temp[Symbol.asyncDispose]();
    },
  };
}

Deno.test("a folder moved without some of its files gets them back, though the version is the recorded one", async () => {
  await using at = await moved();
  const [lost, damaged] = [...at.hub.tree().keys()];
  await Deno.remove(`${at.data}/${lost}`);
  await Deno.writeTextFile(`${at.data}/${damaged}`, "cut sh");
  // The hub fails first: that isn't taken for an answer.
  at.hub.hub.faults.add({ name: "status_503", times: 9 });
  assert.equal((await at.sync()).code, 3);
  at.hub.hub.faults.clear();
  assert.equal((await at.sync()).code, 0);
  assertSameTree(await readTree(at.data), at.hub.tree());
  assert.equal((await at.sync()).requests, 1);
});

Deno.test("a folder moved whole is read once and nothing of it fetched", async () => {
  await using at = await moved();
  const first = await at.sync();
  assert.deepEqual([first.code, first.entries_fetched], [0, 0]);
  assert.equal((await at.sync()).requests, 1);
});

Deno.test("a folder moved with its work folder asks nothing", async () => {
  await using at = await moved({ withWork: true });
  const { code, status, requests } = await at.sync();
  assert.deepEqual([code, status, requests], [0, "up_to_date", 1]);
});
