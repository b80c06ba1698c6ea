/**
 * A package that would replace the configuration or another file of the installation, where the
 * data's folder holds that too.
 *
 * @module
 */
import assert from "node:assert/strict";
import { FaultyHub } from "../../support/faulty_hub/hub.ts";
import { buildZip } from "../../support/zip_builder.ts";
import { installationFiles } from "../../../src/client/installation_files.ts";
import { parseConfig } from "../../../src/config/load_config.ts";
import type { Guarded } from "../../../src/sync/on_disk/guarded_files.ts";
import { EngineRig } from "../../support/engine.ts";
import { installed } from "../../support/installed.ts";
import { canMount, mount, setShortName } from "../../support/mounts.ts";

const MINE = "hub: {url: http://mine}\n";
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

const guard = (path: string): Guarded => ({ path, what: "the configuration" });

async function offer(hub: FaultyHub, rig: EngineRig, ...paths: string[]): Promise<void> {
  const content = bytes("hub: {url: http://theirs}\n");
  const files = ["a.csv", ...paths].map((path) => ({ path, content }));
  hub.setDataset(rig.dataset.name, { version: "2026-01-05T20:15:00", package: buildZip(files) });
  await Deno.mkdir(rig.dataset.localDir, { recursive: true });
}

Deno.test("syncAll() refuses a package that would replace the configuration", async () => {
  for (const way of ["plainly", "through a link", "in a folder"]) {
    await using rig = await EngineRig.make({ dataset: { stripPrefix: "" } });
    await using hub = new FaultyHub({ kind: "modern" });
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
    const result = await rig.sync(hub.url, { context: { guarded: [guard(config)] } });
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
    await using hub = new FaultyHub({ kind: "modern" });
    await offer(hub, rig, "config.yaml");
    const config = `${rig.dataset.localDir}/${folder}/config.yaml`;
    await Deno.mkdir(`${rig.dataset.localDir}/${folder}`, { recursive: true });
    await Deno.writeTextFile(config, MINE);
    const result = await rig.sync(hub.url, { context: { guarded: [guard(config)] } });
    assert.equal(result.status, "success", result.error);
    assert.equal(await Deno.readTextFile(config), MINE);
  }
});

Deno.test("syncAll() refuses other names of a guarded file, and one that isn't there yet", async () => {
  const ways: Record<string, { entry: string; set?: (config: string, dir: string) => void }> = {
    "another case": { entry: "CONFIG.yaml" },
    "another composition": { entry: "conﬁg.yaml" }, // a ligature
    "a dot that FAT drops": { entry: "config.yaml." },
    "a letter nobody sees": { entry: "con\u200bfig.yaml" },
    "a hard link": {
      entry: "harmless.csv",
      set: (config, dir) => Deno.linkSync(config, `${dir}/harmless.csv`),
    },
    "a hard link of a file elsewhere": {
      entry: "d/harmless.csv",
      set: (config, dir) => {
        Deno.renameSync(config, `${dir}/../moved.yaml`);
        Deno.mkdirSync(`${dir}/d`);
        Deno.linkSync(`${dir}/../moved.yaml`, `${dir}/d/harmless.csv`);
        Deno.symlinkSync(`${dir}/../moved.yaml`, config);
      },
    },
    "not there yet": { entry: "config.yaml", set: (config) => Deno.removeSync(config) },
  };
  for (const [way, { entry, set }] of Object.entries(ways)) {
    await using rig = await EngineRig.make({ dataset: { stripPrefix: "" } });
    await using hub = new FaultyHub({ kind: "modern" });
    await offer(hub, rig, entry);
    const config = `${rig.dataset.localDir}/config.yaml`;
    await Deno.writeTextFile(config, MINE);
    set?.(config, rig.dataset.localDir);
    const before = [...(await rig.tree()).keys()];
    const result = await rig.sync(hub.url, { context: { guarded: [guard(config)] } });
    assert.equal(result.status, "extract_failed", way);
    assert.match(result.error!, /would replace the configuration/, way);
    assert.deepEqual([...(await rig.tree()).keys()], before, way);
  }
});

/** Packages with the short name of something that isn't data, and what the refusal says. */
const SHORT: Record<string, RegExp> = {
  "CONFIG~1.YAM": /would replace the configuration/,
  "DATAHU~1/journal": /would write into a work folder: DATAHU~1\/journal/,
  "DATAHU~1": /would write into a work folder/,
  "PROGRA~1/datahubsync": /would replace the program/,
};

/** The data's folder is the mount's top, so that the work folder lies in it. */
async function refusesShortNames(dir: string, name: (path: string, short: string) => void) {
  await Deno.mkdir(`${dir}/programs of mine`);
  for (const file of ["configuration.yaml", "programs of mine/datahubsync"]) {
    await Deno.writeTextFile(`${dir}/${file}`, MINE);
  }
  await Deno.mkdir(`${dir}/.datahubsync`);
  name(`${dir}/configuration.yaml`, "CONFIG~1.YAM");
  name(`${dir}/.datahubsync`, "DATAHU~1");
  name(`${dir}/programs of mine`, "PROGRA~1");
  const guarded = [
    guard(`${dir}/configuration.yaml`),
    { path: `${dir}/programs of mine/datahubsync`, what: "the program" },
  ];
  for (const [entry, message] of Object.entries(SHORT)) {
    await using rig = await EngineRig.make({ dataset: { stripPrefix: "", localDir: dir } });
    await using hub = new FaultyHub({ kind: "modern" });
    await offer(hub, rig, entry);
    assert.equal((await rig.layout()).work, `${dir}/.datahubsync`);
    const result = await rig.sync(hub.url, { context: { guarded } });
    assert.equal(result.status, "extract_failed", entry);
    assert.match(result.error!, message, entry);
    for (const { path } of guarded) assert.equal(await Deno.readTextFile(path), MINE);
    assert.deepEqual([...(await rig.tree()).keys()].sort(), [
      "configuration.yaml",
      "programs of mine/datahubsync",
    ]);
  }
}

Deno.test({
  name: "syncAll() refuses the short names of guarded files and work folders on NTFS",
  ignore: !canMount("ntfs") || !installed("python3"),
  async fn() {
    using disk = mount("ntfs");
    await refusesShortNames(disk.path, setShortName);
  },
});

Deno.test({
  name: "syncAll() refuses the short names of guarded files and work folders on NTFS without case",
  ignore: !canMount("ntfs_nocase") || !installed("python3"),
  async fn() {
    using disk = mount("ntfs_nocase");
    await refusesShortNames(disk.path, setShortName);
  },
});

Deno.test("installationFiles() names every file that an installation works with", async () => {
  const text = `hub: { url: "http://hub.example", ca_file: ./ca.pem }
datasets: [{ name: bars, local_dir: ./data }]
logging: { file: ./data/sync.log }
metrics: { textfile: ./data/sync.prom }
`;
  const config = parseConfig(text, { path: "/srv/config.yaml" });
  const files = installationFiles(config, "/srv/.last_sync.json");
  assert.deepEqual(files.slice(0, 7).map(({ path }) => path), [
    "/srv/config.yaml",
    "/srv/.last_sync.json",
    "/srv/.last_sync.json.lock",
    "/srv/data/sync.log",
    "/srv/data/sync.prom",
    "/srv/ca.pem",
    Deno.execPath(),
  ]);
  for (const { path, what } of files) {
    await using rig = await EngineRig.make({ dataset: { stripPrefix: "" } });
    await using hub = new FaultyHub({ kind: "modern" });
    const name = path.split("/").at(-1)!;
    await offer(hub, rig, name);
    const guarded = [{ path: `${rig.dataset.localDir}/${name}`, what }];
    const result = await rig.sync(hub.url, { context: { guarded } });
    assert.equal(result.status, "extract_failed", path);
    assert(result.error?.includes(`would replace ${what} `), result.error);
  }
});
