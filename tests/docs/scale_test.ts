/** What `docs/scale.md` shows is what works. */
import assert from "node:assert/strict";
import { loadConfig } from "../../src/config/load_config.ts";
import { placePackage, pruneSite } from "../../src/site/place.ts";
import { testClient } from "../hub/client_fixture.ts";
import { makePackage, servedFiles } from "../site/packages.ts";
import { testClock } from "../support/clock.ts";
import { run } from "../support/command.ts";
import { EngineRig } from "../support/engine.ts";
import { seededRandom } from "../support/random.ts";
import { tempDir } from "../support/temp.ts";
import { codeBlock, replaceOnce } from "./code_block.ts";
import { hasRclone, rcloneEnvironment, startBucket } from "./rclone.ts";

const HOUR = 3600 * 1000;
const withRclone = hasRclone();

Deno.test("the configurations for many machines load without a warning", async () => {
  await using temp = await tempDir();
  const load = async (holding: string) => {
    const text = await codeBlock("scale.md", { language: "yaml", holding });
    await Deno.writeTextFile(temp.at("config.yaml"), text);
    const config = await loadConfig(temp.at("config.yaml"), { env: () => undefined });
    assert.deepEqual(config.warnings, []);
    return config;
  };
  const feeder = await load("config.yaml of the one machine");
  assert.deepEqual(feeder.mirror, { dir: "/srv/mirror", keepHours: 24 });
  const client = await load("config.yaml of every other machine");
  assert.deepEqual(client.hub.urls, ["http://mirror.example.com", "https://hub.example.com"]);
  assert.equal(client.datasets[0]?.maxAge?.hours, 30);
  const writer = await load("config.yaml of the one that writes");
  assert.equal(writer.datasets[0]?.publish, "snapshot");
  assert.equal(writer.datasets[0]?.keepVersions, 5);
});

Deno.test({
  name: "the commands for a bucket bring the mirror there, the catalog last, and clear up",
  ignore: !withRclone, // needs rclone: apt-get install rclone
  async fn() {
    await using temp = await tempDir();
    await using bucket = await startBucket();
    const clock = testClock();
    const mirror = { dir: temp.at("mirror"), keepHours: 24 };
    const block = await codeBlock("scale.md", { language: "sh", holding: "rclone" });
    const script = replaceOnce(
      replaceOnce(block, "MIRROR=/srv/mirror", `MIRROR='${mirror.dir}'`),
      "BUCKET=bucket:my-bucket/hub",
      `BUCKET='${bucket.remote}'`,
    );
    const env = { ...rcloneEnvironment(), TMPDIR: temp.path };
    const bring = () => run("sh", ["-c", script], { env, clearEnv: true });
    const catalogText = () => Deno.readTextFile(`${bucket.folder}/api/datasets`);

    const one = await makePackage(temp, { text: "first day" });
    await placePackage(mirror, one.input, { clock });
    await bring();
    assert.deepEqual(await servedFiles(bucket.folder), await servedFiles(mirror.dir));
    const before = await catalogText();

    // The same length, so that only the content tells the catalogs apart.
    const two = await makePackage(temp, {
      text: "2nd day..",
      version: "2026-11-23T06:02:38.165365",
    });
    await placePackage(mirror, two.input, { clock });
    await bring();
    const after = await catalogText();
    assert.equal(after.length, before.length);
    assert.equal(after, await Deno.readTextFile(`${mirror.dir}/api/datasets`));
    assert.deepEqual(await servedFiles(bucket.folder), await servedFiles(mirror.dir));
    assert.equal(
      (await servedFiles(bucket.folder)).length,
      6,
      "the replaced package is still there",
    );

    clock.advance(25 * HOUR);
    await pruneSite(mirror, { clock });
    await bring();
    assert.deepEqual(await servedFiles(bucket.folder), await servedFiles(mirror.dir));
    assert.equal((await servedFiles(bucket.folder)).length, 4);

    // Below a path, as buckets are.
    using client = testClient(bucket.url);
    const { datasets: [entry] } = await client.catalog();
    assert.equal(
      client.package(entry!).url,
      `${bucket.url}/package/daily/${two.input.fingerprint.slice(0, 16)}.zip`,
    );
    await using rig = await EngineRig.make({ name: "daily" });
    const result = await rig.sync(bucket.url);
    assert.equal(result.status, "success", result.error);
    const [content] = (await rig.tree()).values();
    assert.equal(new TextDecoder().decode(content), "2nd day..");

    // Patches go there, too, and a client behind the bucket comes by them.
    const random = seededRandom(1);
    const noise = Array.from({ length: 120_000 }, () => Math.floor(random() * 36).toString(36));
    for (const row of ["third day", "third day\nfourth day"]) {
      const day = await makePackage(temp, { text: noise.join("") + row, version: row });
      await placePackage(mirror, day.input, { clock });
      await bring();
      const files = await servedFiles(bucket.folder);
      assert.deepEqual(files, await servedFiles(mirror.dir));
      assert.equal(files.filter((path) => path.endsWith(".patch")).length, row.length > 10 ? 1 : 0);
      const result = await rig.sync(bucket.url, { job: { force: true } });
      assert.equal(result.status, "success", result.error);
      const [content] = (await rig.tree()).values();
      assert(new TextDecoder().decode(content).endsWith(row));
    }
  },
});
