/** The fast path and zip.js make equal trees of every package; odd ones are in `archives_test.ts`. */
import assert from "node:assert/strict";
import { writeZip } from "../support/zip_builder.ts";
import { DemoDataset } from "../../src/demo/dataset.ts";
import { offer } from "../support/faulty_hub/dataset_package.ts";
import type { HubDataset } from "../support/faulty_hub/hub.ts";
import { fin, pro } from "../../src/demo/profiles.ts";
import { etf, perDay } from "../support/profiles.ts";
import type { ZipOptions } from "../support/zip_builder.ts";
import type { DatasetResult } from "../../src/types.ts";
import { EngineRig } from "../support/engine.ts";
import { oddZips } from "../support/odd_zip.ts";
import { tempDir } from "../support/temp.ts";
import { judge } from "../support/judge.ts";
import { assertSameTree, type Tree } from "../support/tree.ts";
import { mixture } from "../support/deflate_streams.ts";
import { directoryByZipJs, directoryOf, plainEntries } from "../zip/reading.ts";
import { hubWith, versionOf } from "./watched.ts";

const ENGINES = ["fast", "zipjs"] as const;

/** Syncs a package into a new folder by each engine. */
async function byEach(
  package_: HubDataset["package"],
): Promise<{ result: DatasetResult; tree: Tree }[]> {
  const outcomes: { result: DatasetResult; tree: Tree }[] = [];
  for (const engine of ENGINES) {
    await using hub = hubWith({ version: versionOf(1), package: package_! });
    await using rig = await EngineRig.make();
    const result = await rig.sync(hub.url, { engine });
    outcomes.push({ result, tree: await rig.tree() });
  }
  return outcomes;
}

Deno.test("zip.js finds the same directory in every odd package that is taken", async () => {
  for (const { name, bytes, expect } of oddZips()) {
    if (expect === "accepted") await assertSameDirectory(bytes, name);
  }
});

/** zip.js finds the same directory in the package as we do. */
async function assertSameDirectory(bytes: Uint8Array, name: string): Promise<void> {
  const [ours, theirs] = [await directoryOf(bytes), await directoryByZipJs(bytes)];
  assert.deepEqual(plainEntries(theirs), plainEntries(ours), name);
}

const profiles = { pro, fin, etf, perDay };
const writings: ZipOptions[] = [
  {},
  { descriptors: true },
  { zip64: true },
  { encoding: "gbk" },
  { level: 0 },
  { wrapper: "wrapped", directories: true },
  { prepend: new Uint8Array(1000).fill(35), comment: "a note" },
];

for (const [name, profile] of Object.entries(profiles)) {
  Deno.test(`both engines make equal trees of ${name} packages, however they are written`, async () => {
    const files = { pro: 5600, fin: 5850, etf: 200, perDay: 2000 }[name]!;
    const dataset = DemoDataset.firstDay(profile({ scale: 12 / files, rows: 40 }));
    let plain: Tree | undefined;
    for (const zip of writings) {
      const { package: bytes } = offer(dataset, zip);
      const [fast, zipjs] = await byEach(bytes);
      assert.equal(fast!.result.status, "success", fast!.result.error);
      assert.equal(zipjs!.result.status, "success", zipjs!.result.error);
      assertSameTree(fast!.tree, zipjs!.tree);
      plain ??= fast!.tree;
      assertSameTree(fast!.tree, plain);
      const asIs = zip.encoding === undefined && zip.wrapper === undefined;
      if (asIs) assertSameTree(fast!.tree, judge(bytes));
    }
  });
}

Deno.test("both engines extract entries that are extracted while they arrive", async () => {
  await using temp = await tempDir();
  const big = new Uint8Array(24 << 20);
  const part = mixture(3, 30);
  for (let at = 0; at < big.length; at += part.length) {
    big.set(part.subarray(0, big.length - at), at);
    big[at] = at >> 16;
  }
  const files = [
    { path: "a.csv", content: part },
    { path: "big.csv", content: big, level: 1 },
    { path: "stored.csv", content: big, method: 0 as const },
    { path: "z.csv", content: part },
  ];
  await writeZip(temp.at("big.zip"), files);
  const size = (await Deno.stat(temp.at("big.zip"))).size;
  for (const { result, tree } of await byEach({ path: temp.at("big.zip"), size } as never)) {
    assert.equal(result.status, "success", result.error);
    assertSameTree(tree, new Map(files.map(({ path, content }) => [path, content])));
  }
});
