/**
 * Packages whose figures need more than 32 bits, crossed with the whole engine and both decoders: as
 * far as that costs nothing. Those of which 4 GB are extracted are in `tests/e2e/large_test.ts`.
 *
 * @module
 */
import assert from "node:assert/strict";
import { FaultyHub } from "../support/faulty_hub/hub.ts";
import { buildZip } from "../support/zip_builder.ts";
import { assertHonestManifest, EngineRig } from "../support/engine.ts";
import { cheapLargeZips, FOUR_GIB, type LargeZip, writeLargeZip } from "../support/large_zip.ts";
import { packed, storedHole } from "../support/long_content.ts";
import { roomFor } from "../support/room.ts";
import { assertSameTree } from "../support/tree.ts";
import { csvRows } from "../support/deflate_streams.ts";
import { versionOf, watched } from "./watched.ts";

const MINE = new TextEncoder().encode("a,b\nmine,1\n");
/** What a lie may make us write before it is found out: the claimed size, and a buffer. */
const MOST_WRITTEN = 8 << 20;

// Nothing of the kind is written, but the engine asks for the room that a package claims.
const room = await roomFor(6e9);
const left = "why" in room ? ` (left out: ${room.why})` : "";

for (const engine of ["fast", "zipjs"] as const) {
  Deno.test({
    name: `syncAll() isn't fooled by figures beyond 32 bits (${engine})${left}`,
    ignore: "why" in room,
    async fn(t) {
      for (const one of cheapLargeZips()) {
        await t.step(`${one.expect}: ${one.name}`, () => meet(one, engine));
      }
    },
  });
}

Deno.test({
  name: `a file that grows behind 4 GiB costs its tail${left}`,
  ignore: "why" in room,
  async fn() {
    await using rig = await EngineRig.make({
      dataset: { stripPrefix: "", include: ["grows.csv"] },
      ..."dir" in room && { root: room.dir },
    });
    await using hub = new FaultyHub({ kind: "modern" });
    const hole = { name: "hole.csv", content: storedHole(FOUR_GIB) };
    for (const [day, rows] of [40_000, 40_100].entries()) {
      const content = packed(csvRows(1, rows));
      const path = rig.at(`package${day}.zip`);
      writeLargeZip(path, [hole, { name: "grows.csv", content }]);
      hub.setDataset(rig.dataset.name, { version: versionOf(day + 1), package: { path } });
      hub.reset();
      const { result, plan } = await watched(rig, hub.url);
      assert.equal(result.status, "success", result.error);
      assert.equal(plan!.tails, day);
      if (day > 0) assert(hub.bytesSent("/package/") < content.compressedSize / 4);
      assertSameTree(await rig.tree(), new Map([["grows.csv", content.plain!]]));
    }
  },
});

async function meet(one: LargeZip, engine: "fast" | "zipjs"): Promise<void> {
  const { include = [] } = one;
  await using rig = await EngineRig.make({
    dataset: { stripPrefix: "", deleteRemoved: false },
    ..."dir" in room && { root: room.dir },
  });
  await using hub = new FaultyHub({ kind: "modern" });
  const { name } = rig.dataset;
  const kept = buildZip([{ path: "kept.csv", content: MINE }]);
  hub.setDataset(name, { version: "2026-01-05T20:15:00", package: kept });
  assert((await rig.sync(hub.url)).success);
  const before = await rig.tree();
  const path = rig.at("package.zip");
  writeLargeZip(path, one.entries);
  hub.setDataset(name, { version: "2026-01-06T20:15:00", package: { path } });
  rig.dataset.include = include;
  const written = watchStaging((await rig.layout()).staging);
  const result = await rig.sync(hub.url, { engine });
  const most = await written();
  const about = `${result.status}: ${result.error}`;
  if (one.expect === "accepted") {
    assert.equal(result.status, "success", about);
    const wanted = one.entries.filter((entry) => include.includes(entry.name) && !entry.unlisted);
    assert.equal(wanted.length, include.length);
    const added = wanted.map(({ name, content }): [string, Uint8Array] => [name, content.plain!]);
    assertSameTree(await rig.tree(), new Map([...before, ...added]));
    assert(hub.bytesSent("/package/") < 1 << 20, "more than the wanted entry was fetched");
  } else {
    assert.equal(result.status, "extract_failed", about);
    assert.match(result.error!, one.says!);
    assertSameTree(await rig.tree(), before);
    assert.equal(await rig.recorded(), "2026-01-05T20:15:00");
  }
  assert(most <= MOST_WRITTEN, `${most} bytes were written to staging`);
  await assertHonestManifest(rig.dataset.localDir);
}

/** Looks at the sizes of staged files all the while; a gigabyte takes long enough to be seen. */
function watchStaging(folder: string): () => Promise<number> {
  let most = 0;
  let over = false;
  const watching = (async () => {
    while (!over) {
      most = Math.max(most, sizeOf(folder));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  })();
  return async () => {
    over = true;
    await watching;
    return most;
  };
}

function sizeOf(folder: string): number {
  let size = 0;
  try {
    for (const { name } of Deno.readDirSync(folder)) {
      size += Deno.statSync(`${folder}/${name}`).size;
    }
  } catch {
    // It isn't there yet, or a file has just gone.
  }
  return size;
}
