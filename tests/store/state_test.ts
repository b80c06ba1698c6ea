/** The state is read as v2.0 wrote it, and keeps what it doesn't know. */
import assert from "node:assert/strict";
import { waitForLock } from "../../src/fs/file_lock.ts";
import { loadState, locateState, recordVersion } from "../../src/store/memory/state.ts";
import { TempFolder } from "../support/temp.ts";
import { pause } from "../support/until.ts";
import { writeTree } from "./dataset_folder.ts";

Deno.test("loadState() reads v2.0's files: none, empty, blank, {} and a filled one", async () => {
  using temp = new TempFolder();
  const path = temp.at(".last_sync.json");
  assert.deepEqual([...await loadState(path)], []);
  for (const text of ["", " \n", "{}", "\uFEFF{}\n"]) {
    Deno.writeTextFileSync(path, text);
    assert.deepEqual([...await loadState(path)], [], JSON.stringify(text));
  }
  Deno.writeTextFileSync(path, '{\n  "股票": "2025-02-04T20:15:00Z",\n  "n": 5, "x": null\n}');
  assert.deepEqual([...await loadState(path)], [["股票", "2025-02-04T20:15:00Z"]]);
});

Deno.test("loadState() and recordVersion() refuse garbage and leave it as it is", async () => {
  using temp = new TempFolder();
  const path = temp.at("state");
  for (const text of ["[]", "null", "5", '"x"', "{", '{"a":"b"', "\0\0\0", "not json"]) {
    Deno.writeTextFileSync(path, text);
    await assert.rejects(loadState(path), { code: "bad_format" }, text);
    await assert.rejects(recordVersion(path, "a", "b"), { code: "bad_format" }, text);
    assert.equal(Deno.readTextFileSync(path), text);
  }
});

Deno.test("recordVersion() keeps the order, others' keys and unknown values", async () => {
  using temp = new TempFolder();
  const path = temp.at("state");
  Deno.writeTextFileSync(path, '{"b":"1","a":{"odd":true},"c":"3"}');
  await recordVersion(path, "b", "2");
  await recordVersion(path, "d", "4");
  await recordVersion(path, "c", null);
  await recordVersion(path, "none", null);
  assert.equal(
    Deno.readTextFileSync(path),
    JSON.stringify({ b: "2", a: { odd: true }, d: "4" }, null, 2) + "\n",
  );
});

Deno.test("recordVersion() takes any name", async () => {
  using temp = new TempFolder();
  await recordVersion(temp.at("new/state"), "__proto__", "1");
  await recordVersion(temp.at("new/state"), "股票 x", "2");
  assert.deepEqual([...await loadState(temp.at("new/state"))], [["__proto__", "1"], [
    "股票 x",
    "2",
  ]]);
});

Deno.test("recordVersion() loses nothing when many record at once", async () => {
  using temp = new TempFolder();
  const names = Array.from({ length: 20 }, (_, n) => `set${n}`);
  await Promise.all(names.map((name) => recordVersion(temp.at("s"), name, `v-${name}`)));
  assert.deepEqual([...(await loadState(temp.at("s"))).keys()].sort(), names.sort());
});

Deno.test("recordVersion() writes through a link and keeps the file's mode", async () => {
  using temp = new TempFolder();
  Deno.writeTextFileSync(temp.at("real"), "");
  Deno.chmodSync(temp.at("real"), 0o640);
  Deno.symlinkSync("real", temp.at("link"));
  await recordVersion(temp.at("link"), "a", "1");
  assert.equal(Deno.lstatSync(temp.at("link")).isSymlink, true);
  assert.equal(Deno.statSync(temp.at("real")).mode! & 0o777, 0o640);
  assert.deepEqual([...await loadState(temp.at("real"))], [["a", "1"]]);
});

Deno.test("recordVersion() waits for another run that is writing, and keeps what it wrote", async () => {
  using temp = new TempFolder();
  const path = temp.at("s");
  const other = await waitForLock(`${path}.lock`);
  const recording = recordVersion(path, "a", "1");
  await pause(50); // in which it would have read
  Deno.writeTextFileSync(path, '{"b": "2"}');
  other.close();
  await recording;
  assert.deepEqual([...await loadState(path)], [["b", "2"], ["a", "1"]]);
});

Deno.test("locateState() looks at --state, below and beside the config, then where v2.0 kept it", async () => {
  using temp = new TempFolder();
  const location = { configPath: temp.at("config/config.yaml"), baseDir: temp.path };
  assert.equal(await locateState(location), temp.at("config/.last_sync.json"));
  writeTree(temp.path, { ".last_sync.json": "" });
  assert.equal(await locateState(location), temp.at(".last_sync.json"));
  const elsewhere = { configPath: temp.at("etc/config.yaml"), baseDir: temp.at("etc") };
  assert.equal(await locateState(elsewhere), temp.at("etc/.last_sync.json"));
  writeTree(temp.path, { "config/.last_sync.json": "" });
  assert.equal(await locateState(location), temp.at("config/.last_sync.json"));
  await Deno.mkdir(temp.at("config/.datahubsync"));
  assert.equal(await locateState(location), temp.at("config/.last_sync.json"));
  await Deno.writeTextFile(temp.at("config/.datahubsync/last_sync.json"), "");
  assert.equal(await locateState(location), temp.at("config/.datahubsync/last_sync.json"));
  assert.equal(await locateState({ ...location, flag: temp.at("x") }), temp.at("x"));
});
