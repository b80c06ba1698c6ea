/** `pack` lists the midstate of each file, however the file came into the package. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { loadPackedFiles, recordPath, savePackedFiles } from "../../src/pack/packed_files.ts";
import { sitePaths } from "../../src/site/site_paths.ts";
import { makeDigestList, type OfferedDigests } from "../../src/trust/digest_list.ts";
import type { PackReport } from "../../src/pack/options.ts";
import { largeDay, midstatesOf } from "../support/large_day.ts";
import { packTree } from "../support/pack.ts";
import { PackedSite } from "../support/site.ts";
import { tempDir } from "../support/temp.ts";
import { type Tree, writeTree } from "../support/tree.ts";

async function listedIn(site: PackedSite): Promise<Uint8Array | undefined> {
  const { midstates } = (await site.entry())["digests"] as OfferedDigests;
  if (midstates === undefined) return undefined;
  const bytes = await Deno.readFile(site.at(midstates.url));
  assert.equal(bytes.length, midstates.size);
  assert.equal(createHash("sha256").update(bytes).digest("hex"), midstates.sha256);
  return bytes;
}

async function assertListed(site: PackedSite, tree: Tree): Promise<void> {
  const expected = makeDigestList([...midstatesOf(tree).values()], "midstates");
  assert.deepEqual(await listedIn(site), expected);
}

Deno.test("pack lists midstates, of files that are new, grown, rewritten or left alone", async () => {
  await using site = await PackedSite.make();
  await site.publish(largeDay(0));
  await assertListed(site, largeDay(0));
  await site.publish(largeDay(1), { all: false });
  await assertListed(site, largeDay(1));
  const tree = largeDay(1).set("sh600000.csv", largeDay(2).get("sh600000.csv")!);
  tree.get("sh600002.csv")!.fill(48, 10, 20);
  await site.publish(tree, { all: false });
  await assertListed(site, tree);
});

Deno.test("a folder that is hashed at once gets no midstates", async () => {
  await using site = await PackedSite.make();
  await site.publish(new Map([...largeDay(0)].slice(0, 4)));
  assert.equal(await listedIn(site), undefined);
});

Deno.test("a large file that was rewritten costs one list of midstates", async () => {
  await using site = await PackedSite.make();
  await site.publish(largeDay(0));
  const tree = largeDay(0);
  tree.get("sh600004.csv")!.fill(48, 10, 20);
  await site.publish(tree, { all: false });
  assert.equal(await listedIn(site), undefined);
  tree.set("sh600000.csv", largeDay(1).get("sh600000.csv")!);
  await site.publish(tree, { all: false });
  await assertListed(site, tree);
});

Deno.test("files that an earlier program has packed get their midstates, though unchanged", async () => {
  await using site = await PackedSite.make();
  await using temp = await tempDir();
  const name = "stock-trading-data-pro";
  const tree = largeDay(0);
  /** Packs the folder once more, with another small file. */
  const pack = async (day: number): Promise<PackReport> => {
    tree.set("sh600000.csv", largeDay(day).get("sh600000.csv")!);
    await writeTree(temp.path, tree);
    for (const path of tree.keys()) await Deno.utime(temp.at(path), 1e9, 1e9);
    return await packTree({ folder: temp.path, output: site.at(), name });
  };
  await pack(0);
  const path = recordPath(sitePaths(site.at()).packed, name);
  const { fingerprint } = await site.entry();
  const record = (await loadPackedFiles(path, String(fingerprint)))!;
  for (const file of record.files.values()) delete file.midstate;
  await savePackedFiles(path, record);
  assert.equal((await pack(1)).read, tree.size);
  await assertListed(site, tree);
  // Those of unread files come out of the record.
  assert.equal((await pack(2)).read, 1);
  await assertListed(site, tree);
});

Deno.test("lists of midstates are removed with the packages that they were for", async () => {
  await using site = await PackedSite.make();
  const folder = site.at("digests", "stock-trading-data-pro");
  await site.publish(largeDay(0), { keepHours: 0 });
  const before = [...Deno.readDirSync(folder)].map(({ name }) => name);
  await site.publish(largeDay(1), { keepHours: 0 });
  const after = [...Deno.readDirSync(folder)].map(({ name }) => name);
  assert.deepEqual([before.length, after.length], [2, 2]);
  assert(before.every((name) => !after.includes(name)));
});
