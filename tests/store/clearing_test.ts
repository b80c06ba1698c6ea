/** A package's files and folders change places: all of it becomes live or none, wherever it dies. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { journalIsOpen } from "../../src/store/publish/journal.ts";
import { ensureLayout, type Layout, resolveLayout } from "../../src/store/layout.ts";
import { publish, PUBLISH_STEPS, type PublishPlan } from "../../src/store/publish/publish.ts";
import { recoverPublish } from "../../src/store/recover.ts";
import { publishSnapshot } from "../../src/store/snapshot/snapshot.ts";
import { canBeFaulty, mountFaulty } from "../support/faulty_fs.ts";
import { TempFolder } from "../support/temp.ts";
import {
  describe,
  dieAt,
  layoutOf,
  OPTIONS,
  readTree,
  stage,
  writeTree,
} from "./dataset_folder.ts";

const OLD = { "x": "1", "y/a": "2", "y/b/c": "3", "p/q": "4", "r": "5", "z": "6" };
const NEW = { "x/a": "11", "x/b/c": "22", "y": "33", "p": "44", "r/s/t": "55", "z": "66" };
const MINE = { "mine.txt": "mine" };

/** A plan that makes the folder hold NEW instead of OLD. */
async function planFor(layout: Layout): Promise<PublishPlan> {
  const gone = Object.keys(OLD).filter((path) => path !== "z");
  const deletes = gone.map((path) => describe(`${layout.localDir}/${path}`, path));
  return await stage(layout, NEW, deletes);
}

async function prepared(folder: string): Promise<{ layout: Layout; plan: PublishPlan }> {
  writeTree(folder, { ...OLD, ...MINE });
  const layout = await resolveLayout(folder);
  await ensureLayout(layout);
  return { layout, plan: await planFor(layout) };
}

for (const durable of [true, false]) {
  Deno.test(`publish() lets files and folders change places, durable: ${durable}`, async () => {
    using temp = new TempFolder();
    const { layout, plan } = await prepared(temp.at("data"));
    const report = await publish(layout, plan, { durable });
    assert.deepEqual(report, { published: 6, deleted: 5, kept: [] });
    assert.deepEqual(readTree(layout.localDir), { ...NEW, ...MINE });
    assert.deepEqual([...Deno.readDirSync(layout.work)].map(({ name }) => name), ["manifest"]);
  });
}

for (const step of PUBLISH_STEPS) {
  Deno.test(`recoverPublish() after a crash at ${step} leaves no place half changed`, async () => {
    const begun = PUBLISH_STEPS.indexOf(step) >= PUBLISH_STEPS.indexOf("journal_written");
    for (const again of ["way_cleared", "half_moved", "none"]) {
      using temp = new TempFolder();
      const { layout, plan } = await prepared(temp.at("data"));
      const onStep = dieAt(step);
      await assert.rejects(publish(layout, plan, { durable: true, onStep }), /killed/);
      await recoverPublish(layout, { onStep: dieAt(again) }).catch(() => {});
      await recoverPublish(layout);
      assert.deepEqual(readTree(layout.localDir), { ...begun ? NEW : OLD, ...MINE }, again);
      assert.equal(await journalIsOpen(layout), false);
    }
  });
}

const OBSTACLES: Record<string, [put: (data: string) => void, says: RegExp]> = {
  "a changed file": [(data) => Deno.writeTextFileSync(`${data}/x`, "own"), /\/x is a file/],
  "a changed file in a folder": [
    (data) => Deno.writeTextFileSync(`${data}/y/b/c`, "own"),
    /\/y is a folder/,
  ],
  "somebody's file in a folder": [
    (data) => Deno.writeTextFileSync(`${data}/y/own`, "own"),
    /\/y is a folder/,
  ],
  "somebody's empty folder": [(data) => Deno.mkdirSync(`${data}/y/own`), /\/y is a folder/],
  "a link": [(data) => Deno.symlinkSync("../mine.txt", `${data}/y/own`), /\/y is a folder/],
};

for (const [what, [put, says]] of Object.entries(OBSTACLES)) {
  Deno.test(`publish() clears nothing away where ${what} is in the way`, async () => {
    using temp = new TempFolder();
    const { layout, plan } = await prepared(temp.at("data"));
    put(layout.localDir);
    const before = readTree(layout.localDir);
    await assert.rejects(publish(layout, plan, { durable: true }), says);
    assert.deepEqual(readTree(layout.localDir), before);
    assert.equal(await journalIsOpen(layout), false);
  });
}

Deno.test("publish() clears nothing away that isn't to be removed", async () => {
  using temp = new TempFolder();
  const { layout, plan } = await prepared(temp.at("data"));
  const keeping = { ...plan, deletes: [] };
  await assert.rejects(publish(layout, keeping, { durable: true }), /\/x is a file/);
  assert.deepEqual(readTree(layout.localDir), { ...OLD, ...MINE });
});

Deno.test("publish() clears a folder that somebody emptied", async () => {
  using temp = new TempFolder();
  const { layout, plan } = await prepared(temp.at("data"));
  Deno.removeSync(`${layout.localDir}/y/b/c`);
  Deno.removeSync(`${layout.localDir}/x`);
  await publish(layout, plan, { durable: true });
  assert.deepEqual(readTree(layout.localDir), { ...NEW, ...MINE });
});

Deno.test("publish() leaves the folder alone whose only file becomes a folder", async () => {
  using temp = new TempFolder();
  writeTree(temp.at("data"), { "team/x": "1" });
  Deno.chmodSync(temp.at("data/team"), 0o2770);
  const layout = await layoutOf(temp);
  const plan = await stage(layout, { "team/x/a": "2" }, [
    describe(temp.at("data/team/x"), "team/x"),
  ]);
  await publish(layout, plan, { durable: true });
  assert.equal(Deno.statSync(temp.at("data/team")).mode! & 0o7777, 0o2770);
  assert.deepEqual(readTree(temp.at("data")), { "team/x/a": "2" });
});

for (
  const fault of [
    "rename=EBUSY@d/z",
    "rename=EBUSY@d/r/s/t",
    "mkdir=EDQUOT@d/r/s",
    "unlink=EPERM@d/r",
  ]
) {
  Deno.test({
    name: `publish() puts back what it had cleared away, after ${fault}`,
    ignore: !canBeFaulty(),
    fn: async () => {
      await using disk = await mountFaulty();
      const { layout, plan } = await prepared(disk.at("d"));
      disk.faults(fault);
      await assert.rejects(publish(layout, plan, { durable: true }), { name: "StoreError" });
      assert.deepEqual(readTree(layout.localDir), { ...OLD, ...MINE });
      assert.equal(await journalIsOpen(layout), false);
      disk.faults();
      await publish(layout, plan, { durable: true });
      assert.deepEqual(readTree(layout.localDir), { ...NEW, ...MINE });
    },
  });
}

Deno.test({
  name: "recoverPublish() after a disk that turned bad at any call leaves all old or all new",
  ignore: !canBeFaulty(),
  fn: async (t) => {
    let [ended, right] = [false, true];
    for (let call = 1; !ended && right; call += 5) {
      right = await t.step(`call ${call}`, async () => {
        await using disk = await mountFaulty();
        const { layout, plan } = await prepared(disk.at("d"));
        disk.faults(`any=EIO#${call}`);
        ended = await publish(layout, plan, { durable: true }).then(() => true, () => false);
        disk.faults();
        await recoverPublish(layout);
        const tree = readTree(layout.localDir);
        // Empty folders may stay.
        for (const [path, what] of Object.entries(tree)) if (what === "folder") delete tree[path];
        assert.deepEqual(tree, { ...tree["z"] === NEW.z ? NEW : OLD, ...MINE });
        assert.equal(await journalIsOpen(layout), false);
      });
    }
  },
});

/** Trees of a few names, in which much is a file on one day and a folder on the next. */
const someTree = fc.array(fc.array(fc.constantFrom("a", "b"), { minLength: 1, maxLength: 4 }), {
  maxLength: 8,
}).map((all) => {
  const paths = [...new Set(all.map((parts) => parts.join("/")))];
  const files = paths.filter((path) => !paths.some((other) => other.startsWith(`${path}/`)));
  return Object.fromEntries(files.map((path, index) => [path, `${path} ${index % 2}`]));
});

Deno.test("publish() makes any tree of any other, or nothing, wherever it dies", async () => {
  const steps = fc.constantFrom(...PUBLISH_STEPS, "none");
  await fc.assert(
    fc.asyncProperty(someTree, someTree, steps, async (old, now, step) => {
      using temp = new TempFolder();
      writeTree(temp.at("data"), { ...old, ...MINE });
      const layout = await layoutOf(temp);
      const fresh = Object.entries(now).filter(([path, content]) => old[path] !== content);
      const gone = Object.keys(old).filter((path) => !(path in now));
      const deletes = gone.map((path) => describe(`${layout.localDir}/${path}`, path));
      const plan = await stage(layout, Object.fromEntries(fresh), deletes);
      const begun = PUBLISH_STEPS.findIndex((at) => at === step);
      await publish(layout, plan, { durable: false, onStep: dieAt(step) }).catch(() => {});
      await recoverPublish(layout);
      const isNew = begun < 0 || begun >= PUBLISH_STEPS.indexOf("journal_written");
      assert.deepEqual(readTree(layout.localDir), { ...isNew ? now : old, ...MINE });
    }),
    { numRuns: 150 },
  );
});

Deno.test("publishSnapshot() lets files and folders change places", async () => {
  using temp = new TempFolder();
  const first = await layoutOf(temp);
  await publishSnapshot(first, await stage(first, OLD), OPTIONS);
  const layout = await layoutOf(temp);
  await publishSnapshot(layout, await planFor(layout), OPTIONS);
  assert.deepEqual(readTree(temp.at("data")), NEW);
});
