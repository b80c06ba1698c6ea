/**
 * Every odd and hostile package, crossed with the whole engine: what is refused leaves everything as
 * it was and puts nothing anywhere else; what is accepted is the tree that `unzip` makes (`odd_zip_test.ts` asks it).
 *
 * @module
 */
import assert from "node:assert/strict";
import { inChinese } from "../support/chinese.ts";
import { FaultyHub } from "../support/faulty_hub/hub.ts";
import { buildZip } from "../support/zip_builder.ts";
import { assertHonestManifest, EngineRig } from "../support/engine.ts";
import { type OddZip, oddZips } from "../support/odd_zip.ts";
import { assertSameTree, readTree, type Tree } from "../support/tree.ts";

const NAME = "stock-trading-data-pro";
const MINE = new TextEncoder().encode("a,b\nmine,1\n");
/** Where the packages' names would lead: beside the folder, and to the top. */
const OUTSIDE = ["/evil.csv", "/etc/evil.csv", "/tmp/evil.csv"];

for (const engine of ["fast", "zipjs"] as const) {
  Deno.test(`syncAll() refuses hostile packages and takes odd ones (${engine})`, async (t) => {
    await using rig = await EngineRig.make({ dataset: { stripPrefix: "", deleteRemoved: false } });
    await using hub = new FaultyHub({ kind: "modern" });
    for (const [number, one] of oddZips().entries()) {
      await t.step(`${one.expect}: ${one.name}`, () => meet(one, { number, rig, hub, engine }));
    }
  });
}

async function meet(
  one: OddZip,
  at: { number: number; rig: EngineRig; hub: FaultyHub; engine: "fast" | "zipjs" },
): Promise<void> {
  const { rig, hub, engine, number } = at;
  // A folder of its own each time, with a file of the package's before and one of the user's.
  rig.dataset.localDir = rig.at(`data${number}`);
  rig.dataset.name = `${NAME}-${number}`;
  const kept = buildZip([{ path: "kept.csv", content: MINE }]);
  hub.setDataset(rig.dataset.name, { version: "2026-01-05T20:15:00", package: kept });
  assert((await rig.sync(hub.url)).success);
  await Deno.writeFile(`${rig.dataset.localDir}/mine.csv`, MINE);
  const before = await rig.tree();
  const around = await outside(rig);
  hub.setDataset(rig.dataset.name, { version: "2026-01-06T20:15:00", package: one.bytes });
  const result = await rig.sync(hub.url, { engine });
  const about = `${result.status}: ${result.error}`;
  if (one.expect === "accepted") {
    assert.equal(result.status, "success", about);
    const expected: Tree = new Map([...before, ...Object.entries(one.tree!)]);
    assertSameTree(await rig.tree(), expected);
  } else {
    assert.match(result.status, /^(extract|download)_failed$/, about);
    assert(result.error!.length > 10);
    const { text, left } = inChinese(result.error!);
    if (!text.includes("zip.js")) assert.deepEqual(left, [], text);
    assert((result.hint ?? "").length > 10, `no hint: ${about}`);
    assertSameTree(await rig.tree(), before);
    assert.equal(await rig.recorded(), "2026-01-05T20:15:00");
  }
  await assertHonestManifest(rig.dataset.localDir);
  for (const path of OUTSIDE) await assert.rejects(Deno.lstat(path), Deno.errors.NotFound);
  assert.deepEqual(await outside(rig), around, "something was put outside the folder");
  for (const file of Deno.readDirSync(rig.dataset.localDir)) {
    if (!file.isFile) continue;
    const { mode } = Deno.lstatSync(`${rig.dataset.localDir}/${file.name}`);
    assert.equal(mode! & 0o7133, 0, `${file.name} has mode ${mode!.toString(8)}`);
  }
}

/** What lies beside the data's folder, but for its work folder and the state. */
async function outside(rig: EngineRig): Promise<string[]> {
  const tree = await readTree(rig.root, (path) => !/^(\.data\d+\.datahubsync|data\d+)$/.test(path));
  return [...tree.keys()];
}
