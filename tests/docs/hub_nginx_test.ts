/** What `docs/hub.md` promises of its nginx configuration, on a real nginx. */
import assert from "node:assert/strict";
import { contentOf } from "../../src/demo/csv_rows.ts";
import { DemoDataset } from "../../src/demo/dataset.ts";
import { pro } from "../../src/demo/profiles.ts";
import { placePackage } from "../../src/site/place.ts";
import { RecordingSink, testClient } from "../hub/client_fixture.ts";
import { makePackage } from "../site/packages.ts";
import { testClock } from "../support/clock.ts";
import { EngineRig } from "../support/engine.ts";
import { packTree } from "../support/pack.ts";
import { nginxPath } from "../support/nginx.ts";
import { tempDir } from "../support/temp.ts";
import { assertSameTree, type Tree, writeTree } from "../support/tree.ts";
import { startHubNginx } from "./hub_nginx.ts";

const ignore = nginxPath() === undefined; // needs nginx: apt-get install nginx

Deno.test({
  name: "the documented nginx says what may be kept, and shows nothing else",
  ignore,
  async fn() {
    await using temp = await tempDir();
    const mirror = { dir: temp.at("hub"), keepHours: 24 };
    const { input, bytes } = await makePackage(temp, { text: "one" });
    await placePackage(mirror, input, { clock: testClock() });
    await Deno.writeTextFile(temp.at("hub", "secret.txt"), "secret");
    await using nginx = await startHubNginx(mirror.dir);
    const ask = async (path: string, headers: HeadersInit = {}) => {
      const response = await fetch(`${nginx!.url}${path}`, { headers });
      return { response, body: new Uint8Array(await response.arrayBuffer()) };
    };
    const header = async (path: string, name: string) =>
      (await ask(path)).response.headers.get(name);
    const versioned = `/package/daily/${input.fingerprint.slice(0, 16)}.zip`;

    assert.equal(await header("/api/datasets", "content-type"), "application/json");
    assert.equal(await header("/api/datasets", "cache-control"), "no-cache");
    assert.equal(await header("/package/daily.zip", "cache-control"), "no-cache, no-transform");
    assert.match(await header(versioned, "cache-control") ?? "", /max-age=2592000, immutable/);
    for (const path of ["/package/daily.zip", versioned]) {
      const { response, body } = await ask(path, { "accept-encoding": "gzip" });
      assert.equal(response.headers.get("content-type"), "application/zip");
      assert.equal(response.headers.get("content-encoding"), null);
      assert.equal(response.headers.get("accept-ranges"), "bytes");
      assert.match(response.headers.get("etag") ?? "", /^"/);
      assert.deepEqual(body, bytes);
    }
    const health = await ask("/health");
    assert.equal(new TextDecoder().decode(health.body), '{"status":"ok"}');
    for (const path of ["/", "/secret.txt", "/package/", "/.datahubsync/lock", "/package/x.zip"]) {
      assert.equal((await ask(path)).response.status, 404, path);
    }
  },
});

Deno.test({
  name: "the documented nginx answers ranges, 200 of them at once, and If-Range",
  ignore,
  async fn() {
    await using temp = await tempDir();
    const mirror = { dir: temp.at("hub"), keepHours: 24 };
    const text = Array.from({ length: 4000 }, () => crypto.randomUUID()).join("\n");
    const { input, bytes } = await makePackage(temp, { text });
    await placePackage(mirror, input, { clock: testClock() });
    await using nginx = await startHubNginx(mirror.dir);
    using client = testClient(nginx!.url);
    const remote = client.package((await client.catalog()).datasets[0]!);

    const ranges = Array.from({ length: 200 }, (_, index) => ({
      start: index * 300,
      end: index * 300 + 10,
    }));
    const sink = new RecordingSink();
    const outcome = await remote.fetch({ ranges, allowFull: false }, sink);
    assert.equal(outcome.kind, "multipart");
    assert.deepEqual(
      sink.pieces.map(({ offset, bytes }) => [offset, [...bytes]]),
      ranges.map(({ start, end }) => [start, [...bytes.subarray(start, end)]]),
    );
  },
});

Deno.test({
  name: "a reader in mid-download keeps its package while the mirror goes on to the next",
  ignore,
  async fn() {
    await using temp = await tempDir();
    const clock = testClock();
    const mirror = { dir: temp.at("hub"), keepHours: 24 };
    const text = Array.from({ length: 4000 }, () => crypto.randomUUID()).join("\n");
    const old = await makePackage(temp, { text });
    await placePackage(mirror, old.input, { clock });
    await using nginx = await startHubNginx(mirror.dir);
    using client = testClient(nginx!.url);
    const [entry] = (await client.catalog()).datasets;
    const half = old.bytes.length >> 1;
    const sink = new RecordingSink();
    const ask = (start: number, end: number) =>
      client.package(entry!).fetch({ ranges: [{ start, end }], allowFull: false }, sink);

    await ask(0, half);
    const next = await makePackage(temp, { text: "next", version: "2026-11-23T06:00:00" });
    await placePackage(mirror, next.input, { clock });
    await ask(half, old.bytes.length);

    assert.deepEqual(sink.pieces.map(({ bytes }) => bytes), [old.bytes]);
    const [newer] = (await client.catalog()).datasets;
    assert.equal(newer?.fingerprint, next.input.fingerprint);
  },
});

Deno.test({
  name: "a packed folder behind the documented nginx syncs, and the next day as a delta",
  ignore,
  async fn() {
    await using temp = await tempDir();
    const options = { folder: temp.at("data"), output: temp.at("hub"), name: "daily" };
    const treeOf = (dataset: DemoDataset): Tree =>
      new Map(dataset.files.map((file) => [file.path, contentOf(file)]));
    const today = DemoDataset.firstDay(pro({ scale: 0.02, rows: 200 }));
    await writeTree(options.folder, treeOf(today));
    await packTree(options);
    await using nginx = await startHubNginx(options.output);
    await using rig = await EngineRig.make({ name: "daily" });

    const first = await rig.sync(nginx!.url);
    assert.equal(first.status, "success", first.error);
    assertSameTree(await rig.tree(), treeOf(today));
    assert.equal((await rig.sync(nginx!.url)).status, "up_to_date");

    const tomorrow = today.nextDay({ share: 0.1, added: 1 });
    await writeTree(options.folder, treeOf(tomorrow));
    const report = await packTree(options);
    assert(report.reused > 80, `${report.reused} reused`);
    const second = await rig.sync(nginx!.url);
    assert.equal(second.status, "success", second.error);
    assert(
      second.bytesDownloaded < second.bytesTotal / 4,
      `fetched ${second.bytesDownloaded} of ${second.bytesTotal}`,
    );
    assertSameTree(await rig.tree(), treeOf(tomorrow));
    assert.equal(await rig.recorded(), report.version);
  },
});
