/** One machine asks the upstream, and others ask its mirror, which a real nginx serves. */
import assert from "node:assert/strict";
import { startHubNginx } from "../docs/hub_nginx.ts";
import { CLOSED_PORT } from "../support/closed_port.ts";
import { EngineRig } from "../support/engine.ts";
import { startHub, type TestHub } from "../support/hub.ts";
import { nginxPath } from "../support/nginx.ts";
import { tempDir } from "../support/temp.ts";
import { assertSameTree } from "../support/tree.ts";

const CLIENTS = 4;

Deno.test({
  name:
    "a mirror's clients get the upstream's trees and versions, and the upstream sees one client",
  ignore: nginxPath() === undefined, // needs nginx: apt-get install nginx
  async fn() {
    await using temp = await tempDir();
    const dir = temp.at("mirror");
    await Deno.mkdir(dir);
    await using hub = startHub();
    await using nginx = await startHubNginx(dir);
    await using feeder = await EngineRig.make();
    await using clients = new AsyncDisposableStack();
    const rigs: EngineRig[] = [];
    for (let index = 0; index < CLIENTS; index++) {
      rigs.push(clients.use(await EngineRig.make()));
    }

    for (let day = 0; day < 2; day++) {
      if (day > 0) hub.nextDay({ share: 0.3, added: 2, rewritten: 1, removed: 1 });
      await feed(feeder, hub, dir);
      const sent = hub.hub.bytesSent("/package/");
      assert(sent < hub.package.length * 1.2, `${sent} bytes for ${hub.package.length}`);
      hub.hub.reset();
      const results = await Promise.all(rigs.map((rig) => rig.sync([nginx!.url, hub.url])));
      for (const [index, result] of results.entries()) {
        assert.equal(result.status, "success", result.error);
        assertSameTree(await rigs[index]!.tree(), hub.tree());
        assert.equal(await rigs[index]!.recorded(), hub.dataset.version);
      }
      assert.deepEqual(hub.hub.requests, [], "the upstream is only asked when the mirror fails");
    }
    // The versions are the upstream's own, so a client may change over at any time.
    assert.equal((await rigs[0]!.sync(hub.url)).status, "up_to_date");
  },
});

Deno.test("a client goes to the upstream where the mirror doesn't answer", async () => {
  await using hub = startHub();
  await using rig = await EngineRig.make();
  const gone = `http://127.0.0.1:${CLOSED_PORT}`;
  assert.equal((await rig.sync([gone, hub.url])).status, "success");
  assertSameTree(await rig.tree(), hub.tree());
});

/** Syncs the machine that feeds the mirror. */
async function feed(rig: EngineRig, hub: TestHub, dir: string): Promise<void> {
  const result = await rig.sync(hub.url, { context: { mirror: { dir, keepHours: 24 } } });
  assert.equal(result.status, "success", result.error);
}
