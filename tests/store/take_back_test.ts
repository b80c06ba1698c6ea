/**
 * A publish that a disk breaks off is finished or taken back whole. Longer than 250 lines because
 * each step is met by each way in which a disk can fail.
 */
import assert from "node:assert/strict";
import { journalIsOpen } from "../../src/store/publish/journal.ts";
import { ensureLayout, type Layout, resolveLayout } from "../../src/store/layout.ts";
import { Manifest } from "../../src/store/manifest.ts";
import { publish } from "../../src/store/publish/publish.ts";
import { recoverPublish } from "../../src/store/recover.ts";
import { runSync } from "../support/command.ts";
import { canBeFaulty, mountFaulty } from "../support/faulty_fs.ts";
import { canMount, type FileSystem, type Mount, mount, setProject } from "../support/mounts.ts";
import { describe, failureOf, readTree, stage, writeTree } from "./dataset_folder.ts";

const OLD = { "a.csv": "1", "m/b.csv": "1", "z.csv": "1", "mine.txt": "mine" };
const NEW = { "a.csv": "22", "m/b.csv": "22", "n/new.csv": "22", "z.csv": "22" };
const AFTER = { ...OLD, ...NEW };

/** A folder as OLD says, on a disk of whatever kind. */
async function folderIn(path: string): Promise<Layout> {
  writeTree(`${path}/d`, OLD);
  const layout = await resolveLayout(`${path}/d`);
  await ensureLayout(layout);
  return layout;
}

async function checkUntouched(layout: Layout, staged: number): Promise<void> {
  assert.deepEqual(readTree(layout.localDir), OLD);
  assert.equal(await journalIsOpen(layout), false);
  assert.equal([...Deno.readDirSync(layout.staging)].length, staged, "what was fetched is kept");
  assert.equal(
    [...Deno.readDirSync(layout.work)].some(({ name }) => name.startsWith("undo")),
    false,
  );
}

const faulty = { ignore: !canBeFaulty() };

for (
  const fault of [
    "rename=EBUSY@d/z.csv",
    "rename=ETXTBSY@d/m/b.csv",
    "rename=EDQUOT@d/n/new.csv",
    "rename=EACCES@d/a.csv",
    "rename=EIO@d/z.csv",
    "rename=ESTALE@d/z.csv",
    "mkdir=EDQUOT@d/n",
  ]
) {
  Deno.test({
    name: `publish() takes all back after ${fault}, and works once that is over`,
    ...faulty,
    fn: async () => {
      await using disk = await mountFaulty();
      const layout = await folderIn(disk.path);
      const plan = await stage(layout, NEW);
      disk.faults(fault);
      const error = await failureOf(publish(layout, plan, { durable: true }));
      assert.match(error.message, /d\/(z\.csv|m\/b\.csv|n\/new\.csv|a\.csv|n)\)/);
      assert.match(error.hint ?? "", /^nothing was changed; ./);
      await checkUntouched(layout, 4);
      disk.faults();
      await publish(layout, plan, { durable: true });
      assert.deepEqual(readTree(layout.localDir), AFTER);
    },
  });
}

const FULL_OR_FAILING = ["EIO", "ESTALE", "EROFS#2", "ENOSPC", "EDQUOT", "ETIMEDOUT", "EHOSTDOWN"];
for (const fault of FULL_OR_FAILING.map((error) => `link=${error}`)) {
  Deno.test({
    name: `publish() changes nothing after ${fault}, since nothing could be taken back`,
    ...faulty,
    fn: async () => {
      await using disk = await mountFaulty();
      const layout = await folderIn(disk.path);
      const plan = await stage(layout, NEW);
      disk.faults(fault, "rename=EIO@d/z.csv");
      const error = await failureOf(publish(layout, plan, { durable: true }));
      assert.match(error.message, /link to the old file/);
      await checkUntouched(layout, 4);
      disk.faults();
      await publish(layout, plan, { durable: true });
      assert.deepEqual(readTree(layout.localDir), AFTER);
    },
  });
}

for (
  const [cut, second] of [
    ["before anything is put back", "rename=EIO@undo/back"],
    ["at the last file put back", "rename=EIO@d/a.csv#2"],
    ["between a link and its rename", "rename=EIO@d/m/b.csv#2"],
    ["at a new file", "rename=EIO@-1"],
  ] as const
) {
  Deno.test({
    name: `publish() that is broken off ${cut} is taken back by the next run, and loses no file`,
    ...faulty,
    fn: async () => {
      await using disk = await mountFaulty();
      const layout = await folderIn(disk.path);
      const plan = await stage(layout, NEW);
      const staged = plan.moves.find(({ path }) => path === "n/new.csv")!.staged;
      const [busy, then] = ["rename=EBUSY@d/z.csv", second.replace("@-1", `@staging/${staged}`)];
      disk.faults(busy, then);
      await failureOf(publish(layout, plan, { durable: true }));
      assert.equal(await journalIsOpen(layout), true);
      disk.faults(busy);
      await recoverPublish(layout);
      const tree = readTree(layout.localDir);
      delete tree["n"]; // the empty folder may stay
      assert.deepEqual(tree, OLD);
      Deno.mkdirSync(`${layout.localDir}/n`, { recursive: true });
      Deno.removeSync(`${layout.localDir}/n`);
      await checkUntouched(layout, 4);
      disk.faults();
      await publish(layout, plan, { durable: true });
      assert.deepEqual(readTree(layout.localDir), AFTER);
    },
  });
}

Deno.test({
  name: "publish() without hard links places all but the file that can't be, and says so each time",
  ...faulty,
  fn: async () => {
    await using disk = await mountFaulty(
      "link=EPERM",
      "rename=EBUSY@d/m/b.csv",
      "rename=EIO@n/new.csv",
    );
    const layout = await folderIn(disk.path);
    const plan = await stage(layout, NEW);
    const error = await failureOf(publish(layout, plan, { durable: true }));
    assert.match(
      error.message,
      /m\/b\.csv\): another program keeps it busy; the same for 1 other file$/,
    );
    assert.equal(
      error.hint,
      "see which one with `fuser -v` (on a share, on the server), end it and run again; " +
        "all other files are new and these 2 are as they were, since this disk allows no taking back: " +
        "the next run tries again, or leave the file out with `exclude`",
    );
    const { "n/new.csv": _, ...placed } = NEW;
    assert.deepEqual(readTree(layout.localDir), { ...OLD, ...placed, "m/b.csv": "1", n: "folder" });
    assert.equal(await journalIsOpen(layout), false);
    const manifest = await Manifest.load(layout.manifest);
    assert.deepEqual([...manifest!.entries()].map(([path]) => path), ["a.csv", "z.csv"]);
    assert.deepEqual([manifest!.version, manifest!.fingerprint], [null, null]);
    const rest = plan.moves.filter(({ path }) => path === "m/b.csv" || path === "n/new.csv");
    await assert.rejects(publish(layout, { ...plan, moves: rest }, { durable: true }), /m\/b\.csv/);
    disk.faults("link=EPERM");
    await publish(layout, { ...plan, moves: rest }, { durable: true });
    assert.deepEqual(readTree(layout.localDir), AFTER);
  },
});

Deno.test({
  name:
    "publish() that can't remove a file removes the others, keeps it in the manifest, and says so",
  ...faulty,
  fn: async () => {
    await using disk = await mountFaulty();
    const layout = await folderIn(disk.path);
    const deletes = ["a.csv", "m/b.csv", "z.csv"]
      .map((path) => describe(`${layout.localDir}/${path}`, path));
    const plan = await stage(layout, { "new.csv": "2" }, deletes);
    disk.faults("unlink=EPERM@d/m/b.csv");
    const error = await failureOf(publish(layout, plan, { durable: true }));
    assert.match(error.message, /Can't remove the file \(.*m\/b\.csv\)/);
    assert.deepEqual(readTree(layout.localDir), {
      "m/b.csv": "1",
      "mine.txt": "mine",
      "new.csv": "2",
    });
    assert.equal(await journalIsOpen(layout), false);
    const manifest = await Manifest.load(layout.manifest);
    assert.deepEqual([...manifest!.entries()].map(([path]) => path), ["new.csv", "m/b.csv"]);
  },
});

for (const undo of ["in two folders", "in the one of an earlier version", "none"]) {
  Deno.test({
    name: `recoverPublish() settles a publish whose file can't be placed any more, undo: ${undo}`,
    ...faulty,
    fn: async () => {
      await using disk = await mountFaulty(...(undo === "none" ? ["link=EPERM"] : []));
      const layout = await folderIn(disk.path);
      const plan = await stage(layout, NEW);
      const die = (at: string): void => {
        if (at === "half_moved") throw new Error("killed");
      };
      await assert.rejects(publish(layout, plan, { durable: true, onStep: die }), /killed/);
      if (undo === "in the one of an earlier version") {
        const [one, two] = ["undo", "undo.2"].map((name) => `${layout.work}/${name}`);
        const links = [...Deno.readDirSync(two!)].map(({ name }) => name);
        assert(links.length > 0);
        for (const name of links) Deno.renameSync(`${two}/${name}`, `${one}/${name}`);
        Deno.removeSync(two!);
      }
      disk.faults("rename=EBUSY@d/z.csv");
      const warnings: string[] = [];
      assert.equal(await recoverPublish(layout, { warn: (text) => warnings.push(text) }), true);
      assert.match(warnings.join(), /couldn't be finished: .*z\.csv.*busy/);
      // An empty folder that the run that died had made stays: it could be the user's.
      const settled = undo !== "none" ? { ...OLD, n: "folder" } : { ...AFTER, "z.csv": "1" };
      assert.deepEqual(readTree(layout.localDir), settled);
      assert.equal(await journalIsOpen(layout), false);
    },
  });
}

/** Changes that make a file or a folder below `local_dir` refuse, and what undoes them. */
const REFUSALS: Record<string, [string, string[]]> = {
  "an immutable file": ["m/b.csv", ["+i"]],
  "a file for appending only": ["a.csv", ["+a"]],
  "an immutable folder": ["m", ["+i"]],
  "a folder for appending only": ["m", ["+a"]],
};

for (const [what, [path, attributes]] of Object.entries(REFUSALS)) {
  Deno.test({
    name: `publish() refuses ${what} before the journal, with a command that helps`,
    ignore: !canMount("ext4"),
    fn: async () => {
      using disk = mount("ext4");
      const layout = await folderIn(disk.path);
      const plan = await stage(layout, NEW);
      runSync("chattr", [...attributes, `${layout.localDir}/${path}`]);
      try {
        const steps: string[] = [];
        const onStep = (step: string): void => void steps.push(step);
        const error = await failureOf(publish(layout, plan, { durable: true, onStep }));
        assert.equal(error.code, "no_permission");
        assert.deepEqual(steps, [], "before anything");
        await checkUntouched(layout, 4);
        const typed = /: (chattr -ia .*?);/.exec(error.hint ?? "")?.[1];
        assert(typed, error.hint);
        runSync("sh", ["-c", typed]);
        await publish(layout, plan, { durable: true });
        assert.deepEqual(readTree(layout.localDir), AFTER);
      } finally {
        runSync("chattr", ["-ia", `${layout.localDir}/${path}`]);
      }
    },
  });
}

Deno.test({
  name: "publish() on a disk that was mounted read-only meanwhile changes nothing, and works later",
  ignore: !canMount("ext4"),
  fn: async () => {
    using disk = mount("ext4");
    const layout = await folderIn(disk.path);
    const plan = await stage(layout, NEW);
    runSync("mount", ["-o", "remount,ro", disk.path]);
    const error = await failureOf(publish(layout, plan, { durable: true }));
    assert.equal(error.code, "read_only");
    await checkUntouched(layout, 4);
    runSync("mount", ["-o", "remount,rw", disk.path]);
    await publish(layout, plan, { durable: true });
    assert.deepEqual(readTree(layout.localDir), AFTER);
  },
});

Deno.test({
  name: "publish() on a disk that turns read-only after the journal is finished by the next run",
  ignore: !canMount("ext4"),
  fn: async () => {
    using disk = mount("ext4");
    const layout = await folderIn(disk.path);
    const plan = await stage(layout, NEW);
    const onStep = (step: string): void => {
      if (step === "half_moved") runSync("mount", ["-o", "remount,ro", disk.path]);
    };
    const error = await failureOf(publish(layout, plan, { durable: true, onStep }));
    assert.equal(error.code, "read_only");
    runSync("mount", ["-o", "remount,rw", disk.path]);
    await recoverPublish(layout);
    assert.deepEqual(readTree(layout.localDir), AFTER);
  },
});

/** Puts the subfolder with `b.csv` onto a file system of its own. */
function subfolderOn(kind: FileSystem, disk: Mount): Mount {
  Deno.mkdirSync(disk.at("other"));
  Deno.removeSync(disk.at("d/m/b.csv"));
  const part = mount(kind, kind === "bind" ? disk.at("other") : "", disk.at("d/m"));
  writeTree(part.path, { "b.csv": "1" });
  return part;
}

for (const kind of ["tmpfs", "bind", "xfs", "exfat"] as const) {
  Deno.test({
    name: `publish() copies into a subfolder that is a mount of its own: ${kind}`,
    ignore: !canMount(kind) || !canMount("ext4"),
    fn: async () => {
      using disk = mount("ext4");
      const layout = await folderIn(disk.path);
      using _part = subfolderOn(kind, disk);
      const plan = await stage(layout, NEW);
      await publish(layout, plan, { durable: true });
      assert.deepEqual(readTree(layout.localDir), AFTER);
      const { mtimeMs } = (await Manifest.load(layout.manifest))!.get("m/b.csv")!;
      const kept = Deno.statSync(disk.at("d/m/b.csv")).mtime!.getTime();
      assert(Math.abs(kept - mtimeMs) < (kind === "exfat" ? 2001 : 1), "its time is kept");
    },
  });
}

Deno.test({
  name: "publish() says of a full mount below local_dir what is new, what isn't, and what helps",
  ignore: !canMount("tmpfs") || !canMount("ext4"),
  fn: async () => {
    using disk = mount("ext4");
    const layout = await folderIn(disk.path);
    Deno.removeSync(disk.at("d/m/b.csv"));
    using part = mount("tmpfs", "size=16k", disk.at("d/m"));
    writeTree(part.path, { "b.csv": "1", "filler": "" });
    Deno.writeFileSync(part.at("filler"), new Uint8Array(12 << 10));
    const plan = await stage(layout, NEW);
    const error = await failureOf(publish(layout, plan, { durable: true }));
    assert.equal(error.code, "disk_full");
    assert.match(error.message, /d\/m\/b\.csv\): no space or no inodes left on the device$/);
    assert.match(
      error.hint!,
      /^free some space .*; all other files are new and this one is as it was/,
    );
    assert.match(error.hint!, /the next run tries again, or leave the file out with `exclude`$/);
    const { "m/b.csv": _, ...placed } = NEW;
    const there = readTree(layout.localDir);
    assert.deepEqual({ ...there, "m/filler": "" }, { ...OLD, ...placed, "m/filler": "" });
    assert.equal(await journalIsOpen(layout), false);
    Deno.removeSync(part.at("filler"));
    const rest = plan.moves.filter(({ path }) => path === "m/b.csv");
    await publish(layout, { ...plan, moves: rest }, { durable: true });
    assert.deepEqual(readTree(layout.localDir), AFTER);
  },
});

for (const top of [true, false]) {
  Deno.test({
    name: `publish() works in a folder of a project of its own, ${top ? "local_dir" : "below it"}`,
    ignore: !canMount("xfs"),
    fn: async () => {
      using disk = mount("xfs");
      const layout = await folderIn(disk.path);
      setProject(disk.at(top ? "d" : "d/m"), 42);
      await publish(layout, await stage(layout, NEW), { durable: true });
      assert.deepEqual(readTree(layout.localDir), AFTER);
      const again = await stage(layout, { "m/b.csv": "333", "m/x/y.csv": "333" });
      await publish(layout, again, { durable: true });
      assert.deepEqual(readTree(layout.localDir), {
        ...AFTER,
        "m/b.csv": "333",
        "m/x/y.csv": "333",
      });
    },
  });
}

for (const kind of ["tmpfs", "bind"] as const) {
  Deno.test({
    name: `publish() refuses a subfolder that is a read-only mount before the journal: ${kind}`,
    ignore: !canMount(kind) || !canMount("ext4"),
    fn: async () => {
      using disk = mount("ext4");
      const layout = await folderIn(disk.path);
      using part = subfolderOn(kind, disk);
      const bind = kind === "bind" ? "bind," : "";
      runSync("mount", ["-o", `remount,${bind}ro`, part.path]);
      const plan = await stage(layout, NEW);
      const error = await failureOf(publish(layout, plan, { durable: true }));
      assert.equal(error.code, "read_only");
      await checkUntouched(layout, 4);
      runSync("mount", ["-o", `remount,${bind}rw`, part.path]);
      await publish(layout, plan, { durable: true });
      assert.deepEqual(readTree(layout.localDir), AFTER);
    },
  });
}
