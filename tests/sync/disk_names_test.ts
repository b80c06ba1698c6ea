/**
 * Names that a disk refuses, and names that it takes for one file: all else is synced, every run says
 * what isn't, and no file is lost.
 *
 * Longer than 250 lines because each kind of disk and each pair of names is a row.
 *
 * @module
 */
import assert from "node:assert/strict";
import { basename } from "node:path";
import type { DatasetConfig } from "../../src/config/dataset_config.ts";
import { EngineRig } from "../support/engine.ts";
import { canBeFaulty, mountFaulty } from "../support/faulty_fs.ts";
import { FilesHub } from "../support/files_hub.ts";
import { installed } from "../support/installed.ts";
import { canMount, type FileSystem, mount, setShortName } from "../support/mounts.ts";
import { removeFolder, tempDir } from "../support/temp.ts";
import { traced } from "../support/traced.ts";

type Files = Record<string, string>;

/** Where a test's data lies. */
interface Ground extends AsyncDisposable {
  path: string;
}

/** A disk that takes names for one, or refuses some. */
type Make = () => Promise<Ground>;

async function faulty(...faults: string[]): Promise<Ground> {
  return await mountFaulty(...faults);
}

function disk(kind: FileSystem, options = ""): Promise<Ground> {
  const mounted = mount(kind, options);
  return Promise.resolve({
    path: mounted.path,
    [Symbol.asyncDispose]: () => Promise.resolve(mounted[Symbol.dispose]()),
  });
}

async function rigIn(ground: Ground, dataset: Partial<DatasetConfig> = {}): Promise<EngineRig> {
  return await EngineRig.make({ root: ground.path, name: "d", dataset });
}

async function treeOf(rig: EngineRig): Promise<Files> {
  const text = new TextDecoder();
  return Object.fromEntries(
    [...await rig.tree()].map(([path, bytes]) => [path, text.decode(bytes)]),
  );
}

/** Grounds that know one file by whatever case. */
const CASELESS: Record<string, { make: Make; ignore: boolean }> = {
  "exFAT": { make: () => disk("exfat"), ignore: !canMount("exfat") },
  "NTFS": { make: () => disk("ntfs_nocase"), ignore: !canMount("ntfs_nocase") },
  "a case-insensitive share": { make: () => faulty("fold_case"), ignore: !canBeFaulty() },
};

/** Two names that are one on some disk. */
interface Pair {
  make: Make;
  ignore: boolean;
  pair: [string, string];
  /** Never in one package: that is refused whatever the disk. */
  apart?: boolean;
}

const PAIRS: Record<string, Pair> = {
  ...Object.fromEntries(
    Object.entries(CASELESS).map(([name, ground]) => [
      `case on ${name}`,
      { ...ground, pair: ["sh600000.csv", "SH600000.csv"] as [string, string] },
    ]),
  ),
  "case in the folder's name": {
    make: () => faulty("fold_case"),
    ignore: !canBeFaulty(),
    pair: ["day/x.csv", "DAY/x.csv"],
  },
  "Unicode forms": {
    make: () => faulty("fold_form"),
    ignore: !canBeFaulty(),
    pair: ["caf\u00e9.csv", "cafe\u0301.csv"],
    apart: true,
  },
  "blanks at the end": {
    make: () => faulty("fold_end"),
    ignore: !canBeFaulty(),
    pair: ["x.csv", "x.csv "],
  },
};

for (const [what, { make, ignore, pair: [first, second], apart }] of Object.entries(PAIRS)) {
  Deno.test({
    name: `syncAll() keeps one of two names that are one here and says so each time: ${what}`,
    ignore: ignore || apart === true,
    fn: async () => {
      await using ground = await make();
      await using hub = FilesHub.of({ [first]: "one", [second]: "two", z: "z" });
      await using rig = await rigIn(ground);
      for (let run = 1; run <= 2; run++) {
        const result = await rig.sync(hub.url);
        assert.deepEqual([result.success, result.leftOut], [false, [second]], result.error);
        assert.match(result.error!, /all is synced but 1 file that this disk can't hold: /);
        assert.deepEqual(await treeOf(rig), { [first]: "one", z: "z" });
      }
      rig.dataset.exclude = [/exclude: \['(.*)'\]/.exec((await rig.sync(hub.url)).hint!)![1]!];
      assert.equal((await rig.sync(hub.url)).success, true);
      assert.equal((await rig.sync(hub.url)).status, "up_to_date");
      assert.deepEqual(await treeOf(rig), { [first]: "one", z: "z" });
      // The name that is there stays the one that is kept, whatever the package's order.
      rig.dataset.exclude = [];
      hub.offer("d", { [second]: "2222", [first]: "1111", z: "z" });
      assert.deepEqual((await rig.sync(hub.url)).leftOut, [second]);
      assert.deepEqual(await treeOf(rig), { [first]: "1111", z: "z" });
    },
  });

  for (const content of ["same", "other"]) {
    Deno.test({
      name: `syncAll() loses no file that is renamed to what is one name here: ${what}, ${content}`,
      ignore,
      fn: async () => {
        await using ground = await make();
        await using hub = FilesHub.of({ [first]: "same", z: "z" });
        await using rig = await rigIn(ground, { deleteRemoved: true });
        assert.equal((await rig.sync(hub.url)).status, "success");
        hub.offer("d", { [second]: content, z: "z" });
        assert.equal((await rig.sync(hub.url)).status, "success");
        assert.equal(Deno.readTextFileSync(`${rig.dataset.localDir}/${second}`), content);
        assert.equal(Object.keys(await treeOf(rig)).length, 2);
        assert.equal((await rig.sync(hub.url)).status, "up_to_date");
        hub.offer("d", { z: "z" });
        assert.equal((await rig.sync(hub.url)).status, "success");
        assert.deepEqual(await treeOf(rig), { z: "z" });
      },
    });
  }
}

Deno.test("syncAll() keeps all names apart where the disk does", async () => {
  const files = {
    "a.csv": "1",
    "A.csv": "2",
    "Caf\u00e9": "3",
    "caf\u00e9": "4",
    "x": "5",
    "x.": "6",
  };
  await using hub = FilesHub.of(files);
  await using rig = await EngineRig.make({ name: "d" });
  assert.equal((await rig.sync(hub.url)).status, "success");
  assert.deepEqual(await treeOf(rig), files);
  hub.offer("d", { "A.csv": "2", "caf\u00e9": "4", "x.": "6" });
  assert.equal((await rig.sync(hub.url)).entriesDeleted, 3);
  assert.deepEqual(await treeOf(rig), { "A.csv": "2", "caf\u00e9": "4", "x.": "6" });
});

Deno.test({
  name: "syncAll() with exclude and with many files doesn't take a file by its other name",
  ignore: !canBeFaulty(),
  fn: async () => {
    await using ground = await mountFaulty("fold_case");
    const many = Object.fromEntries(Array.from({ length: 12 }, (_, n) => [`f${n}.csv`, `${n}`]));
    await using hub = FilesHub.of(many);
    await using rig = await rigIn(ground, { deleteRemoved: true });
    assert.equal((await rig.sync(hub.url)).status, "success");
    const upper = Object.fromEntries(
      Object.entries(many).map(([path, text]) => [path.toUpperCase(), `${text}!`]),
    );
    hub.offer("d", { ...upper, ...many });
    rig.dataset.exclude = ["f*.csv"];
    assert.equal((await rig.sync(hub.url)).status, "success");
    for (const [path, text] of Object.entries(upper)) {
      assert.equal(Deno.readTextFileSync(`${rig.dataset.localDir}/${path}`), text);
    }
  },
});

Deno.test({
  name: "syncAll() with publish: snapshot renames in case only",
  ignore: !canBeFaulty(),
  fn: async () => {
    await using ground = await mountFaulty("fold_case");
    await using hub = FilesHub.of({ "a.csv": "1", "b.csv": "2" });
    for (const deleteRemoved of [true, false]) {
      await using rig = await rigIn(ground, { publish: "snapshot", deleteRemoved });
      hub.offer("d", { "a.csv": "1", "b.csv": "2" });
      assert.equal((await rig.sync(hub.url)).status, "success");
      hub.offer("d", { "A.csv": "other", "b.csv": "2" });
      const second = await rig.sync(hub.url);
      assert.equal(second.status, "success", second.error);
      assert.equal(Deno.readTextFileSync(`${rig.dataset.localDir}/A.csv`), "other");
      assert.equal(Object.keys(await treeOf(rig)).length, 2);
    }
  },
});

const LONG = "daily quotes.csv";
const SHORT = "DAILYQ~1.CSV";

for (const [what, offered] of Object.entries({ after: [LONG, SHORT], before: [SHORT, LONG] })) {
  Deno.test({
    name: `syncAll() leaves out a name that may be a file's short one, in a package ${what} it`,
    ignore: !canBeFaulty(),
    fn: async () => {
      await using ground = await mountFaulty("short_names");
      const files = Object.fromEntries(offered.map((path) => [path, path]));
      await using hub = FilesHub.of({ ...files, "a~b.csv": "2", "plain~1x.csv": "3" });
      await using rig = await rigIn(ground);
      const rest = { [LONG]: LONG, "a~b.csv": "2", "plain~1x.csv": "3" };
      for (let run = 1; run <= 2; run++) {
        const result = await rig.sync(hub.url);
        assert.deepEqual([result.success, result.leftOut], [false, [SHORT]], result.error);
        assert.deepEqual(await treeOf(rig), rest);
      }
      rig.dataset.exclude = [/exclude: \['(.*)'\]/.exec((await rig.sync(hub.url)).hint!)![1]!];
      assert.equal((await rig.sync(hub.url)).success, true);
      assert.deepEqual(await treeOf(rig), rest);
    },
  });
}

Deno.test({
  name: "syncAll() replaces no file by its short name, on NTFS as Windows left it",
  ignore: !canMount("ntfs") || !installed("python3"),
  fn: async () => {
    await using ground = await disk("ntfs");
    await using hub = FilesHub.of({
      [SHORT]: "theirs",
      "FOLDER~1/x.csv": "theirs",
      "new~1.csv": "1",
    });
    await using rig = await rigIn(ground);
    const { localDir } = rig.dataset;
    await Deno.mkdir(`${localDir}/folder of mine`, { recursive: true });
    await Deno.writeTextFile(`${localDir}/${LONG}`, "mine");
    setShortName(`${localDir}/${LONG}`, SHORT);
    setShortName(`${localDir}/folder of mine`, "FOLDER~1");
    const result = await rig.sync(hub.url);
    assert.deepEqual(result.leftOut, [SHORT, "FOLDER~1/x.csv"]);
    assert.match(result.error!, /the disk takes it for daily quotes\.csv/);
    assert.match(result.error!, /the disk takes it for folder of mine\/x\.csv/);
    assert.deepEqual(await treeOf(rig), { [LONG]: "mine", "new~1.csv": "1" });
  },
});

const REFUSED: Record<string, { make: Make; ignore: boolean; names: string[] }> = {
  "exFAT": {
    make: () => disk("exfat"),
    ignore: !canMount("exfat"),
    names: ["*ST\u4e2d\u5b89.csv", "what?/b.csv", "a|b.csv", "1<2.csv"],
  },
  "NTFS with Windows' names": {
    make: () => disk("ntfs", "windows_names"),
    ignore: !canMount("ntfs"),
    names: ["*ST\u4e2d\u5b89.csv", "aux.csv", "con", 'a"b.csv', "blank "],
  },
  "a file system for short names": {
    make: () => faulty("create=ENAMETOOLONG@long.csv", "create=EILSEQ@\u80a1"),
    ignore: !canBeFaulty(),
    names: [`${"x".repeat(200)}long.csv`, "\u80a1/y.csv"],
  },
  "a file system that lacks a letter": {
    make: () => faulty("create=EILSEQ@\u50f9.csv"),
    ignore: !canBeFaulty(),
    // The letters beside it are known to be taken.
    names: ["\u80a1\u50f9.csv", "\u7968\u50f9.csv", "\u50f9.csv"],
  },
};

for (const [what, { make, ignore, names }] of Object.entries(REFUSED)) {
  Deno.test({
    name:
      `syncAll() leaves out what the disk refuses, says it each time and keeps the rest: ${what}`,
    ignore,
    fn: async () => {
      await using ground = await make();
      const rest = { "a.csv": "1", "\u80a1\u7968.csv": "2" };
      await using hub = FilesHub.of(rest);
      await using rig = await rigIn(ground);
      assert.equal((await rig.sync(hub.url)).status, "success");
      const bad = Object.fromEntries(names.map((name) => [name, "bad"]));
      hub.offer("d", { ...bad, ...rest, "a.csv": "11" });
      for (let run = 1; run <= 2; run++) {
        const result = await rig.sync(hub.url);
        assert.deepEqual([result.success, result.leftOut], [false, names], result.error);
        assert.deepEqual(await treeOf(rig), { ...rest, "a.csv": "11" });
      }
      const { hint } = await rig.sync(hub.url);
      rig.dataset.exclude = [...hint!.matchAll(/'((?:[^']|'')*)'/g)]
        .map(([, glob]) => glob!.replaceAll("''", "'"));
      assert.equal((await rig.sync(hub.url)).success, true);
      assert.equal((await rig.sync(hub.url)).status, "up_to_date");
      rig.dataset.exclude = [];
      hub.offer("d", rest);
      assert.equal((await rig.sync(hub.url)).status, "success");
      const work = (await rig.layout()).work;
      assert.deepEqual([...Deno.readDirSync(work)].filter(({ name }) => name === "trial"), []);
      rig.endWorkers();
      await removeFolder(rig.dataset.localDir);
    },
  });
}

Deno.test({
  name:
    "of thousands of names of the same letters a few are tried, and every name of odd characters",
  ignore: !installed("strace"),
  fn: async () => {
    await using temp = await tempDir();
    const letters = Array.from(
      { length: 300 },
      (_, n) => `sh6${n}/sh6${n}_\u4e00\u822c\u4f01\u4e1a.csv`,
    );
    const odd = Array.from({ length: 20 }, (_, n) => `what ${n}?.csv`);
    const at = (path: string) => JSON.stringify(import.meta.resolve(`../../src/store/${path}`));
    const code = `const { unplaceable } = await import(${at("disk_names.ts")});
      const { ensureLayout, resolveLayout } = await import(${at("layout.ts")});
      const layout = await resolveLayout(${JSON.stringify(temp.at("data"))});
      await ensureLayout(layout);
      const paths = ${JSON.stringify([...letters, ...odd])};
      if (unplaceable(layout, paths, () => false).size > 0) Deno.exit(1);`;
    const { code: exit, paths } = await traced([Deno.execPath(), "eval", "--no-lock", code], {
      cwd: temp.path,
    });
    assert.equal(exit, 0);
    const tried = paths.filter((path) => path.includes("/trial/")).map((path) => basename(path));
    assert.deepEqual(tried.filter((name) => name.includes("?")).length, odd.length);
    assert.equal(tried.filter((name) => name.includes("\u4f01")).length, 1);
  },
});
