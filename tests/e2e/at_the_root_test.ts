/** A configuration in `/`, where containers mount one, and all that lies beside it. */
import assert from "node:assert/strict";
import { startHub } from "../support/hub.ts";
import { assertSameTree, readTree } from "../support/tree.ts";
import { rootTest, sh } from "./installer/bundle.ts";

rootTest(
  "all of it works in the root folder: init, sync, log, metrics, report",
  [],
  async (root) => {
    await using hub = startHub({ name: "bars" });
    const run = `cd / && /bundle/datahubsync`;
    await sh(root, `${run} init --hub-url ${hub.url} --data-dir /`);
    await sh(
      root,
      "sed -i 's|./logs/sync.log|./sync.log|' /config.yaml && " +
        "printf 'metrics: {textfile: ./sync.prom}\\nmirror: {dir: ./mirror}\\n' >>/config.yaml",
    );
    assert.equal(await sh(root, `${run} sync 2>&1`), "");
    assertSameTree(await readTree(root.at("/bars")), hub.tree());
    hub.nextDay();
    assert.equal(await sh(root, `${run} sync --changes=unread 2>&1`), "");
    assertSameTree(await readTree(root.at("/bars")), hub.tree());
    await sh(root, `${run} verify && ${run} status && ${run} report`);
    for (const name of ["sync.log", "sync.prom", "datahubsync-report.html", ".last_sync.json"]) {
      assert.equal(await root.has(`/${name}`), true, name);
    }
  },
);
