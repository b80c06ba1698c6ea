/** Where a dataset's work folder is, for every kind of local_dir. */
import assert from "node:assert/strict";
import { basename } from "node:path";
import { ensureLayout, resolveLayout } from "../../src/store/layout.ts";
import { folderLooksFilled } from "../../src/store/folder_state.ts";
import { canMount, mount } from "../support/mounts.ts";
import { TempFolder } from "../support/temp.ts";
import { writeTree } from "./dataset_folder.ts";

Deno.test("resolveLayout() puts the work folder beside the data and changes nothing", async () => {
  using temp = new TempFolder();
  Deno.mkdirSync(temp.at("bars"));
  const layout = await resolveLayout(temp.at("bars"));
  assert.equal(layout.work, temp.at(".bars.datahubsync"));
  assert.equal(layout.inside, false);
  assert.equal(layout.snapshot, undefined);
  assert.deepEqual([...Deno.readDirSync(temp.path)].map((item) => item.name), ["bars"]);
});

Deno.test("resolveLayout() never takes the work folder from a run that has just made it", async () => {
  using temp = new TempFolder();
  Deno.mkdirSync(temp.at("bars"));
  // What happens in the folder, in order; the last name says that all before it is there.
  using watcher = Deno.watchFs(temp.path, { recursive: false });
  assert.equal((await resolveLayout(temp.at("bars"))).inside, false);
  Deno.mkdirSync(temp.at("end"));
  const touched = new Set<string>();
  for await (const { paths } of watcher) {
    for (const path of paths) touched.add(basename(path));
    if (touched.has("end")) break;
  }
  assert.equal(touched.has(".bars.datahubsync"), false);
  assert.equal(touched.size > 1, true, "it tried whether a folder can be made");
});

Deno.test("resolveLayout() takes a local_dir whose parents don't exist", async () => {
  using temp = new TempFolder();
  const layout = await resolveLayout(temp.at("a/b/bars"));
  assert.equal(layout.localDir, temp.at("a/b/bars"));
  assert.equal(layout.work, temp.at("a/b/.bars.datahubsync"));
  await ensureLayout(layout);
  assert.equal(Deno.statSync(layout.work).mode! & 0o777, 0o700);
  assert.equal(Deno.statSync(layout.staging).mode! & 0o777, 0o700);
});

Deno.test("resolveLayout() follows a user's links and lies beside their target", async () => {
  using temp = new TempFolder();
  Deno.mkdirSync(temp.at("disk/real"), { recursive: true });
  Deno.symlinkSync("disk/real", temp.at("one"));
  Deno.symlinkSync(temp.at("one"), temp.at("two"));
  Deno.symlinkSync("disk", temp.at("parent"));
  for (const name of ["one", "two", "parent/real", "disk/real/"]) {
    const layout = await resolveLayout(temp.at(name));
    assert.equal(layout.localDir, temp.at("disk/real"), name);
    assert.equal(layout.work, temp.at("disk/.real.datahubsync"), name);
  }
});

Deno.test("resolveLayout() takes a link whose target doesn't exist yet", async () => {
  using temp = new TempFolder();
  Deno.symlinkSync("later/real", temp.at("data"));
  assert.equal((await resolveLayout(temp.at("data"))).localDir, temp.at("later/real"));
});

Deno.test("resolveLayout() refuses a file and a loop of links", async () => {
  using temp = new TempFolder();
  writeTree(temp.path, { file: "" });
  Deno.symlinkSync("b", temp.at("a"));
  Deno.symlinkSync("a", temp.at("b"));
  await assert.rejects(resolveLayout(temp.at("file")), { code: "wrong_type" });
  await assert.rejects(resolveLayout(temp.at("a")), { code: "wrong_type" });
});

Deno.test("resolveLayout() knows our own link, also through a user's", async () => {
  using temp = new TempFolder();
  Deno.mkdirSync(temp.at(".data.datahubsync/versions/000003"), { recursive: true });
  Deno.symlinkSync(".data.datahubsync/versions/000003", temp.at("data"));
  Deno.symlinkSync("data", temp.at("mine"));
  for (const name of ["data", "mine"]) {
    const layout = await resolveLayout(temp.at(name));
    assert.equal(layout.localDir, temp.at("data"));
    assert.equal(layout.work, temp.at(".data.datahubsync"));
    assert.deepEqual(layout.snapshot, {
      link: temp.at("data"),
      current: temp.at(".data.datahubsync/versions/000003"),
    });
  }
});

Deno.test("resolveLayout() keeps to 255 bytes with the longest of names", async () => {
  using temp = new TempFolder();
  const layout = await resolveLayout(temp.at("股".repeat(85)));
  await ensureLayout(layout);
  assert.equal(Deno.statSync(layout.work).isDirectory, true);
});

Deno.test("resolveLayout() gives no two folders one work folder, however long their names are", async () => {
  using temp = new TempFolder();
  for (const begin of ["股".repeat(84), "x".repeat(254), "🦀".repeat(63)]) {
    const works = new Set<string>();
    for (const end of ["", "1", "2"]) {
      const layout = await resolveLayout(temp.at(begin + end));
      await ensureLayout(layout);
      works.add(layout.work);
    }
    assert.equal(works.size, 3);
  }
});

Deno.test({
  name: "resolveLayout() goes inside a mount point, with names that nobody reads",
  ignore: !canMount("tmpfs"),
  fn: async () => {
    using temp = new TempFolder();
    using _mount = mount("tmpfs", "size=1m", temp.at("data"));
    const layout = await resolveLayout(temp.at("data"));
    assert.equal(layout.inside, true);
    assert.equal(layout.work, temp.at("data/.datahubsync"));
    for (const path of [layout.partial, layout.journal, layout.manifest, layout.partialMap]) {
      assert.equal(/\.(csv|zip|json|txt|parquet|gz)$/.test(path), false, path);
    }
    await ensureLayout(layout);
    assert.equal(folderLooksFilled(layout), false);
  },
});

Deno.test("ensureLayout() takes away others' right to write to the work folder", async () => {
  using temp = new TempFolder();
  const layout = await resolveLayout(temp.at("data"));
  Deno.mkdirSync(layout.work);
  Deno.chmodSync(layout.work, 0o777);
  await ensureLayout(layout);
  assert.equal(Deno.statSync(layout.work).mode! & 0o777, 0o700);
});

Deno.test("ensureLayout() refuses a work folder that is a link or a file", async () => {
  using temp = new TempFolder();
  const layout = await resolveLayout(temp.at("data"));
  Deno.symlinkSync("/tmp", layout.work);
  await assert.rejects(ensureLayout(layout), { code: "wrong_type" });
  Deno.removeSync(layout.work);
  Deno.writeTextFileSync(layout.work, "");
  await assert.rejects(ensureLayout(layout), { code: "wrong_type" });
});

Deno.test("folderLooksFilled() wants one file, at any depth", async () => {
  using temp = new TempFolder();
  const layout = await resolveLayout(temp.at("data"));
  assert.equal(folderLooksFilled(layout), false);
  Deno.mkdirSync(temp.at("data/a/b"), { recursive: true });
  assert.equal(folderLooksFilled(layout), false);
  for (const likely of ["a", "a/b/c.csv", "../other.csv"]) {
    writeTree(temp.path, { "other.csv": "" });
    assert.equal(folderLooksFilled(layout, likely), false, likely);
  }
  writeTree(temp.at("data"), { "a/b/c.csv": "" });
  for (const likely of [undefined, "a/b/c.csv", "gone.csv"]) {
    assert.equal(folderLooksFilled(layout, likely), true, likely);
  }
});

Deno.test("folderLooksFilled() doesn't list a folder whose likely file is there", async () => {
  using temp = new TempFolder();
  const layout = await resolveLayout(temp.at("data"));
  writeTree(temp.at("data"), { "a/b/c.csv": "" });
  const { readDirSync } = Deno;
  let listed = 0;
  Deno.readDirSync = (path) => (listed++, readDirSync(path));
  try {
    assert.equal(folderLooksFilled(layout, "a/b/c.csv"), true);
    assert.equal(listed, 0);
  } finally {
    Deno.readDirSync = readDirSync;
  }
});
