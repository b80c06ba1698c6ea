/** Snapshots go live by one link, keep what users added, and go when they are old. */
import assert from "node:assert/strict";
import { CONVERT_STEPS, toPlain, toSnapshot } from "../../src/store/snapshot/convert.ts";
import { Manifest } from "../../src/store/manifest.ts";
import { publish } from "../../src/store/publish/publish.ts";
import { recoverPublish } from "../../src/store/recover.ts";
import { publishSnapshot, SNAPSHOT_STEPS } from "../../src/store/snapshot/snapshot.ts";
import { runSync } from "../support/command.ts";
import { canMount, mount } from "../support/mounts.ts";
import { TempFolder } from "../support/temp.ts";
import {
  describe,
  FIRST,
  firstVersion,
  layoutOf,
  OPTIONS,
  readTree,
  stage,
  versionsOf,
  writeTree,
} from "./dataset_folder.ts";

Deno.test("publishSnapshot() makes local_dir a relative link to the first version", async () => {
  using temp = new TempFolder();
  await firstVersion(temp);
  assert.equal(Deno.readLinkSync(temp.at("data")), ".data.datahubsync/versions/000001");
  assert.deepEqual(readTree(temp.at("data")), FIRST);
  const layout = await layoutOf(temp);
  assert.equal(layout.localDir, temp.at("data"));
  assert.equal((await Manifest.load(layout.manifest))?.size, 3);
});

Deno.test("publishSnapshot() links what is unchanged, carries users' files over, keeps old readers", async () => {
  using temp = new TempFolder();
  await firstVersion(temp);
  writeTree(temp.at("data"), { "mine/note.txt": "mine" });
  Deno.mkdirSync(temp.at("data/empty"));
  Deno.symlinkSync("a.csv", temp.at("data/alias"));
  const old = Deno.realPathSync(temp.at("data"));
  const layout = await layoutOf(temp);
  const plan = await stage(layout, { "b/c.csv": "new", "n/e/w.csv": "w" }, [
    describe(temp.at("data/gone/d.csv"), "gone/d.csv"),
  ]);
  const steps: string[] = [];
  const report = await publishSnapshot(layout, plan, {
    ...OPTIONS,
    onStep: (step) => steps.push(step),
  });
  assert.deepEqual(steps, [...SNAPSHOT_STEPS]);
  assert.deepEqual(report, { published: 2, deleted: 1, kept: [] });
  assert.deepEqual(readTree(temp.at("data")), {
    "a.csv": "1",
    "alias": "→ a.csv",
    "b/c.csv": "new",
    "empty": "folder",
    "mine/note.txt": "mine",
    "n/e/w.csv": "w",
  });
  assert.equal(Deno.statSync(`${old}/a.csv`).ino, Deno.statSync(temp.at("data/a.csv")).ino);
  assert.equal(Deno.readTextFileSync(`${old}/b/c.csv`), "2");
  assert.equal(Deno.readTextFileSync(`${old}/gone/d.csv`), "3");
});

for (const name of ["\\320\\302.csv", "b/\\320\\302.csv"]) {
  Deno.test(`a user's file ${name}, which isn't UTF-8, is lost to no version`, async () => {
    using temp = new TempFolder();
    writeTree(temp.at("plain"), FIRST);
    await firstVersion(temp);
    const find = () => runSync("find", ["-L", temp.at("data"), "-type", "f"]).split("\n").length;
    for (const folder of ["plain", "data"]) {
      runSync("sh", ["-c", `cd "$1"; : > "$(printf "$2")"`, "sh", temp.at(folder), name]);
    }
    const before = find();
    const layout = await layoutOf(temp);
    const plan = await stage(layout, { "a.csv": "new" });
    const refusal = {
      code: "wrong_type",
      message: /aren't UTF-8, .* \(1\): \$'(b\/)?\\320\\302\.csv'/,
    };
    await assert.rejects(publishSnapshot(layout, plan, OPTIONS), refusal);
    assert.equal(find(), before);
    assert.equal(Deno.readTextFileSync(temp.at("data/a.csv")), "1");
    await assert.rejects(toSnapshot(await layoutOf(temp, "plain")), refusal);
    assert(Deno.lstatSync(temp.at("plain")).isDirectory);
  });
}

Deno.test("publishSnapshot() keeps keepVersions versions and no leftovers", async () => {
  using temp = new TempFolder();
  await firstVersion(temp);
  Deno.mkdirSync(temp.at(".data.datahubsync/versions/000009.building"));
  for (const content of ["x", "y", "z"]) {
    const layout = await layoutOf(temp);
    await publishSnapshot(layout, await stage(layout, { "a.csv": content }), OPTIONS);
  }
  assert.deepEqual(versionsOf(temp), ["000003", "000004"]);
  const layout = await layoutOf(temp);
  await publishSnapshot(layout, await stage(layout, {}), { ...OPTIONS, keepVersions: 1 });
  assert.deepEqual(versionsOf(temp), ["000004"]);
  assert.equal(readTree(temp.at("data"))["a.csv"], "z");
});

for (const step of SNAPSHOT_STEPS) {
  Deno.test(`publishSnapshot() that dies at ${step} shows one whole version and can be done again`, async () => {
    using temp = new TempFolder();
    await firstVersion(temp);
    const layout = await layoutOf(temp);
    const changed = { "a.csv": "one", "b/c.csv": "two" };
    const plan = await stage(layout, changed);
    const onStep = (at: string): void => {
      if (at === step) throw new Error("killed");
    };
    await assert.rejects(publishSnapshot(layout, plan, { ...OPTIONS, onStep }), /killed/);
    const switched = SNAPSHOT_STEPS.indexOf(step) >= SNAPSHOT_STEPS.indexOf("switched");
    assert.deepEqual(readTree(temp.at("data")), switched ? { ...FIRST, ...changed } : FIRST);
    assert.equal(await recoverPublish(layout), false);
    const again = await layoutOf(temp);
    await publishSnapshot(again, await stage(again, changed), OPTIONS);
    assert.deepEqual(readTree(temp.at("data")), { ...FIRST, ...changed });
    assert(versionsOf(temp).length <= 2);
  });
}

Deno.test("publishSnapshot() takes an empty folder's place and refuses a filled one", async () => {
  using temp = new TempFolder();
  writeTree(temp.at("data"), { mine: "mine" });
  const layout = await layoutOf(temp);
  const plan = await stage(layout, FIRST);
  await assert.rejects(publishSnapshot(layout, plan, OPTIONS), { code: "wrong_type" });
  assert.deepEqual(readTree(temp.at("data")), { mine: "mine" });
  Deno.removeSync(temp.at("data/mine"));
  await publishSnapshot(layout, plan, OPTIONS);
  assert.deepEqual(readTree(temp.at("data")), FIRST);
});

Deno.test("publishSnapshot() refuses what plain publishing refuses, and a live version that is gone", async () => {
  using temp = new TempFolder();
  await firstVersion(temp);
  const layout = await layoutOf(temp);
  const plan = await stage(layout, { "b": "a file" });
  await assert.rejects(publishSnapshot(layout, plan, OPTIONS), /b is a folder/);
  Deno.removeSync(temp.at(".data.datahubsync/versions"), { recursive: true });
  const dangling = await layoutOf(temp);
  await assert.rejects(publishSnapshot(dangling, plan, OPTIONS), /live version is gone/);
});

Deno.test("publish() goes on working in a snapshot and leaves older versions alone", async () => {
  using temp = new TempFolder();
  await firstVersion(temp);
  const second = await layoutOf(temp);
  await publishSnapshot(second, await stage(second, { "b/c.csv": "x" }), OPTIONS);
  const layout = await layoutOf(temp);
  await publish(layout, await stage(layout, { "a.csv": "plain" }), { durable: true });
  assert.equal(Deno.readTextFileSync(temp.at("data/a.csv")), "plain");
  assert.equal(Deno.readTextFileSync(temp.at(".data.datahubsync/versions/000001/a.csv")), "1");
});

Deno.test("toSnapshot() and toPlain() take a folder there and back, inode for inode", async () => {
  using temp = new TempFolder();
  const plain = await layoutOf(temp);
  await publish(plain, await stage(plain, FIRST), { durable: true });
  const before = Deno.statSync(temp.at("data/a.csv"));
  assert.equal(await toSnapshot(plain), true);
  const snapshot = await layoutOf(temp);
  assert.equal(await toSnapshot(snapshot), false);
  assert.equal(snapshot.snapshot?.current, temp.at(".data.datahubsync/versions/000001"));
  assert.deepEqual(readTree(temp.at("data")), FIRST);
  assert.equal(await toPlain(snapshot), true);
  const again = await layoutOf(temp);
  assert.equal(await toPlain(again), false);
  assert.deepEqual(readTree(temp.at("data")), FIRST);
  const after = Deno.statSync(temp.at("data/a.csv"));
  assert.deepEqual([after.ino, after.mtime], [before.ino, before.mtime]);
  assert.deepEqual([...Deno.readDirSync(again.work)].map((item) => item.name).sort(), [
    "manifest",
  ]);
});

for (const step of CONVERT_STEPS) {
  Deno.test(`a conversion killed at ${step} is finished by recoverPublish()`, async () => {
    using temp = new TempFolder();
    writeTree(temp.at("data"), FIRST);
    const onStep = (at: string): void => {
      if (at === step) throw new Error("killed");
    };
    await assert.rejects(toSnapshot(await layoutOf(temp), { onStep }), /killed/);
    await recoverPublish(await layoutOf(temp));
    assert(Deno.lstatSync(temp.at("data")).isSymlink);
    assert.deepEqual(readTree(temp.at("data")), FIRST);
    await assert.rejects(toPlain(await layoutOf(temp), { onStep }), /killed/);
    await recoverPublish(await layoutOf(temp));
    assert(Deno.lstatSync(temp.at("data")).isDirectory);
    assert.deepEqual(readTree(temp.at("data")), FIRST);
  });
}

Deno.test("a conversion doesn't overwrite what somebody put there in between", async () => {
  using temp = new TempFolder();
  writeTree(temp.at("data"), FIRST);
  const onStep = (at: string): void => {
    if (at === "taken_away") throw new Error("killed");
  };
  await assert.rejects(toSnapshot(await layoutOf(temp), { onStep }), /killed/);
  writeTree(temp.at("data"), { theirs: "t" });
  await assert.rejects(recoverPublish(await layoutOf(temp)), { code: "wrong_type" });
  assert.deepEqual(readTree(temp.at("data")), { theirs: "t" });
  Deno.removeSync(temp.at("data"), { recursive: true });
  assert.equal(await recoverPublish(await layoutOf(temp)), true);
  assert.deepEqual(readTree(temp.at("data")), FIRST);
});

Deno.test("toSnapshot() refuses links that would break, pipes, and an open journal", async () => {
  using temp = new TempFolder();
  writeTree(temp.at("data"), FIRST);
  Deno.symlinkSync("../../outside", temp.at("data/b/link"));
  await assert.rejects(toSnapshot(await layoutOf(temp)), /leads out of the folder/);
  Deno.removeSync(temp.at("data/b/link"));
  Deno.symlinkSync("../a.csv", temp.at("data/b/fine"));
  Deno.symlinkSync("/etc", temp.at("data/absolute"));
  const layout = await layoutOf(temp);
  const plan = await stage(layout, { "a.csv": "n" });
  const onStep = (at: string): void => {
    if (at === "moved") throw new Error("killed");
  };
  await assert.rejects(publish(layout, plan, { durable: false, onStep }), /killed/);
  await assert.rejects(toSnapshot(layout), /hasn't been finished/);
  await recoverPublish(layout);
  assert.equal(await toSnapshot(layout), true);
});

Deno.test({
  name: "toSnapshot() refuses a mount point, and one below it",
  ignore: !canMount("tmpfs"),
  fn: async () => {
    using temp = new TempFolder();
    writeTree(temp.at("data"), FIRST);
    using _below = mount("tmpfs", "size=64k", temp.at("data/disk"));
    await assert.rejects(toSnapshot(await layoutOf(temp)), { code: "cross_device" });
    using _itself = mount("tmpfs", "size=64k", temp.at("other"));
    await assert.rejects(toSnapshot(await layoutOf(temp, "other")), { code: "cross_device" });
  },
});
