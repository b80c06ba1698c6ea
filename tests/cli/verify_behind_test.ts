/** `datahubsync verify` where the hub has a newer package than the one here. */
import assert from "node:assert/strict";
import { verifyCommand } from "../../src/cli/data/verify_command.ts";
import { syncCommand } from "../../src/cli/sync/sync_command.ts";
import { readBack } from "../../src/messages/read_back.ts";
import { fakeTerminal } from "../support/fake_terminal.ts";
import { startHub } from "../support/hub.ts";
import { tempDir } from "../support/temp.ts";

Deno.test("verifyCommand() tells what the hub has changed from what is damaged or gone here", async () => {
  await using temp = await tempDir();
  await using hub = startHub();
  const [config, data] = [temp.at("config.yaml"), temp.at("data")];
  await Deno.writeTextFile(
    config,
    `hub: {url: "${hub.url}"}\ndatasets: [{name: ${hub.name}, local_dir: ./data}]\n`,
  );
  assert.equal(await syncCommand({ config, quiet: true }, fakeTerminal()), 0);
  const before = hub.tree();
  hub.nextDay();
  const news = [...hub.tree()].filter(([path, content]) =>
    String(before.get(path)) !== String(content)
  ).map(([path]) => path);
  const verify = async (repair = false) => {
    const terminal = fakeTerminal();
    const code = await verifyCommand([], { config, json: true, repair }, terminal);
    return { code, ...JSON.parse(terminal.stdout()).results[0] };
  };
  const behind = await verify();
  assert.deepEqual([...behind.missing, ...behind.damaged].sort(), news.sort());
  assert.equal(
    behind.note,
    `${news.length} of these files have changed on the hub and aren't damaged here: a sync brings what is new`,
  );
  // What is damaged or gone here isn't counted, whether the hub has changed it or not.
  await Deno.writeTextFile(`${data}/${behind.damaged[0]}`, "damaged");
  await Deno.remove(`${data}/${behind.damaged[1]}`);
  const same = [...before.keys()].find((path) => !news.includes(path))!;
  await Deno.writeTextFile(`${data}/${same}`, "damaged");
  const both = await verify();
  assert.equal(both.damaged.length + both.missing.length, news.length + 1);
  assert.match(both.note, new RegExp(`^${news.length - 2} of these files have changed on the hub`));
  assert.match(
    readBack(both.note, "zh"),
    new RegExp(`^其中 ${news.length - 2} 个是数据中心有了变化`),
  );
  assert.equal((await verify(true)).code, 0);
  assert.equal((await verify()).note, undefined);
});
