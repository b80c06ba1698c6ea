/**
 * What a snapshot, and a conversion, need of the disk: links, folders that can be moved, and a way
 * through for other users.
 *
 * @module
 */
import assert from "node:assert/strict";
import { toPlain, toSnapshot } from "../../src/store/snapshot/convert.ts";
import { journalIsOpen, writeJournal } from "../../src/store/publish/journal.ts";
import { ensureLayout, type Layout, resolveLayout } from "../../src/store/layout.ts";
import { recoverPublish } from "../../src/store/recover.ts";
import { publishSnapshot } from "../../src/store/snapshot/snapshot.ts";
import { missingPassage } from "../../src/store/snapshot/snapshot_ability.ts";
import { runSync, succeeds } from "../support/command.ts";
import { canBeFaulty, mountFaulty } from "../support/faulty_fs.ts";
import { canMount, mount } from "../support/mounts.ts";
import { TempFolder } from "../support/temp.ts";
import { failureOf, layoutOf, OPTIONS, readTree, stage, writeTree } from "./dataset_folder.ts";

const FILES = { "a.csv": "1", "sub/b.csv": "2", "mine.txt": "mine" };
const faulty = { ignore: !canBeFaulty() };
const asRoot = { ignore: Deno.build.os !== "linux" || Deno.uid() !== 0 };

for (
  const [fault, what] of [
    ["link=EPERM", "hard links"],
    ["link=EXDEV@version/hard", "hard links"],
    ["symlink=ENOSYS", "symbolic links"],
  ]
) {
  Deno.test({
    name:
      `a file system without ${what} (${fault}) takes no snapshot and no conversion, and nothing changes`,
    ...faulty,
    fn: async () => {
      await using disk = await mountFaulty(fault!);
      const layout = await resolveLayout(disk.at("d"));
      const error = await failureOf(publishSnapshot(layout, await stage(layout, FILES), OPTIONS));
      assert.equal(error.code, "unsupported");
      assert.match(error.message, new RegExp(`needs ${what}`));
      assert.match(error.hint!, /set `publish: files`/);
      assert.equal([...Deno.readDirSync(disk.path)].some(({ name }) => name === "d"), false);
      writeTree(disk.at("d"), FILES);
      assert.equal((await failureOf(toSnapshot(layout))).code, "unsupported");
      assert.deepEqual(readTree(disk.at("d")), FILES);
      assert.equal(await journalIsOpen(layout), false);
    },
  });
}

for (
  const [fault, code] of [
    ["link=ENOSPC", "disk_full"],
    ["link=ETIMEDOUT", "io"],
    ["symlink=EIO", "io"],
  ]
) {
  Deno.test({
    name: `a disk that has links but ${fault} is said to be what it is, not to have none`,
    ...faulty,
    fn: async () => {
      await using disk = await mountFaulty(fault!);
      const layout = await resolveLayout(disk.at("d"));
      const error = await failureOf(publishSnapshot(layout, await stage(layout, FILES), OPTIONS));
      assert.equal(error.code, code);
      disk.faults();
      await publishSnapshot(layout, await stage(layout, FILES), OPTIONS);
      assert.deepEqual(readTree(disk.at("d")), FILES);
    },
  });
}

Deno.test({
  name: "toSnapshot() and toPlain() put everything back when the second rename fails",
  ...faulty,
  fn: async () => {
    await using disk = await mountFaulty();
    writeTree(disk.at("d"), FILES);
    const layout = await resolveLayout(disk.at("d"));
    const failing = (fault: string) => (step: string): void => {
      if (step === "taken_away") disk.faults(fault);
    };
    const first = toSnapshot(layout, { onStep: failing("symlink=EIO") });
    await assert.rejects(first, { code: "io" });
    assert.deepEqual(readTree(disk.at("d")), FILES);
    assert.equal(await journalIsOpen(layout), false);
    disk.faults();
    assert.equal(await toSnapshot(layout), true);
    const snapshot = await resolveLayout(disk.at("d"));
    let renames = 0;
    const second = toPlain(snapshot, {
      onStep: (step) => {
        if (step === "taken_away" && renames++ === 0) disk.faults("rename=EBUSY@/d");
      },
    });
    const error = await failureOf(second);
    assert(error);
    disk.faults();
    // The link couldn't be made either: the next run finishes it.
    await recoverPublish(snapshot);
    assert.deepEqual(readTree(disk.at("d")), FILES);
  },
});

/** A folder that comes from the lower layer of an overlay. */
interface Overlay extends Disposable {
  layout: () => Promise<Layout>;
}

async function overlay(form: "plain" | "snapshot"): Promise<Overlay> {
  const disk = mount("tmpfs", "size=8m");
  for (const name of ["lower", "upper", "work", "m"]) Deno.mkdirSync(disk.at(name));
  writeTree(disk.at("lower/d"), FILES);
  if (form === "snapshot") await toSnapshot(await resolveLayout(disk.at("lower/d")));
  const layers = `lowerdir=${disk.at("lower")},upperdir=${disk.at("upper")},` +
    `workdir=${disk.at("work")},redirect_dir=off`;
  const mounted = mount("overlay", layers);
  return {
    layout: () => resolveLayout(mounted.at("d")),
    [Symbol.dispose]() {
      mounted[Symbol.dispose]();
      disk[Symbol.dispose]();
    },
  };
}

for (const form of ["plain", "snapshot"] as const) {
  Deno.test({
    name:
      `a folder of a lower layer isn't converted from ${form}; what the hint types makes it possible`,
    ignore: !canMount("overlay"),
    fn: async () => {
      using at = await overlay(form);
      const convert = form === "plain" ? toSnapshot : toPlain;
      const layout = await at.layout();
      const error = await failureOf(convert(layout));
      assert.equal(error.code, "cross_device");
      assert.deepEqual(readTree(Deno.realPathSync(layout.localDir)), FILES);
      assert.equal(await journalIsOpen(layout), false);
      const typed = /: (cp -a .*?);/.exec(error.hint!)?.[1];
      runSync("sh", ["-c", typed!]);
      assert.equal(await convert(await at.layout()), true);
      assert.deepEqual(readTree(Deno.realPathSync(layout.localDir)), FILES);
      assert.equal((await at.layout()).snapshot === undefined, form === "snapshot");
    },
  });
}

Deno.test({
  name: "recoverPublish() brings local_dir back where an earlier program had removed the link",
  ignore: !canMount("overlay"),
  fn: async () => {
    using at = await overlay("snapshot");
    const layout = await at.layout();
    await ensureLayout(layout);
    await writeJournal(layout, { kind: "to_plain", version: "000001" }, { durable: false });
    Deno.removeSync(layout.localDir);
    await assert.rejects(recoverPublish(await at.layout()), { code: "cross_device" });
    assert.deepEqual(readTree(Deno.realPathSync(layout.localDir)), FILES);
    assert.equal(await journalIsOpen(layout), false);
  },
});

/** What another user sees of a path. */
function seenByOthers(path: string): boolean {
  const args = ["--reuid", "65534", "--regid", "65534", "--clear-groups", "cat", path];
  return succeeds("setpriv", args);
}

Deno.test({
  name: "other users can read a snapshot, and nothing of the program's beside it",
  ...asRoot,
  fn: async () => {
    using temp = new TempFolder();
    Deno.chmodSync(temp.path, 0o755);
    const layout = await layoutOf(temp);
    await publishSnapshot(layout, await stage(layout, FILES), OPTIONS);
    await stage(layout, { "later.csv": "not yet" });
    assert.equal(seenByOthers(temp.at("data/sub/b.csv")), true);
    for (const name of ["manifest", "staging/0000000"]) {
      assert.equal(seenByOthers(`${layout.work}/${name}`), false, name);
    }
    const listing = ["--reuid", "65534", "--clear-groups", "--regid", "65534", "ls", layout.work];
    assert.equal(succeeds("setpriv", listing), false);
  },
});

Deno.test({
  name: "other users can read a folder that was converted, and stay out where the umask says so",
  ...asRoot,
  fn: async () => {
    using temp = new TempFolder();
    Deno.chmodSync(temp.path, 0o755);
    writeTree(temp.at("data"), FILES);
    const layout = await layoutOf(temp);
    await toSnapshot(layout);
    assert.equal(seenByOthers(temp.at("data/a.csv")), true);
    // As under `umask 077`: the versions' own folder lets nobody through.
    Deno.chmodSync(layout.versions, 0o700);
    Deno.chmodSync(layout.work, 0o700);
    assert.equal(missingPassage(layout), 0);
    assert.equal(seenByOthers(temp.at("data/a.csv")), false);
  },
});

Deno.test("a version keeps the permissions that somebody gave the folders of the one before", async () => {
  using temp = new TempFolder();
  const layout = await layoutOf(temp);
  await publishSnapshot(layout, await stage(layout, FILES), OPTIONS);
  Deno.chmodSync(temp.at("data"), 0o750);
  Deno.chmodSync(temp.at("data/sub"), 0o2775);
  const again = await layoutOf(temp);
  await publishSnapshot(again, await stage(again, { "a.csv": "2" }), OPTIONS);
  assert.equal(Deno.statSync(temp.at("data")).mode! & 0o7777, 0o750);
  assert.equal(Deno.statSync(temp.at("data/sub")).mode! & 0o7777, 0o2775);
});
