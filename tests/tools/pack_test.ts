import assert from "node:assert/strict";
import { join } from "node:path";
import { contentOf, DemoDataset } from "../../src/demo/dataset.ts";
import { pro } from "../../src/demo/profiles.ts";
import { ArchiveError, UsageError } from "../../src/errors.ts";
import { packFolder, type PackOptions } from "../../tools/pack.ts";
import { directoryOf } from "../../tools/previous_package.ts";
import { tempDir } from "../support/temp.ts";
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

const small = DemoDataset.firstDay(pro({ scale: 0.005, rows: 40 }));

Deno.test("packFolder() packs what another reader gives back", async () => {
  await using temp = await tempDir();
  const tree: Tree = treeOf(small);
  tree.set("一般企业/sz002790_一般企业.csv", TEXT.encode("数据\n"));
  tree.set("empty.csv", new Uint8Array());
  await writeTree(temp.at("data"), tree);
  const report = await packFolder({ folder: temp.at("data"), output: temp.at("hub"), name: "a" });
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
    await packFolder({ folder: temp.at(folder), output: temp.at(`hub-${folder}`), name: "daily" });
  }
  assert.deepEqual(await packageOf(temp.at("hub-two")), await packageOf(temp.at("hub-one")));
});

Deno.test("packFolder() run again changes no byte of the tree", async () => {
  await using temp = await tempDir();
  await writeTree(temp.at("data"), treeOf(small));
  const options = { folder: temp.at("data"), output: temp.at("hub"), name: "daily" };
  await packFolder(options);
  const before = await readTree(temp.at("hub"));
  await Deno.utime(temp.at("data", small.files[0]!.path), new Date(), new Date());
  const report = await packFolder(options);
  assert.equal(report.reused, small.files.length);
  assertSameTree(await readTree(temp.at("hub")), before);
});

Deno.test("packFolder() keeps the compressed bytes of files that haven't changed", async () => {
  await using temp = await tempDir();
  await writeTree(temp.at("data"), treeOf(small));
  // Level 1, so that bytes packed anew would be others.
  const options = { folder: temp.at("data"), output: temp.at("hub"), name: "daily" };
  await packFolder({ ...options, level: 1 });
  const before = await packageOf(temp.at("hub"));
  const changed = small.files[3]!.path;
  await Deno.writeFile(temp.at("data", changed), TEXT.encode("another\n"));
  await Deno.writeFile(temp.at("data", "new.csv"), TEXT.encode("new\n"));
  const report = await packFolder({ ...options, level: 9 });
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

Deno.test("packFolder() takes the compressed bytes from the package that it is told", async () => {
  await using temp = await tempDir();
  await writeTree(temp.at("data"), treeOf(small));
  const options = { folder: temp.at("data"), name: "daily" };
  await packFolder({ ...options, output: temp.at("one"), level: 1 });
  const previous = temp.at("one", "package", "daily.zip");
  const report = await packFolder({ ...options, output: temp.at("two"), level: 9, previous });
  assert.equal(report.reused, small.files.length);
  assert.deepEqual(await packageOf(temp.at("two")), await packageOf(temp.at("one")));
});

Deno.test("packFolder() doesn't copy compressed bytes that have rotted on the disk", async () => {
  await using temp = await tempDir();
  await writeTree(temp.at("data"), treeOf(small));
  const options = { folder: temp.at("data"), output: temp.at("hub"), name: "daily" };
  await packFolder(options);
  const sound = await packageOf(temp.at("hub"));
  const path = temp.at("hub", "package", "daily.zip");
  const rotten = sound.slice();
  rotten[100]! ^= 0xff; // in the data of the first entry
  await Deno.writeFile(path, rotten);
  const report = await packFolder({ ...options, output: temp.at("other"), previous: path });
  assert.equal(report.reused, small.files.length - 1);
  assert.deepEqual(await packageOf(temp.at("other")), sound);
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
  const first = await packFolder(options);
  const second = await packFolder({ ...options, output: temp.at("other") });
  assert.equal(second.fingerprint, first.fingerprint);
  assert.deepEqual(await packageOf(temp.at("other")), await packageOf(temp.at("hub")));
});

Deno.test("packFolder() announces the newest file's time, and always another than before", async () => {
  await using temp = await tempDir();
  await writeTree(temp.at("data"), [["a.csv", TEXT.encode("1")], ["b.csv", TEXT.encode("2")]]);
  const newest = new Date("2026-11-20T12:15:00Z");
  await Deno.utime(temp.at("data", "a.csv"), newest, newest);
  await Deno.utime(temp.at("data", "b.csv"), 1e9, 1e9);
  const options = { folder: temp.at("data"), output: temp.at("hub"), name: "daily" };
  assert.equal((await packFolder(options)).version, "2026-11-20T12:15:00.000Z");
  // No file is newer, but the data is another.
  await Deno.remove(temp.at("data", "b.csv"));
  assert.equal((await packFolder(options)).version, "2026-11-20T12:15:01.000Z");
  assert.equal((await datasetOf(temp.at("hub")))["last_updated"], "2026-11-20T12:15:01.000Z");
  await Deno.writeTextFile(temp.at("data", "a.csv"), "3");
  await assert.rejects(
    packFolder({ ...options, version: "2026-11-20T12:15:01.000Z" }),
    (error) => error instanceof UsageError && /has the version/.test(error.message),
  );
  assert.equal((await packFolder({ ...options, version: "v4" })).version, "v4");
});

Deno.test("packFolder() leaves out what it is told, and says so of links", async () => {
  await using temp = await tempDir();
  await writeTree(temp.at("data"), [["a.csv", TEXT.encode("1")], ["x/b.tmp", TEXT.encode("2")]]);
  await Deno.symlink("a.csv", temp.at("data", "link.csv"));
  const warnings: string[] = [];
  const options: PackOptions = { folder: temp.at("data"), output: temp.at("hub"), name: "daily" };
  const warn = (text: string) => void warnings.push(text);
  const report = await packFolder({ ...options, exclude: ["*.tmp"], warn });
  assert.equal(report.files, 1);
  assert.deepEqual(warnings, ["link.csv is no plain file and is left out"]);
});

Deno.test("packFolder() publishes nothing that a client would refuse, and nothing empty", async () => {
  await using temp = await tempDir();
  const options = { folder: temp.at("data"), output: temp.at("hub"), name: "daily" };
  await Deno.mkdir(temp.at("data"));
  await assert.rejects(packFolder(options), UsageError);
  await writeTree(temp.at("data"), [["e\u0301.csv", TEXT.encode("1")], [
    "\u00e9.csv",
    TEXT.encode("2"),
  ]]);
  await assert.rejects(packFolder(options), ArchiveError);
  const left = [...(await readTree(temp.at("hub"))).keys()];
  assert.deepEqual(left, []);
});

Deno.test("pack.ts answers with JSON, and with a hint and code 2 for a wrong word", async () => {
  await using temp = await tempDir();
  await writeTree(temp.at("data"), [["a.csv", TEXT.encode("1")]]);
  const run = async (...args: string[]) => {
    const script = join(import.meta.dirname!, "..", "..", "tools", "pack.ts");
    const output = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--no-check", "-A", script, ...args],
    }).output();
    const [out, err] = [output.stdout, output.stderr].map((bytes) =>
      new TextDecoder().decode(bytes)
    );
    return { code: output.code, out: out!, err: err! };
  };
  const good = await run(temp.at("data"), "--output", temp.at("hub"), "--name", "daily");
  assert.equal(good.code, 0, good.err);
  assert.equal(JSON.parse(good.out).files, 1);
  const bad = await run(temp.at("data"), "--output", temp.at("hub"), "--name", "d", "--level", "x");
  assert.deepEqual(bad, {
    code: 2,
    out: "",
    err: "pack: --level: expected a whole number from 1 to 9, found x\n",
  });
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
