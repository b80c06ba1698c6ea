/** A first sync's tree: live by one rename, or file by file, wherever it dies and whoever is in the way. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { journalIsOpen } from "../../src/store/publish/journal.ts";
import { ensureLayout, type Layout } from "../../src/store/layout.ts";
import { takeIn } from "../../src/store/private_folder.ts";
import { Manifest } from "../../src/store/manifest.ts";
import {
  publish,
  PUBLISH_STEPS,
  type PublishPlan,
  type PublishStep,
} from "../../src/store/publish/publish.ts";
import { recoverPublish } from "../../src/store/recover.ts";
import { prepareTree, pruneTree, StagingFolders, TREE } from "../../src/store/staged_tree.ts";
import { clearStaging, listStaging, StagingNames } from "../../src/store/staging.ts";
import { TempFolder } from "../support/temp.ts";
import { dieAt, layoutOf, readTree, stage, writeTree } from "./dataset_folder.ts";

const FILES = { "a.csv": "new a", "股/一般.csv": "new", "deep/er/c.csv": "" };

/** FILES, staged for a `local_dir` that isn't there. */
async function prepared(temp: TempFolder): Promise<{ layout: Layout; plan: PublishPlan }> {
  const layout = await layoutOf(temp);
  const plan = await stage(layout, FILES);
  assert(await prepareTree(layout, { mayMake: true }));
  const names = new StagingNames({ asTree: true });
  const folders = new StagingFolders(layout);
  for (const move of plan.moves) {
    const staged = names.nameOf(move);
    folders.makeFor(staged);
    Deno.renameSync(join(layout.staging, move.staged), join(layout.staging, staged));
    move.staged = staged;
  }
  return { layout, plan };
}

const inodeOf = (path: string): number | null => Deno.statSync(path).ino;

for (const durable of [true, false]) {
  Deno.test(`publish() makes a staged tree local_dir itself, durable: ${durable}`, async () => {
    using temp = new TempFolder();
    const { layout, plan } = await prepared(temp);
    const inode = inodeOf(join(layout.staging, TREE));
    const steps: string[] = [];
    const onStep = (step: string): void => void steps.push(step);
    const report = await publish(layout, plan, { durable, flush: true, onStep });
    assert.deepEqual(report, { published: 3, deleted: 0, kept: [] });
    assert.deepEqual(steps, [...PUBLISH_STEPS]);
    assert.equal(inodeOf(layout.localDir), inode);
    assert.deepEqual(readTree(layout.localDir), FILES);
    assert.equal((await Manifest.load(layout.manifest))?.size, 3);
    assert.deepEqual([...Deno.readDirSync(layout.work)].map(({ name }) => name), ["manifest"]);
    assert.equal(await recoverPublish(layout), false);
  });
}

for (const [index, step] of PUBLISH_STEPS.entries()) {
  const begun = index >= PUBLISH_STEPS.indexOf("journal_written");

  Deno.test(`recoverPublish() with a staged tree after a crash at ${step} ${begun ? "ends" : "changes nothing"}`, async () => {
    using temp = new TempFolder();
    const { layout, plan } = await prepared(temp);
    await assert.rejects(publish(layout, plan, { durable: true, onStep: dieAt(step) }), /killed/);
    const open = await journalIsOpen(layout);
    assert.equal(await recoverPublish(layout), open);
    assert.equal(await journalIsOpen(layout), false);
    if (!begun) {
      assert(await prepareTree(layout, { mayMake: false }), "the next run uses it");
      assert.deepEqual(listStaging(layout), new Set(plan.moves.map(({ staged }) => staged)));
      return;
    }
    assert.deepEqual(readTree(layout.localDir), FILES);
    assert.equal((await Manifest.load(layout.manifest))?.size, 3);
  });
}

Deno.test("recoverPublish() with a staged tree places what is whole, and forgets the rest", async () => {
  using temp = new TempFolder();
  const { layout, plan } = await prepared(temp);
  const killed = publish(layout, plan, { durable: true, onStep: dieAt("journal_written") });
  await assert.rejects(killed, /killed/);
  Deno.writeTextFileSync(join(layout.staging, TREE, "a.csv"), "NEW a");
  assert.equal(await recoverPublish(layout), true);
  const { "a.csv": _, ...whole } = FILES;
  assert.deepEqual(readTree(layout.localDir), whole);
  assert.equal((await Manifest.load(layout.manifest))?.get("a.csv"), undefined);
});

/** What somebody may do before the publish, and what is there afterwards beside FILES. */
const MEANWHILE: Record<
  string,
  { made: (layout: Layout) => void; beside?: Record<string, string> }
> = {
  "an empty folder": { made: ({ localDir }) => Deno.mkdirSync(localDir) },
  "a folder with a file": {
    made: ({ localDir }) => writeTree(localDir, { "deep/mine.txt": "mine" }),
    beside: { "deep/mine.txt": "mine" },
  },
  "a folder with one of the files": {
    made: ({ localDir }) => writeTree(localDir, { "股/一般.csv": "old" }),
  },
};

for (const [what, { made, beside = {} }] of Object.entries(MEANWHILE)) {
  Deno.test(`publish() moves the files of a tree one by one into ${what} made meanwhile`, async () => {
    using temp = new TempFolder();
    const { layout, plan } = await prepared(temp);
    made(layout);
    const inode = inodeOf(layout.localDir);
    await publish(layout, plan, { durable: true });
    assert.equal(inodeOf(layout.localDir), inode, "it is still theirs");
    assert.deepEqual(readTree(layout.localDir), { ...FILES, ...beside });
    assert.deepEqual([...Deno.readDirSync(layout.work)].map(({ name }) => name), ["manifest"]);
  });
}

Deno.test("publish() takes a tree's files back where one of them can't be placed", async () => {
  using temp = new TempFolder();
  const { layout, plan } = await prepared(temp);
  writeTree(layout.localDir, { "a.csv": "old a" });
  // In the way only once all was checked.
  const onStep = (step: PublishStep): void => {
    if (step === "folders_made") writeTree(layout.localDir, { "deep/er/c.csv/x": "in the way" });
  };
  await assert.rejects(publish(layout, plan, { durable: false, onStep }), /c\.csv/);
  assert.deepEqual(readTree(layout.localDir), {
    "a.csv": "old a",
    "deep/er/c.csv/x": "in the way",
  });
  assert.deepEqual(listStaging(layout), new Set(plan.moves.map(({ staged }) => staged)));
  assert.equal(await journalIsOpen(layout), false);
});

Deno.test("publish() makes nothing live that is in the tree beside the files", async () => {
  using temp = new TempFolder();
  const { layout, plan } = await prepared(temp);
  writeTree(join(layout.staging, TREE), { "deep/yesterday.csv": "x", "empty/x": "" });
  Deno.removeSync(join(layout.staging, TREE, "empty/x"));
  await publish(layout, plan, { durable: true });
  assert.deepEqual(readTree(layout.localDir), FILES);
});

Deno.test("pruneTree() removes what another package left, also where its kind is in the way", async () => {
  using temp = new TempFolder();
  const { layout } = await prepared(temp);
  pruneTree(layout, ["a.csv/now/a/folder.csv", "deep", "股/一般.csv"]);
  assert.deepEqual(readTree(join(layout.staging, TREE)), { "股/一般.csv": "new" });
});

Deno.test("clearStaging() empties the tree and leaves its folder, which isn't made again", async () => {
  using temp = new TempFolder();
  const { layout } = await prepared(temp);
  const inode = inodeOf(join(layout.staging, TREE));
  clearStaging(layout);
  assert.deepEqual(readTree(layout.staging), { [TREE]: "folder" });
  assert.equal(inodeOf(join(layout.staging, TREE)), inode);
});

Deno.test("prepareTree() makes none where local_dir is, but uses an earlier run's", async () => {
  using temp = new TempFolder();
  const layout = await layoutOf(temp);
  await ensureLayout(layout);
  assert.equal(await prepareTree(layout, { mayMake: false }), false);
  assert.equal(await prepareTree(layout, { mayMake: true }), true);
  Deno.mkdirSync(layout.localDir);
  assert.equal(await prepareTree(layout, { mayMake: true }), true);
  Deno.removeSync(join(layout.staging, TREE));
  assert.equal(await prepareTree(layout, { mayMake: true }), false);
});

Deno.test("prepareTree() removes what a run that died in it left beside local_dir", async () => {
  using temp = new TempFolder();
  const layout = await layoutOf(temp);
  await ensureLayout(layout);
  Deno.mkdirSync(temp.at(".data.0123abcd.tmp"));
  assert(await prepareTree(layout, { mayMake: true }));
  assert.deepEqual([...Deno.readDirSync(temp.at(""))].map(({ name }) => name), [
    ".data.datahubsync",
  ]);
});

/** What somebody may have put in place of the folder that was made. */
const SWAPPED: Record<string, (path: string, temp: TempFolder) => void> = {
  "a link": (path, temp) => Deno.symlinkSync(temp.at(""), path),
  "a folder with files": (path) => writeTree(path, { "theirs.csv": "theirs" }),
  ...(Deno.uid() === 0 && {
    "another user's folder": (path) => {
      Deno.mkdirSync(path);
      Deno.chownSync(path, 12_345, null);
    },
  }),
};

for (const [what, put] of Object.entries(SWAPPED)) {
  Deno.test(`takeIn() stages into no tree that is ${what}, and puts it back`, async () => {
    using temp = new TempFolder();
    const layout = await layoutOf(temp);
    await ensureLayout(layout);
    put(temp.at("made"), temp);
    const before = Deno.lstatSync(temp.at("made")).ino;
    assert.equal(takeIn(temp.at("made"), join(layout.staging, TREE), layout.staging), false);
    assert.equal(Deno.lstatSync(temp.at("made")).ino, before);
    assert.deepEqual([...Deno.readDirSync(layout.staging)], []);
  });
}

Deno.test({
  name: "a tree gets the group and the set-group-ID bit of the folder that it will be in",
  ignore: Deno.uid() !== 0,
  async fn() {
    using temp = new TempFolder();
    Deno.mkdirSync(temp.at("team"));
    const layout = await layoutOf(temp, "team/data");
    await ensureLayout(layout); // before: what lies in it has no group of the team's
    Deno.chownSync(temp.at("team"), null, 12_345);
    Deno.chmodSync(temp.at("team"), 0o2775);
    assert(await prepareTree(layout, { mayMake: true }));
    const tree = Deno.statSync(join(layout.staging, TREE));
    Deno.mkdirSync(temp.at("team/usual"));
    const usual = Deno.statSync(temp.at("team/usual"));
    assert.deepEqual([tree.gid, tree.mode], [usual.gid, usual.mode]);
    assert.equal(tree.gid, 12_345);
  },
});

Deno.test("StagingNames puts a path into the tree unless it is so long that staging may be too deep", () => {
  const names = new StagingNames({ asTree: true });
  assert.equal(names.nameOf({ path: "a/b.csv", crc: 1, size: 1 }), "tree/a/b.csv");
  const long = Array.from({ length: 9 }, () => "x".repeat(200)).join("/");
  assert.match(names.nameOf({ path: long, crc: 1, size: 1 }), /^00000001-1-[0-9a-f]{8}$/);
});
