/**
 * A folder becomes the package that another reader gives back, the same bytes each time. Longer
 * than 250 lines because each option is held to what a reader sees.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { contentOf } from "../../src/demo/csv_rows.ts";
import { DemoDataset } from "../../src/demo/dataset.ts";
import { pro } from "../../src/demo/profiles.ts";
import { ArchiveError, StoreError, UsageError } from "../../src/errors.ts";
import { directoryOf } from "../../src/zip/read/package_file.ts";
import { run } from "../support/command.ts";
import { canMount, mount } from "../support/mounts.ts";
import { tempDir } from "../support/temp.ts";
import { packTree } from "../support/pack.ts";
import { judge } from "../support/judge.ts";
import { assertSameTree, readTree, type Tree, writeTree } from "../support/tree.ts";

const TEXT = new TextEncoder();

function treeOf(dataset: DemoDataset): Tree {
  return new Map(dataset.files.map((file) => [file.path, contentOf(file)]));
}

async function packageOf(dir: string, name = "daily"): Promise<Uint8Array> {
  return await Deno.readFile(join(dir, "package", `${name}.zip`));
}

async function datasetOf(dir: string): Promise<Record<string, unknown>> {
  return JSON.parse(await Deno.readTextFile(join(dir, "api", "datasets"))).datasets[0];
}

/** What a web server would show of a site. */
async function servedTree(dir: string): Promise<Tree> {
  const tree = await readTree(dir);
  return new Map([...tree].filter(([path]) => !path.startsWith(".datahubsync/")));
}

const small = DemoDataset.firstDay(pro({ scale: 0.005, rows: 40 }));

Deno.test("packFolder() packs what another reader gives back", async () => {
  await using temp = await tempDir();
  const tree: Tree = treeOf(small);
  tree.set("一般企业/sz002790_一般企业.csv", TEXT.encode("数据\n"));
  tree.set("empty.csv", new Uint8Array());
  await writeTree(temp.at("data"), tree);
  const report = await packTree({ folder: temp.at("data"), output: temp.at("hub"), name: "a" });
  assert.equal(report.files, tree.size);
  assertSameTree(judge(await packageOf(temp.at("hub"), "a")), tree);
});

Deno.test("packFolder() makes the same bytes whatever the times, order and rights of the files", async () => {
  await using temp = await tempDir();
  const files = [...treeOf(small)];
  await writeTree(temp.at("one"), files);
  await writeTree(temp.at("two"), files.toReversed());
  const [first] = files;
  await Deno.utime(temp.at("two", first![0]), 1e9, 1e9);
  await Deno.chmod(temp.at("two", first![0]), 0o600);
  for (const folder of ["one", "two"]) {
    await packTree({ folder: temp.at(folder), output: temp.at(`hub-${folder}`), name: "daily" });
  }
  assert.deepEqual(await packageOf(temp.at("hub-two")), await packageOf(temp.at("hub-one")));
});

Deno.test("packFolder() run again changes no byte of the tree", async () => {
  await using temp = await tempDir();
  await writeTree(temp.at("data"), treeOf(small));
  const options = { folder: temp.at("data"), output: temp.at("hub"), name: "daily" };
  await packTree(options);
  const before = await servedTree(temp.at("hub"));
  await Deno.utime(temp.at("data", small.files[0]!.path), new Date(), new Date());
  const report = await packTree(options);
  assert.equal(report.reused, small.files.length);
  assertSameTree(await servedTree(temp.at("hub")), before);
});

Deno.test("packFolder() keeps the compressed bytes of files that haven't changed", async () => {
  await using temp = await tempDir();
  await writeTree(temp.at("data"), treeOf(small));
  // Level 1, so that bytes packed again would be others.
  const options = { folder: temp.at("data"), output: temp.at("hub"), name: "daily" };
  await packTree({ ...options, level: 1 });
  const before = await packageOf(temp.at("hub"));
  const changed = small.files[3]!.path;
  await Deno.writeFile(temp.at("data", changed), TEXT.encode("another\n"));
  await Deno.writeFile(temp.at("data", "new.csv"), TEXT.encode("new\n"));
  const report = await packTree({ ...options, level: 9 });
  assert.equal(report.reused, small.files.length - 1);
  const after = await packageOf(temp.at("hub"));
  const [old, now] = [
    await dataByName(temp.at("hub"), before),
    await dataByName(temp.at("hub"), after),
  ];
  for (const [name, data] of now) {
    if (name === changed || name === "new.csv") assert.notDeepEqual(data, old.get(name));
    else assert.deepEqual(data, old.get(name), name);
  }
});

Deno.test("packFolder() doesn't copy compressed bytes that have rotted on the disk", async () => {
  await using temp = await tempDir();
  await writeTree(temp.at("data"), treeOf(small));
  const options = { folder: temp.at("data"), output: temp.at("hub"), name: "daily" };
  await packTree(options);
  const sound = await packageOf(temp.at("hub"));
  const path = temp.at("hub", "package", "daily.zip");
  const { fingerprint } = await packTree(options);
  const versioned = temp.at("hub", "package", "daily", `${fingerprint.slice(0, 16)}.zip`);
  const rotten = sound.slice();
  rotten[100]! ^= 0xff; // in the data of the first entry
  await Deno.remove(path);
  await Deno.writeFile(versioned, rotten);
  const report = await packTree({ ...options, all: true });
  assert.equal(report.reused, small.files.length - 1);
  assert.deepEqual(await packageOf(temp.at("hub")), sound);
});

Deno.test("packFolder() streams a file too big for memory and packs it the same each time", async () => {
  await using temp = await tempDir();
  await Deno.mkdir(temp.at("data"));
  const line = TEXT.encode(
    "2026-11-20,sh600000,10.25,10.31,10.02,10.11,183746152\n".repeat(20_000),
  );
  using file = await Deno.create(temp.at("data", "big.csv"));
  for (let written = 0; written < 65 << 20; written += line.length) await file.write(line);
  const options = { folder: temp.at("data"), output: temp.at("hub"), name: "daily" };
  const first = await packTree(options);
  const second = await packTree({ ...options, output: temp.at("other") });
  assert.equal(second.fingerprint, first.fingerprint);
  assert.deepEqual(await packageOf(temp.at("other")), await packageOf(temp.at("hub")));
});

Deno.test("packFolder() announces the newest file's time, and always another than before", async () => {
  await using temp = await tempDir();
  await writeTree(temp.at("data"), [["a.csv", TEXT.encode("1")], ["b.csv", TEXT.encode("2")]]);
  const newest = new Date("2026-11-20T12:15:00Z");
  await Deno.utime(temp.at("data", "a.csv"), newest, newest);
  await Deno.utime(temp.at("data", "b.csv"), 1e9, 1e9);
  const options = { folder: temp.at("data"), output: temp.at("hub"), name: "daily", maxRemoved: 1 };
  assert.equal((await packTree(options)).version, "2026-11-20T12:15:00.000Z");
  // No file is newer, but the data is another.
  await Deno.remove(temp.at("data", "b.csv"));
  assert.equal((await packTree(options)).version, "2026-11-20T12:15:01.000Z");
  assert.equal((await datasetOf(temp.at("hub")))["last_updated"], "2026-11-20T12:15:01.000Z");
  await Deno.writeTextFile(temp.at("data", "a.csv"), "3");
  await assert.rejects(
    packTree({ ...options, version: "2026-11-20T12:15:01.000Z" }),
    (error) => error instanceof UsageError && /has the version/.test(error.message),
  );
  assert.equal((await packTree({ ...options, version: "v4" })).version, "v4");
});

Deno.test("packFolder() takes a time in the future for now, and goes on from there", async () => {
  await using temp = await tempDir();
  const write = (path: string, text: string): Promise<void> =>
    writeTree(temp.at("data"), [[path, TEXT.encode(text)]]);
  const pack = async (at: string, warnings: string[] = []): Promise<string> => {
    const place = { folder: temp.at("data"), output: temp.at("hub"), name: "daily" };
    const { version } = await packTree({ ...place, clock: () => Date.parse(at) }, warnings);
    return version;
  };
  await write("a.csv", "1");
  await write("b.csv", "2");
  const [far, near] = ["2446-05-10T22:38:55.000Z", "2026-11-20T12:15:00.000Z"];
  await Deno.utime(temp.at("data", "a.csv"), new Date(near), new Date(near));
  await Deno.utime(temp.at("data", "b.csv"), new Date(far), new Date(far));
  const warnings: string[] = [];
  assert.equal(await pack("2026-11-21T00:00:00.000Z", warnings), "2026-11-21T00:00:00.000Z");
  assert.deepEqual(warnings, [
    `times in the future, up to ${far}, count as now: "b.csv"; is the clock right?`,
  ]);
  // A clock that is an hour ahead of ours is nothing to speak of.
  await write("b.csv", "3");
  const ahead = new Date("2026-11-22T01:00:00Z");
  await Deno.utime(temp.at("data", "b.csv"), ahead, ahead);
  const none: string[] = [];
  assert.equal(await pack("2026-11-22T00:00:00.000Z", none), "2026-11-22T00:00:00.000Z");
  assert.deepEqual(none, []);
});

Deno.test({
  name: "packFolder() packs files whose times are later than any date",
  ignore: !canMount("tmpfs"),
  async fn() {
    using disk = mount("tmpfs");
    await writeTree(disk.at("data"), [["a.csv", TEXT.encode("1")]]);
    await run("touch", ["-d", "@9999999999999", disk.at("data/a.csv")]);
    const now = Date.parse("2026-11-21T00:00:00.000Z");
    const place = { folder: disk.at("data"), output: disk.at("hub"), name: "daily" };
    const { version } = await packTree({ ...place, clock: () => now });
    assert.equal(version, "2026-11-21T00:00:00.000Z");
  },
});

Deno.test("packFolder() leaves out what it is asked to, and refuses links by name", async () => {
  await using temp = await tempDir();
  await writeTree(temp.at("data"), [["a.csv", TEXT.encode("1")], ["x/b.tmp", TEXT.encode("2")]]);
  await Deno.symlink("a.csv", temp.at("data", "link.csv"));
  const options = { folder: temp.at("data"), output: temp.at("hub"), name: "daily" };
  await assert.rejects(
    packTree({ ...options, exclude: ["*.tmp"] }),
    (error) => error instanceof StoreError && /"link\.csv"/.test(error.message),
  );
  const report = await packTree({ ...options, exclude: ["*.tmp", "link.csv"] });
  assert.equal(report.files, 1);
});

Deno.test("packFolder() publishes nothing that a client would refuse, and nothing empty", async () => {
  await using temp = await tempDir();
  const options = { folder: temp.at("data"), output: temp.at("hub"), name: "daily" };
  await Deno.mkdir(temp.at("data"));
  await assert.rejects(packTree(options), UsageError);
  await writeTree(temp.at("data"), [["e\u0301.csv", TEXT.encode("1")], [
    "\u00e9.csv",
    TEXT.encode("2"),
  ]]);
  await assert.rejects(packTree(options), ArchiveError);
  const left = [...(await readTree(temp.at("hub"))).keys()];
  assert.deepEqual(left, []);
});

/** Each entry's compressed bytes. */
async function dataByName(dir: string, bytes: Uint8Array): Promise<Map<string, Uint8Array>> {
  const path = join(dir, "looked-at.zip");
  await Deno.writeFile(path, bytes);
  using file = await Deno.open(path);
  const { entries } = await directoryOf(file);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return new Map(entries.map(({ name, headerOffset, compressedSize }) => {
    const lengths = view.getUint16(headerOffset + 26, true) +
      view.getUint16(headerOffset + 28, true);
    const start = headerOffset + 30 + lengths;
    return [name, bytes.subarray(start, start + compressedSize)];
  }));
}

Deno.test("packFolder() reads nothing that size and time say is unchanged, unless it is young", async () => {
  await using temp = await tempDir();
  await writeTree(temp.at("data"), treeOf(small));
  for (const { path } of small.files) await Deno.utime(temp.at("data", path), 1e9, 1e9);
  const options = { folder: temp.at("data"), output: temp.at("hub"), name: "daily" };
  assert.equal((await packTree(options)).read, small.files.length);
  const again = await packTree(options);
  assert.deepEqual([again.changed, again.read], [false, 0]);
  const [first, second] = small.files.map(({ path }) => temp.at("data", path));
  await Deno.writeFile(first!, TEXT.encode("another\n"));
  const day = await packTree(options);
  assert.deepEqual([day.changed, day.read, day.reused], [true, 1, small.files.length - 1]);
  // Just written: the same size and a time as young as the last look say nothing.
  await Deno.writeFile(first!, TEXT.encode("anotheR\n"));
  assert.equal((await packTree(options)).changed, true);
  // A file that was changed behind size and time is found when everything is read.
  const { size } = await Deno.stat(second!);
  await Deno.writeFile(second!, new Uint8Array(size));
  await Deno.utime(second!, 1e9, 1e9);
  await Deno.utime(first!, 1e9, 1e9);
  await packTree(options);
  assert.equal((await packTree(options)).changed, false);
  assert.equal((await packTree({ ...options, all: true })).changed, true);
  const tree = await readTree(temp.at("data"));
  assertSameTree(judge(await packageOf(temp.at("hub"))), tree);
});

Deno.test("packFolder() copies no bytes that rotted since they were recorded", async () => {
  await using temp = await tempDir();
  await writeTree(temp.at("data"), treeOf(small));
  for (const { path } of small.files) await Deno.utime(temp.at("data", path), 1e9, 1e9);
  const options = { folder: temp.at("data"), output: temp.at("hub"), name: "daily" };
  const { fingerprint } = await packTree(options);
  const versioned = temp.at("hub", "package", "daily", `${fingerprint.slice(0, 16)}.zip`);
  const rotten = await Deno.readFile(versioned);
  rotten[100]! ^= 0xff;
  await Deno.writeFile(versioned, rotten);
  await Deno.writeFile(temp.at("data", "new.csv"), TEXT.encode("new\n"));
  const report = await packTree(options);
  assert.deepEqual([report.read, report.reused], [2, small.files.length - 1]);
  assertSameTree(judge(await packageOf(temp.at("hub"))), await readTree(temp.at("data")));
});

Deno.test("packFolder() refuses a dataset that lost many of its files, or has too few", async () => {
  await using temp = await tempDir();
  await writeTree(temp.at("data"), treeOf(small));
  const options = { folder: temp.at("data"), output: temp.at("hub"), name: "daily" };
  await packTree(options);
  const before = await readTree(temp.at("hub"));
  for (const { path } of small.files.slice(0, 3)) await Deno.remove(temp.at("data", path));
  await assert.rejects(packTree(options), /3 of \d+ files of daily are gone: "/);
  await assert.rejects(packTree({ ...options, minFiles: 1000 }), /holds \d+ files/);
  assertSameTree(await readTree(temp.at("hub")), before);
  assert.equal((await packTree({ ...options, maxRemoved: 1 })).changed, true);
});

Deno.test("packFolder() publishes nothing when a file changes while it reads, and says which", async () => {
  await using temp = await tempDir();
  await writeTree(temp.at("data"), treeOf(small));
  const last = small.files.map(({ path }) => path).sort().at(-1)!;
  let calls = 0;
  const options = {
    folder: temp.at("data"),
    output: temp.at("hub"),
    name: "daily",
    clock: () => {
      // It looks at the clock before it lists the files, and again before it reads them.
      if (++calls === 2) Deno.writeTextFileSync(temp.at("data", last), "1");
      return Date.now();
    },
  };
  await assert.rejects(packTree(options), (error) => {
    assert(error instanceof StoreError);
    assert.match(error.message, /changed while they were read/);
    assert(error.message.includes(last));
    return true;
  });
  assert.equal((await readTree(temp.at("hub"))).size, 0);
});

Deno.test("packFolder() waits until nothing has changed for a while", async () => {
  await using temp = await tempDir();
  await writeTree(temp.at("data"), [["a.csv", TEXT.encode("1")]]);
  await Deno.utime(temp.at("data", "a.csv"), 1_000, 1_000);
  const waits: number[] = [];
  let now = 1_020_000;
  const sleep = (ms: number) => {
    waits.push(ms);
    now += ms;
    // Somebody still writes during the first wait.
    if (waits.length === 1) Deno.utimeSync(temp.at("data", "a.csv"), 1_050, 1_050);
    return Promise.resolve();
  };
  const { packFolder } = await import("../../src/pack/pack_folder.ts");
  const options = { folder: temp.at("data"), output: temp.at("hub"), name: "d", settleMs: 60_000 };
  await packFolder({ ...options, durable: false }, { clock: () => now, sleep, warn: () => {} });
  assert.deepEqual(waits, [40_000, 50_000]);
});

Deno.test("packFolder() refuses a site inside the folder, and the other way round", async () => {
  await using temp = await tempDir();
  await writeTree(temp.at("data"), [["a.csv", TEXT.encode("1")]]);
  await Deno.symlink("data", temp.at("link"));
  const inside = [["data"], ["data", "hub"], ["data", "..hub"], ["link"], ["link", "hub", "new"]];
  for (const output of [...inside.map((parts) => temp.at(...parts)), temp.path]) {
    const options = { folder: temp.at("data"), output, name: "d" };
    await assert.rejects(packTree(options), /lies inside the site, or the site inside it/, output);
  }
  assert.deepEqual([...(await readTree(temp.at("data"))).keys()], ["a.csv"]);
});

Deno.test("packFolder() places a patch that makes each day out of the day before", async () => {
  await using temp = await tempDir();
  const days = [small, small.nextDay(), small.nextDay().nextDay()];
  const options = { folder: temp.at("data"), output: temp.at("hub"), name: "daily", maxRemoved: 1 };
  const fingerprints: string[] = [];
  for (const day of days) {
    await Deno.remove(temp.at("data"), { recursive: true }).catch(() => {});
    await writeTree(temp.at("data"), treeOf(day));
    fingerprints.push((await packTree(options)).fingerprint);
  }
  const { patches } = await datasetOf(temp.at("hub")) as { patches: Record<string, string>[] };
  assert.deepEqual(patches.map(({ from, to }) => [from, to]), [
    [fingerprints[0], fingerprints[1]],
    [fingerprints[1], fingerprints[2]],
  ]);
  for (const { url } of patches) assert((await Deno.stat(temp.at("hub", url!))).size > 0);
});
