/**
 * The quick start of the READMEs, typed as it stands there: from the binary in a folder to a cron that
 * syncs. How long that takes is printed, and judged by nobody.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { until } from "../../support/binary.ts";
import { startHub } from "../../support/hub.ts";
import { end } from "../../support/rootfs.ts";
import { assertSameTree, readTree } from "../../support/tree.ts";
import { assertDone, PROJECT, rootTest, SCRIPT } from "./bundle.ts";

const CONFIG = "/opt/datahubsync/config.yaml";
const DATA = "/srv/bars";

/** The commands of the only block that begins with the installer's, without their comments. */
async function quickStart(document: string): Promise<string[]> {
  const text = await Deno.readTextFile(join(PROJECT, document));
  const blocks = [...text.matchAll(/^```sh\n(sudo \.\/install_client\.sh [\s\S]*?)^```$/gm)]
    .map(([, block]) => block!).filter((block) => block.includes("--hub-url"));
  assert.equal(blocks.length, 1, `${document} has ${blocks.length} quick starts`);
  return blocks[0]!.trimEnd().split("\n").map((line) => line.replace(/\s+#.*$/, ""));
}

Deno.test("the quick start is four commands at most, and the same wherever it stands", async () => {
  const commands = await quickStart("README.md");
  assert(commands.length <= 4, commands.join("\n"));
  assert.deepEqual(await quickStart("README.zh-CN.md"), commands);
  assert.deepEqual(await quickStart("docs/install.md"), commands);
});

rootTest("the README's quick start leads from the binary to a cron that syncs", [
  "cron",
  "sed",
], async (root) => {
  await using hub = startHub();
  // Whoever types is root already, and their editor does what they would do in it.
  await root.write("/usr/local/bin/sudo", '#!/bin/sh\nexec "$@"\n', 0o755);
  const which = "-e '/- name: stock-fin-data-xbx/,+1d'";
  const where = `-e 's|local_dir: .*|local_dir: ${DATA}|'`;
  await root.write("/usr/local/bin/nano", `#!/bin/sh\nexec sed -i ${which} ${where} "$1"\n`, 0o755);
  // Nothing else of this machine's may fire; a daemon is there, as on any server.
  for (const path of ["/etc/cron.d", "/etc/crontab"]) {
    await Deno.remove(root.at(path), { recursive: true }).catch(() => {});
  }
  await Deno.mkdir(root.at("/etc/cron.d"));
  const spent: string[] = [];
  let sum = 0;
  for (const command of await quickStart("README.md")) {
    const typed = command.replace("http://your-hub:8000", hub.url);
    const before = performance.now();
    const ended = await root.run(["sh", "-c", `cd ${SCRIPT.replace(/\/[^/]*$/, "")} && ${typed}`]);
    const seconds = (performance.now() - before) / 1000;
    assertDone(ended);
    sum += seconds;
    spent.push(`${seconds.toFixed(1)} s  ${command}`);
    if (command.endsWith("--check")) assert.doesNotMatch(ended.stdout, /✗/, ended.stdout);
  }
  assert.match(await root.read(CONFIG), new RegExp(`^ +url: "?${hub.url}"?$`, "m"));
  assertSameTree(await readTree(root.at(DATA)), hub.tree());

  // The line in cron.d is fired by a real cron; only its time is moved, so that it is soon.
  const table = await root.read("/etc/cron.d/datahubsync");
  assert.match(table, /^15 8 \* \* \* root /m);
  await root.write("/etc/cron.d/datahubsync", table.replace(/^15 8 /m, "* * "));
  await Deno.writeTextFile(root.at("/etc/environment"), "");
  hub.nextDay();
  const cron = root.spawn(["cron", "-f"]);
  try {
    const state = "/opt/datahubsync/.last_sync.json";
    await until(async () => (await root.read(state)).includes(hub.dataset.version));
  } finally {
    await end(cron, root);
  }
  assertSameTree(await readTree(root.at(DATA)), hub.tree());
  console.log(
    `From the binary to a cron that syncs takes ${sum.toFixed(1)} s besides typing:\n` +
      spent.map((line) => `  ${line}\n`).join(""),
  );
});
