/**
 * The quick start of the READMEs, typed as it stands there: from the binary in a folder to a cron that
 * syncs. How long that takes is printed, and judged by nobody.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { startHub } from "../../support/hub.ts";
import { clearSchedules, startCron } from "../../support/rootfs.ts";
import { assertSameTree, readTree } from "../../support/tree.ts";
import { hasTmux, onScreen } from "../../support/screen.ts";
import { until } from "../../support/until.ts";
import { PROJECT, rootTest, SCRIPT } from "./bundle.ts";

const CONFIG = "/opt/datahubsync/config.yaml";

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

rootTest(
  "the README's quick start, typed at a terminal, leads from the binary to a cron that syncs",
  [
    ...(hasTmux() ? [] : ["tmux"]),
    "cron",
    "runuser",
    "useradd",
  ],
  async (root) => {
    // Three datasets, two with Chinese names; the first and the third are chosen.
    await using hub = startHub({ name: "日线数据" });
    hub.hub.setDataset("stock-fin-data-xbx", hub.hub.datasets.get(hub.name)!);
    hub.hub.setDataset("指数 成分", hub.hub.datasets.get(hub.name)!);
    // Whoever types is root already.
    const sudo =
      'if [ "$1" = -u ]; then u=$2; shift 2; exec runuser -u "$u" -- "$@"; fi; exec "$@"';
    await root.write("/usr/local/bin/sudo", `#!/bin/sh\n${sudo}\n`, 0o755);
    // A daemon is there, as on any server.
    await clearSchedules(root);
    const spent: string[] = [];
    let sum = 0;
    const env = { TERM: "screen-256color" };
    for (const command of await quickStart("README.md")) {
      const typed = command.replace("http://your-hub:8000", hub.url.replace("http://", ""));
      const before = performance.now();
      const words = ["sh", "-c", `cd ${SCRIPT.replace(/\/[^/]*$/, "")} && ${typed}`];
      await using screen = await onScreen(root.command(words, { env }), { columns: 120, rows: 50 });
      if (command.includes("--hub-url")) {
        await screen.until(/3 {2}指数 成分[^]*Which ones.*:/);
        await screen.type("4\n");
        await screen.until(/no dataset named[^]*Which ones.*:/);
        await screen.type("1,3\n");
      }
      const { code, text } = await screen.ended();
      assert.equal(code, 0, text);
      const seconds = (performance.now() - before) / 1000;
      sum += seconds;
      spent.push(`${seconds.toFixed(1)} s  ${command}`);
      if (command.endsWith("--check")) assert.doesNotMatch(text, /✗/, text);
      // What the installer says to type next is what the quick start types next.
      if (command.includes("--hub-url")) {
        for (const next of (await quickStart("README.md")).slice(1)) {
          assert(text.includes(`\n  ${next.replace("sudo ", "")}`) || text.includes(next), text);
        }
      }
    }
    const config = await root.read(CONFIG);
    assert.match(config, new RegExp(`^ +url: "?${hub.url}"?$`, "m"));
    assert.doesNotMatch(config, /stock-fin-data-xbx/);
    for (const name of ["日线数据", "指数 成分"]) {
      assertSameTree(await readTree(root.at(`/data/${name}`)), hub.tree());
    }
    const names = [...Deno.readDirSync(root.at("/data"))].map(({ name }) => name);
    assert.deepEqual(
      names.filter((name) => !name.startsWith(".")).sort(),
      ["指数 成分", "日线数据"].sort(),
    );

    // The line in cron.d is fired by a real cron; only its time is moved, so that it is soon.
    const table = await root.read("/etc/cron.d/datahubsync");
    assert.match(table, /^15 8 \* \* \* datahubsync /m);
    await root.write("/etc/cron.d/datahubsync", table.replace(/^15 8 /m, "* * "));
    hub.nextDay();
    {
      await using _cron = startCron(root);
      const state = "/opt/datahubsync/.datahubsync/last_sync.json";
      await until(async () => (await root.read(state)).includes(hub.dataset.version));
    }
    assertSameTree(await readTree(root.at("/data/日线数据")), hub.tree());
    console.log(
      `From the binary to a cron that syncs takes ${sum.toFixed(1)} s, typing included:\n` +
        spent.map((line) => `  ${line}\n`).join(""),
    );
  },
);
