/** Entries that are packed with Zstandard: taken through a whole sync, and refused where they are damaged. */
import assert from "node:assert/strict";
import { crc32, zstdCompressSync } from "node:zlib";
import { assertChineseText } from "../support/chinese.ts";
import { EngineRig } from "../support/engine.ts";
import { assertSameTree, type Tree } from "../support/tree.ts";
import { hubWith, versionOf } from "../sync/watched.ts";
import { tinyZip, utf8 } from "./tiny_zip.ts";

const ZSTD = 93;
const content = utf8("2026-11-25,10.0,11.0\n".repeat(200_000));

function packageOf(data: Uint8Array, size = content.length): Uint8Array {
  const claim = { size, crc: crc32(content) };
  return tinyZip([
    { name: "plain.csv", data: utf8("1\n") },
    { name: "packed.csv", data, method: ZSTD, claim },
  ]);
}

async function syncOf(bytes: Uint8Array) {
  const rig = await EngineRig.make();
  const hub = hubWith({ version: versionOf(1), package: bytes });
  try {
    const result = await rig.sync(hub.url);
    return { result, tree: await rig.tree() };
  } finally {
    await hub.close();
    await rig[Symbol.asyncDispose]();
  }
}

for (const engine of ["fast", "zipjs"] as const) {
  Deno.test(`an entry packed with zstd is taken (${engine})`, async () => {
    await using rig = await EngineRig.make();
    const bytes = packageOf(zstdCompressSync(content));
    const hub = hubWith({ version: versionOf(1), package: bytes });
    const result = await rig.sync(hub.url, { engine });
    await hub.close();
    assert.equal(result.status, "success", result.error);
    const expected: Tree = new Map([["packed.csv", content], ["plain.csv", utf8("1\n")]]);
    assertSameTree(await rig.tree(), expected);
  });
}

Deno.test("a damaged zstd entry publishes nothing", async () => {
  const data = zstdCompressSync(content);
  const broken = Uint8Array.from(data);
  broken.fill(0xff, 20, 60);
  for (const bad of [broken, data.subarray(0, -9), utf8("no zstd at all")]) {
    const { result, tree } = await syncOf(packageOf(bad));
    assert.equal(result.status, "extract_failed", result.error);
    assert.match(result.error ?? "", /packed\.csv/);
    assertChineseText(result.error ?? "");
    assert.equal(tree.size, 0);
  }
  // More than the directory says: written up to its size, and no further.
  const { result } = await syncOf(packageOf(data, content.length - 1));
  assert.equal(result.status, "extract_failed");
});
