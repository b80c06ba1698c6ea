/** Looking at a package, through the engine: whatever the catalog says of it, one look or two do. */
import assert from "node:assert/strict";
import type { HubKind } from "../../support/faulty_hub/hub.ts";
import type { ZipOptions } from "../../support/zip_builder.ts";
import { EngineRig } from "../../support/engine.ts";
import { assertSameTree, type Tree } from "../../support/tree.ts";
import { directoryOf } from "../../zip/reading.ts";
import { hubWith, NAME, packageRequests, treeOf, versionOf, zipOf } from "../watched.ts";

const KINDS: HubKind[] = ["deployed", "modern", "no_ranges"];

/** So many tiny files with names of this length. */
function manyFiles(count: number, length: number): Tree {
  const name = (index: number) => `${String(index).padStart(length - 4, "0")}.csv`;
  return treeOf(
    Object.fromEntries(Array.from({ length: count }, (_, index) => [name(index), `${index}`])),
  );
}

/** A directory of 170 KB, longer than usual, out of few files. */
const ABOVE = "a".repeat(250);
const tree: Tree = new Map([...manyFiles(200, 250)].map(([path, content], index) => [
  `${index % 2}${ABOVE}/${ABOVE}/${path}`,
  content,
]));
const package_ = zipOf(tree);

for (const kind of KINDS) {
  for (
    const [what, entry] of Object.entries({
      "all true": {},
      "no size": { package_size: 0 },
      "neither size nor count": { package_size: 0, file_count: 0, total_size: 0 },
      "members missing": { package_size: undefined, file_count: undefined },
      "too small a size": { package_size: 5000 },
      "too large a size": { package_size: package_.length + 12_345 },
      "too small a count": { file_count: 1 },
      "too large a count": { file_count: 100_000 },
      "a size of one byte": { package_size: 1 },
      "nonsense": { package_size: "many", file_count: -7 },
    })
  ) {
    Deno.test(`a package is found though the catalog says: ${what} (${kind})`, async () => {
      const dataset = { version: versionOf(1), package: package_, fileCount: tree.size, entry };
      await using hub = hubWith(dataset, { kind });
      await using rig = await EngineRig.make();
      const result = await rig.sync(hub.url);
      assert.equal(result.status, "success", result.error);
      assert.equal(result.bytesTotal, package_.length);
      assertSameTree(await rig.tree(), tree);
      assert(packageRequests(hub).length <= 5, `${packageRequests(hub).length} requests`);
      hub.setDataset(NAME, { ...dataset, version: versionOf(2) });
      hub.reset();
      const again = await rig.sync(hub.url);
      assert(again.success, again.error);
      assert.equal(again.entriesFetched, 0);
      assert(packageRequests(hub).length <= 4, `${packageRequests(hub).length} requests`);
    });
  }
}

Deno.test("a directory that is where it is expected costs one request", async () => {
  const tree = manyFiles(2500, 36);
  for (const kind of ["deployed", "modern"] as const) {
    const dataset = { version: versionOf(1), package: zipOf(tree), fileCount: tree.size };
    await using hub = hubWith(dataset, { kind });
    await using rig = await EngineRig.make();
    await rig.sync(hub.url);
    hub.setDataset(NAME, { ...dataset, version: versionOf(2) });
    hub.reset();
    await rig.sync(hub.url);
    assert.equal(packageRequests(hub).length, 1, kind);
  }
});

Deno.test("odd ends of packages are read over every kind of hub", async () => {
  const files = treeOf({ "a.csv": "1", "b/c.csv": "2" });
  const odd: Record<string, ZipOptions> = {
    zip64: { zip64: true },
    comment: { comment: "x".repeat(65_535) },
    prepended: { prepend: new Uint8Array(3000).fill(35) },
    folders: { directories: true },
  };
  for (const kind of KINDS) {
    for (const [what, options] of Object.entries(odd)) {
      await using hub = hubWith({ version: versionOf(1), package: zipOf(files, options) }, {
        kind,
      });
      await using rig = await EngineRig.make({ dataset: { stripPrefix: "" } });
      const result = await rig.sync(hub.url);
      assert.equal(result.status, "success", `${kind}, ${what}: ${result.error}`);
      assertSameTree(await rig.tree(), files);
    }
  }
});

Deno.test("what is no package fails in few requests, whatever its length", async () => {
  for (const kind of KINDS) {
    await using hub = hubWith({ version: versionOf(1), package: package_ }, { kind });
    await using rig = await EngineRig.make();
    for (const length of [0, 1, 2, 21, 22, 23, 500, 300_000]) {
      for (const packageSize of [undefined, 0, length, 999]) {
        const entry = packageSize === undefined ? {} : { package_size: packageSize };
        const bytes = new Uint8Array(length).fill(80);
        hub.setDataset(NAME, { version: versionOf(1), package: bytes, entry });
        hub.reset();
        const result = await rig.sync(hub.url);
        const what = `${kind}, ${length} bytes, said to be ${packageSize}`;
        assert.equal(result.status, "download_failed", `${what}: ${result.error}`);
        assert(result.error!.length > 10, what);
        assert(packageRequests(hub).length <= 20, `${what}: ${packageRequests(hub).length}`);
      }
    }
  }
});

Deno.test("a fingerprint that the catalog announces has to be the package's", async () => {
  const files = treeOf({ "a.csv": "1" });
  const bytes = zipOf(files);
  const { fingerprint } = await directoryOf(bytes);
  await using hub = hubWith({ version: versionOf(1), package: bytes, entry: { fingerprint } });
  await using rig = await EngineRig.make();
  const right = await rig.sync(hub.url);
  assert.equal(right.status, "success", right.error);
  const entry = { fingerprint: "0".repeat(64) };
  hub.setDataset(NAME, { version: versionOf(2), package: zipOf(treeOf({ "a.csv": "2" })), entry });
  const wrong = await rig.sync(hub.url);
  assert.equal(wrong.status, "download_failed");
  assertSameTree(await rig.tree(), files);
});
