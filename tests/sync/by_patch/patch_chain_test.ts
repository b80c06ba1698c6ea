/** Which patches lead from the local package to the hub's, and when none do. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { chainFor, chainSize } from "../../../src/sync/by_patch/patch_chain.ts";
import type { ListedDataset, OfferedPatch } from "../../../src/types.ts";

function patch(way: string, size = 10): OfferedPatch {
  const [from, to] = way.split("→") as [string, string];
  return { from, to, url: `patch/${way}`, size, sha256: `${way}:${size}` };
}

function entry(fingerprint: string, patches: OfferedPatch[], packageSize = 1000): ListedDataset {
  const words = { name: "daily", version: "1", instant: null, ready: true };
  return { ...words, packageSize, fileCount: 20, totalSize: 5000, fingerprint, patches };
}

const ways = (chain: OfferedPatch[] | undefined) => chain?.map(({ from, to }) => `${from}→${to}`);
const held = (fingerprint: string | null, files = 20) => ({ fingerprint, files });

Deno.test("chainFor() takes one patch per day that was missed", () => {
  const offered = entry("D", [patch("A→B"), patch("B→C"), patch("C→D")]);
  assert.deepEqual(ways(chainFor(offered, held("A"))), ["A→B", "B→C", "C→D"]);
  assert.deepEqual(ways(chainFor(offered, held("C"))), ["C→D"]);
});

Deno.test("chainFor() finds nothing from a package that no patch begins at", () => {
  const offered = entry("D", [patch("B→C"), patch("C→D")]);
  for (const from of ["A", "D", null]) assert.equal(chainFor(offered, held(from)), undefined);
  assert.equal(chainFor(entry("D", [patch("A→B"), patch("C→D")]), held("A")), undefined);
  assert.equal(chainFor({ ...entry("D", [patch("A→D")]), patches: [] }, held("A")), undefined);
});

Deno.test("chainFor() goes around no loop where a package was taken back", () => {
  const loop = [patch("A→B"), patch("B→C"), patch("C→A"), patch("A→D")];
  assert.deepEqual(ways(chainFor(entry("D", loop), held("A"))), ["A→D"]);
  assert.deepEqual(ways(chainFor(entry("D", loop), held("B"))), ["B→C", "C→A", "A→D"]);
  const endless = [patch("A→B"), patch("B→A"), patch("A→A"), patch("A→B")];
  assert.equal(chainFor(entry("C", endless), held("A")), undefined);
});

Deno.test("chainFor() takes the way of the fewest bytes", () => {
  const offered = entry("C", [patch("A→B", 30), patch("B→C", 30), patch("A→C", 50)]);
  assert.deepEqual(ways(chainFor(offered, held("A"))), ["A→C"]);
  const dear = entry("C", [patch("A→C", 70), patch("A→B", 30), patch("B→C", 30)]);
  assert.deepEqual(ways(chainFor(dear, held("A"))), ["A→B", "B→C"]);
});

Deno.test("chainFor() leaves patches alone that cost more than what else there is", () => {
  assert.equal(chainFor(entry("B", [patch("A→B", 1000)]), held("A")), undefined);
  // One file of twenty is wanted: the directory (65,536 + 20 × 96 bytes) and a part of what is new
  // cost less than all that is new.
  const offered = (size: number) => entry("B", [patch("A→B", size)], 1e6);
  const most = Math.floor((65_536 + 20 * 96) / (1 - 4 / 20));
  assert.deepEqual(ways(chainFor(offered(most), held("A", 1))), ["A→B"]);
  assert.equal(chainFor(offered(most + 1), held("A", 1)), undefined);
  assert.deepEqual(ways(chainFor(offered(most + 1), held("A"))), ["A→B"]);
});

Deno.test("chainFor() ends with any list, and its chain has no gap", () => {
  const name = fc.constantFrom("A", "B", "C", "D", "E", "F");
  const list = fc.array(fc.tuple(name, name, fc.integer({ min: 1, max: 50 })), { maxLength: 100 });
  fc.assert(fc.property(list, (rows) => {
    const patches = rows.map(([from, to, size]) => patch(`${from}→${to}`, size));
    const chain = chainFor(entry("F", patches, 1e6), held("A"));
    if (chain === undefined) return;
    assert.equal(chain[0]!.from, "A");
    assert.equal(chain.at(-1)!.to, "F");
    for (const [index, { from }] of chain.entries()) {
      if (index > 0) assert.equal(from, chain[index - 1]!.to);
    }
    const direct = patches.filter(({ from, to }) => from === "A" && to === "F");
    for (const { size } of direct) assert(chainSize(chain) <= size);
  }));
});
