/**
 * A package that would replace the configuration, where the data's folder holds that too.
 *
 * @module
 */
import assert from "node:assert/strict";
import { DemoHub } from "../../src/demo/hub.ts";
import { buildZip } from "../../src/zip/zip_writer.ts";
import { EngineRig } from "../support/engine.ts";

const MINE = "hub: {url: http://mine}\n";
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

async function offer(hub: DemoHub, rig: EngineRig, ...paths: string[]): Promise<void> {
  const content = bytes("hub: {url: http://theirs}\n");
  const files = ["a.csv", ...paths].map((path) => ({ path, content }));
  hub.setDataset(rig.dataset.name, { version: "2026-01-05T20:15:00", package: buildZip(files) });
  await Deno.mkdir(rig.dataset.localDir, { recursive: true });
}

Deno.test("syncAll() refuses a package that would replace the configuration", async () => {
  for (const way of ["plainly", "through a link", "in a folder"]) {
    await using rig = await EngineRig.make({ dataset: { stripPrefix: "" } });
    await using hub = new DemoHub({ kind: "modern" });
    const { localDir } = rig.dataset;
    const name = way === "in a folder" ? "etc/config.yaml" : "config.yaml";
    await offer(hub, rig, name);
    await Deno.mkdir(`${localDir}/etc`);
    await Deno.writeTextFile(`${localDir}/${name}`, MINE);
    let config = `${localDir}/${name}`;
    if (way === "through a link") {
      await Deno.symlink(config, rig.at("link.yaml"));
      config = rig.at("link.yaml");
    }
    const result = await rig.sync(hub.url, { context: { guarded: [config] } });
    assert.equal(result.status, "extract_failed", way);
    assert.match(result.error!, /would replace the configuration/);
    assert.match(result.hint!, /folder of its own/);
    assert.equal(await Deno.readTextFile(config), MINE);
    assert.deepEqual([...(await rig.tree()).keys()], [name]);
  }
});

Deno.test("syncAll() takes a package with a file of the configuration's name elsewhere, or left out", async () => {
  for (const [folder, exclude] of [["", ["config.yaml"]], ["other", []]] as const) {
    await using rig = await EngineRig.make({
      dataset: { stripPrefix: "", exclude: [...exclude], deleteRemoved: false },
    });
    await using hub = new DemoHub({ kind: "modern" });
    await offer(hub, rig, "config.yaml");
    const config = `${rig.dataset.localDir}/${folder}/config.yaml`;
    await Deno.mkdir(`${rig.dataset.localDir}/${folder}`, { recursive: true });
    await Deno.writeTextFile(config, MINE);
    const result = await rig.sync(hub.url, { context: { guarded: [config] } });
    assert.equal(result.status, "success", result.error);
    assert.equal(await Deno.readTextFile(config), MINE);
  }
});
