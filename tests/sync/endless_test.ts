/**
 * A hub that sends a package without an end, or says that it will: the disk isn't filled with it.
 *
 * @module
 */
import assert from "node:assert/strict";
import { freeSpace } from "../../src/fs/space.ts";
import { RawServer, write } from "../hub/raw_server.ts";
import { EngineRig } from "../support/engine.ts";
import { canMount, mount } from "../support/mounts.ts";
import { tempDir } from "../support/temp.ts";

const CATALOG = JSON.stringify({
  datasets: [{ name: "stock-trading-data-pro", last_updated: "2026-01-05T20:15:00" }],
});
const NOISE = new Uint8Array(1 << 20).fill(0x50);

/** A hub that answers every request for a package so, and then sends until nobody reads any more. */
function endlessHub(head: string): RawServer {
  return new RawServer(async (connection, request) => {
    if (request.startsWith("GET /api/datasets ")) {
      const length = `Content-Length: ${CATALOG.length}`;
      return await write(connection, `HTTP/1.1 200 OK\r\n${length}\r\n\r\n${CATALOG}`);
    }
    await write(connection, `HTTP/1.0 200 OK\r\n${head}\r\n`);
    for (;;) {
      for (let at = 0; at < NOISE.length;) at += await connection.write(NOISE.subarray(at));
    }
  });
}

Deno.test({
  name: "syncAll() ends a package without an end while there is room, and gives it back (as root)",
  ignore: !canMount("tmpfs"),
  async fn() {
    await using temp = await tempDir();
    using _mount = mount("tmpfs", "size=64m", temp.at("disk"));
    await using rig = await EngineRig.make({ root: temp.at("disk") });
    await using hub = endlessHub("");
    const result = await rig.sync(hub.url);
    assert.equal(result.status, "disk_full", result.error);
    assert.match(result.error!, /has no end that the disk has room for/);
    assert((await freeSpace(rig.root)).bytes > 60 << 20, "the disk is as good as empty");
  },
});

Deno.test("syncAll() refuses a package that is longer than the disk before it comes", async () => {
  await using rig = await EngineRig.make();
  await using hub = endlessHub("Content-Length: 900000000000000\r\n");
  const result = await rig.sync(hub.url);
  assert.equal(result.status, "disk_full", result.error);
  assert.match(result.error!, /The package that the server sends doesn't fit/);
  assert.match(result.hint!, /free some room/);
  assert.equal(result.bytesDownloaded, 0);
});
