/**
 * A publish makes all of a plan live or none of it, wherever it dies. Longer than 250 lines
 * because every step and every kind of obstacle is a case.
 */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { crc32 } from "node:zlib";
import { journalIsOpen } from "../../src/store/publish/journal.ts";
import { ensureLayout, type Layout } from "../../src/store/layout.ts";
import { Manifest } from "../../src/store/manifest.ts";
import { publish, PUBLISH_STEPS, type PublishPlan } from "../../src/store/publish/publish.ts";
import { recoverPublish } from "../../src/store/recover.ts";
import { seal } from "../../src/fs/sealed_json.ts";
import { canMount, mount } from "../support/mounts.ts";
import { TempFolder } from "../support/temp.ts";
import { describe, dieAt, layoutOf, readTree, stage, writeTree } from "./dataset_folder.ts";

const BEFORE = { "a.csv": "old a", "b.csv": "old b", "gone/x/y.csv": "bye", "mine.txt": "mine" };
const CHANGED = { "a.csv": "new a, longer", "股/一般.csv": "new", "deep/er/c.csv": "" };
const AFTER = { ...CHANGED, "b.csv": "old b", "mine.txt": "mine" };

/** A folder as BEFORE says, and a plan that makes it AFTER. */
async function prepared(temp: TempFolder): Promise<{ layout: Layout; plan: PublishPlan }> {
  writeTree(temp.at("data"), BEFORE);
  const layout = await layoutOf(temp);
  const plan = await stage(layout, CHANGED, [
    describe(temp.at("data/gone/x/y.csv"), "gone/x/y.csv"),
  ]);
  return { layout, plan };
}

/** Whether every manifest entry says what is on the disk. */
async function checkManifest(layout: Layout): Promise<Manifest> {
  const manifest = await Manifest.load(layout.manifest);
  assert(manifest);
  for (const [path, { size, crc, mtimeMs }] of manifest.entries()) {
    assert.deepEqual({ path, size, crc, mtimeMs }, describe(`${layout.localDir}/${path}`, path));
  }
  return manifest;
}

for (const durable of [true, false]) {
  Deno.test(`publish() makes all of a plan live, durable: ${durable}`, async () => {
    using temp = new TempFolder();
    const { layout, plan } = await prepared(temp);
    const steps: string[] = [];
    const report = await publish(layout, plan, {
      durable,
      flush: true,
      onStep: (step) => steps.push(step),
    });
    assert.deepEqual(report, { published: 3, deleted: 1, kept: [] });
    assert.deepEqual(steps, [...PUBLISH_STEPS]);
    assert.deepEqual(readTree(temp.at("data")), AFTER);
    assert.equal((await checkManifest(layout)).size, 3);
    assert.deepEqual([...Deno.readDirSync(layout.work)].map((item) => item.name), ["manifest"]);
    assert.equal(await recoverPublish(layout), false);
  });
}

Deno.test("publish() makes local_dir and modes as the umask says", async () => {
  using temp = new TempFolder();
  const layout = await layoutOf(temp, "not/there/yet");
  await publish(layout, await stage(layout, { "d/f.csv": "x" }), { durable: true });
  // Not Deno.umask(): to read the mask it sets another, for the tests that run beside this one, too.
  writeTree(temp.at("usual"), { "d/f.csv": "x" });
  for (const path of ["d", "d/f.csv"]) {
    const mode = (place: string) => Deno.statSync(temp.at(place, path)).mode! & 0o777;
    assert.equal(mode("not/there/yet"), mode("usual"), path);
  }
});

for (const [index, step] of PUBLISH_STEPS.entries()) {
  const begun = index >= PUBLISH_STEPS.indexOf("journal_written");

  Deno.test(`recoverPublish() after a crash at ${step} ${begun ? "ends" : "changes nothing"}`, async () => {
    using temp = new TempFolder();
    const { layout, plan } = await prepared(temp);
    await assert.rejects(publish(layout, plan, { durable: true, onStep: dieAt(step) }), /killed/);
    const open = await journalIsOpen(layout);
    assert.equal(await recoverPublish(layout), open);
    assert.deepEqual(readTree(temp.at("data")), begun ? AFTER : BEFORE);
    assert.equal(await journalIsOpen(layout), false);
    if (begun) await checkManifest(layout);
    else assert.deepEqual([...Deno.readDirSync(layout.staging)].length, 3, "staged files are kept");
  });

  if (!begun) continue;
  Deno.test(`recoverPublish() that itself dies at ${step} is finished by the next`, async () => {
    using temp = new TempFolder();
    const { layout, plan } = await prepared(temp);
    const killed = publish(layout, plan, { durable: false, onStep: dieAt("half_moved") });
    await assert.rejects(killed, /killed/);
    // The first four steps aren't part of a recovery.
    await recoverPublish(layout, { durable: false, onStep: dieAt(step) }).catch(() => {});
    await recoverPublish(layout);
    assert.deepEqual(readTree(temp.at("data")), AFTER);
    await checkManifest(layout);
  });
}

Deno.test("recoverPublish() puts no staged file in place that isn't whole", async () => {
  using temp = new TempFolder();
  const { layout, plan } = await prepared(temp);
  const killed = publish(layout, plan, { durable: true, onStep: dieAt("journal_written") });
  await assert.rejects(killed, /killed/);
  Deno.writeTextFileSync(`${layout.staging}/${plan.moves[0]!.staged}`, "NEW a, longer");
  Deno.removeSync(`${layout.staging}/${plan.moves[1]!.staged}`);
  assert.equal(await recoverPublish(layout), true);
  const tree = readTree(temp.at("data"));
  assert.equal(tree["a.csv"], "old a");
  assert.equal("股/一般.csv" in tree || "股" in tree, false);
  assert.equal(tree["deep/er/c.csv"], "");
  const manifest = await checkManifest(layout);
  assert.deepEqual([...manifest.entries()].map(([path]) => path), ["deep/er/c.csv"]);
  assert.equal(manifest.fingerprint, null);
});

Deno.test("recoverPublish() drops a journal cut at any byte, and what it meant stays staged", async () => {
  using temp = new TempFolder();
  const { layout, plan } = await prepared(temp);
  const killed = publish(layout, plan, { durable: false, onStep: dieAt("journal_written") });
  await assert.rejects(killed, /killed/);
  const whole = Deno.readFileSync(layout.journal);
  for (let length = 0; length < whole.length; length++) {
    Deno.writeFileSync(layout.journal, whole.subarray(0, length));
    const warnings: string[] = [];
    assert.equal(await recoverPublish(layout, { warn: (text) => warnings.push(text) }), false);
    assert.equal(warnings.length, 1, `cut at ${length}`);
    assert.equal(await journalIsOpen(layout), false);
  }
  assert.deepEqual(readTree(temp.at("data")), BEFORE);
  assert.equal([...Deno.readDirSync(layout.staging)].length, 3);
});

Deno.test("recoverPublish() refuses a newer journal and touches nothing", async () => {
  using temp = new TempFolder();
  const { layout } = await prepared(temp);
  Deno.writeTextFileSync(layout.journal, '{"format":9,"moves":"otherwise"}');
  await assert.rejects(recoverPublish(layout), { code: "unknown_version" });
  assert.equal(Deno.readTextFileSync(layout.journal), '{"format":9,"moves":"otherwise"}');
  assert.deepEqual(readTree(temp.at("data")), BEFORE);
});

Deno.test("recoverPublish() goes on when the new manifest was lost", async () => {
  using temp = new TempFolder();
  const { layout, plan } = await prepared(temp);
  await assert.rejects(publish(layout, plan, { durable: true, onStep: dieAt("moved") }), /killed/);
  Deno.writeTextFileSync(layout.manifestNext, "garbage");
  await recoverPublish(layout);
  assert.deepEqual(readTree(temp.at("data")), AFTER);
  assert.equal(await Manifest.load(layout.manifest), undefined);
});

for (
  const [what, body] of Object.entries({
    "removes above the folder": {
      kind: "publish",
      moves: [],
      deletes: [["../victim", 1, 0, crc32("v")]],
    },
    "takes a file from elsewhere": {
      kind: "publish",
      moves: [["../../victim", "stolen", 1, crc32("v"), 0]],
      deletes: [],
    },
    "puts a file into a work folder": {
      kind: "publish",
      moves: [["0000cafe-1-0000cafe", ".other.datahubsync/journal", 1, crc32("v"), 0]],
      deletes: [],
    },
    "moves the folder elsewhere": { kind: "to_snapshot", version: "../../victims" },
    "brings a folder from elsewhere": { kind: "to_plain", version: "../../../etc" },
    "has a size that is none": {
      kind: "publish",
      moves: [["0000cafe-1-0000cafe", "a", -1, 0, 0]],
      deletes: [],
    },
  })
) {
  Deno.test(`recoverPublish() drops a sealed journal that ${what}`, async () => {
    using temp = new TempFolder();
    writeTree(temp.path, { "victim": "v", "data/a": "1" });
    const layout = await layoutOf(temp);
    await ensureLayout(layout);
    const before = readTree(temp.path); // folders that are empty count, too
    const text = JSON.stringify(body).slice(1, -1);
    Deno.writeFileSync(layout.journal, Buffer.concat(seal({ what: "journal", format: 1 }, text)));
    const warnings: string[] = [];
    assert.equal(await recoverPublish(layout, { warn: (text) => warnings.push(text) }), false);
    assert.match(warnings.join(), /is damaged .* was dropped/);
    assert.deepEqual(readTree(temp.path), before);
  });
}

Deno.test("publish() keeps a file that upstream removed and the user changed", async () => {
  using temp = new TempFolder();
  writeTree(temp.at("data"), { "d/size": "one", "d/content": "two", "d/touched": "three" });
  const layout = await layoutOf(temp);
  const paths = ["d/size", "d/content", "d/touched", "d/never"];
  const deletes = paths.map((path) =>
    describe(temp.at("data", path === "d/never" ? "d/size" : path), path)
  );
  writeTree(temp.at("data"), { "d/size": "longer", "d/content": "TWO" });
  for (const path of ["d/content", "d/touched"]) {
    Deno.utimeSync(temp.at("data", path), new Date(0), new Date(0));
  }
  const report = await publish(layout, await stage(layout, {}, deletes), { durable: true });
  assert.deepEqual(report, { published: 0, deleted: 1, kept: ["d/size", "d/content"] });
  assert.deepEqual(readTree(temp.at("data")), { "d/content": "TWO", "d/size": "longer" });
});

Deno.test("publish() removes nothing through a link", async () => {
  using temp = new TempFolder();
  writeTree(temp.path, { "elsewhere/f": "theirs", "data/x": "" });
  Deno.symlinkSync(temp.at("elsewhere"), temp.at("data/d"));
  const layout = await layoutOf(temp);
  const plan = await stage(layout, {}, [describe(temp.at("elsewhere/f"), "d/f")]);
  assert.deepEqual((await publish(layout, plan, { durable: true })).kept, ["d/f"]);
  assert.equal(Deno.readTextFileSync(temp.at("elsewhere/f")), "theirs");
});

/** What stands in the way, before a plan that writes good.csv and d/f.csv; what the error names. */
const OBSTACLES: Record<string, { put: (data: string) => void; names: RegExp }> = {
  "a folder where a file should go": {
    put: (data) => Deno.mkdirSync(`${data}/d/f.csv`, { recursive: true }),
    names: /d\/f\.csv is a folder/,
  },
  "a file where a folder should be": {
    put: (data) => Deno.writeTextFileSync(`${data}/d`, ""),
    names: /publish d\/f\.csv: .*\/d is a file/,
  },
  "a link on the way": {
    put: (data) => Deno.symlinkSync("..", `${data}/d`),
    names: /publish d\/f\.csv: .*\/d is a link/,
  },
  "a link that leads nowhere": {
    put: (data) => Deno.symlinkSync("/nowhere", `${data}/d`),
    names: /\/d is a link/,
  },
};

for (const [what, { put, names }] of Object.entries(OBSTACLES)) {
  Deno.test(`publish() refuses ${what} and changes nothing`, async () => {
    using temp = new TempFolder();
    writeTree(temp.at("data"), { "good.csv": "old" });
    put(temp.at("data"));
    const before = readTree(temp.at("data"));
    const layout = await layoutOf(temp);
    const plan = await stage(layout, { "good.csv": "new", "d/f.csv": "x" });
    await assert.rejects(publish(layout, plan, { durable: true }), {
      code: "wrong_type",
      message: names,
    });
    assert.deepEqual(readTree(temp.at("data")), before);
    assert.equal(await journalIsOpen(layout), false);
  });
}

Deno.test("publish() finds a folder in the way among many files", async () => {
  using temp = new TempFolder();
  const files = Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`f${n}.csv`, "x"]));
  Deno.mkdirSync(temp.at("data/f11.csv"), { recursive: true });
  const layout = await layoutOf(temp);
  const plan = await stage(layout, files);
  await assert.rejects(publish(layout, plan, { durable: false }), /f11\.csv is a folder/);
});

Deno.test("publish() makes a folder that isn't there for many files at once", async () => {
  using temp = new TempFolder();
  const names = Array.from({ length: 600 }, (_, n) => n < 20 ? `f${n}.csv` : `d/f${n}.csv`);
  const files = Object.fromEntries(names.map((name) => [name, name]));
  const layout = await layoutOf(temp, "new/data");
  await publish(layout, await stage(layout, files), { durable: false });
  assert.deepEqual(readTree(layout.localDir), files);
});

Deno.test("publish() replaces a link that stands where a file goes, not what it leads to", async () => {
  using temp = new TempFolder();
  writeTree(temp.path, { "theirs": "theirs", "data/x": "" });
  Deno.symlinkSync("../theirs", temp.at("data/f.csv"));
  const layout = await layoutOf(temp);
  await publish(layout, await stage(layout, { "f.csv": "new" }), { durable: true });
  assert.deepEqual(readTree(temp.at("data")), { "f.csv": "new", "x": "" });
  assert.equal(Deno.readTextFileSync(temp.at("theirs")), "theirs");
});

for (const path of ["../f", "/f", "a/../f", "a//f", "./f", "a/", "", "a\0b"]) {
  Deno.test(`publish() refuses the path ${JSON.stringify(path)}`, async () => {
    using temp = new TempFolder();
    const layout = await layoutOf(temp);
    const plan = await stage(layout, {});
    Deno.writeTextFileSync(`${layout.staging}/0`, "");
    plan.moves.push({ staged: "0", path, size: 0, crc: 0, mtimeMs: 0 });
    await assert.rejects(publish(layout, plan, { durable: false }), { code: "unsafe_name" });
  });
}

Deno.test("publish() notices a staged file that is gone before it changes anything", async () => {
  using temp = new TempFolder();
  const { layout, plan } = await prepared(temp);
  Deno.removeSync(`${layout.staging}/${plan.moves[2]!.staged}`);
  await assert.rejects(publish(layout, plan, { durable: true }), /deep\/er\/c\.csv is gone/);
  assert.deepEqual(readTree(temp.at("data")), BEFORE);
});

Deno.test("publish() refuses a local_dir that has become a file", async () => {
  using temp = new TempFolder();
  const layout = await layoutOf(temp);
  const plan = await stage(layout, { f: "x" });
  Deno.writeTextFileSync(temp.at("data"), "");
  await assert.rejects(publish(layout, plan, { durable: true }), { code: "wrong_type" });
});

Deno.test({
  name: "publish() on a disk that runs out of inodes takes all back, and works once there are some",
  ignore: !canMount("tmpfs"),
  fn: async () => {
    using temp = new TempFolder();
    using _mount = mount("tmpfs", "size=1m,nr_inodes=40", temp.at("disk"));
    const layout = await layoutOf(temp, "disk/data");
    const files = Object.fromEntries(Array.from({ length: 14 }, (_, n) => [`d${n}/f`, `${n}`]));
    const plan = await stage(layout, files);
    const filler = fill(temp.at("disk"), 14);
    await assert.rejects(publish(layout, plan, { durable: true }), { code: "disk_full" });
    assert.equal(await journalIsOpen(layout), false);
    assert.deepEqual(
      [...Deno.readDirSync(temp.at("disk"))].filter(({ name }) => name === "data"),
      [],
    );
    for (const path of filler) Deno.removeSync(path);
    await publish(layout, plan, { durable: true });
    assert.deepEqual(readTree(layout.localDir), files);
    await checkManifest(layout);
  },
});

Deno.test({
  name: "publish() works inside a mount point and refuses a package that names our folder",
  ignore: !canMount("tmpfs"),
  fn: async () => {
    using temp = new TempFolder();
    using _mount = mount("tmpfs", "size=1m", temp.at("data"));
    const layout = await layoutOf(temp);
    await publish(layout, await stage(layout, { "a/f.csv": "x" }), { durable: true });
    assert.equal(readTree(temp.at("data"))["a/f.csv"], "x");
    const bad = await stage(layout, { ".datahubsync/manifest": "x" });
    await assert.rejects(publish(layout, bad, { durable: true }), { code: "unsafe_name" });
  },
});

/** Makes files until only `left` inodes are free. */
function fill(folder: string, left: number): string[] {
  const made: string[] = [];
  try {
    while (made.length < 1000) {
      const path = `${folder}/filler${made.length}`;
      Deno.writeTextFileSync(path, "");
      made.push(path);
    }
  } catch {
    for (const path of made.splice(0, left)) Deno.removeSync(path);
  }
  return made;
}
