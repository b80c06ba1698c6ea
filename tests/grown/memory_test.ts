/** What runs know of last blocks: what is remembered, what is found out, what is forgotten. */
import assert from "node:assert/strict";
import { crc32 } from "node:zlib";
import { ensureLayout, type Layout, resolveLayout } from "../../src/store/layout.ts";
import { Manifest } from "../../src/store/manifest.ts";
import { loadSymbols, saveSymbols } from "../../src/grown/memory.ts";
import { KnownBlocks } from "../../src/grown/memory.ts";
import type { DiskFact } from "../../src/sync/on_disk/survey.ts";
import { hasPython, PythonPacker } from "../support/python_packer.ts";
import { type TempDir, tempDir } from "../support/temp.ts";
import { csvRows, walkBlocks } from "../support/deflate_streams.ts";

const ignore = !hasPython();

async function layoutIn(temp: TempDir): Promise<Layout> {
  const layout = await resolveLayout(temp.at("data"));
  await ensureLayout(layout);
  await Deno.mkdir(layout.localDir, { recursive: true });
  return layout;
}

const fact = (crc: number, more: Partial<DiskFact> = {}): DiskFact & { crc: number } => ({
  size: 1000,
  mtimeMs: 1,
  block: { bit: 8 * crc, out: 10 },
  ...more,
  crc,
});
const known = (end: number) => ({ end, counts: "AAEC" });

/** A manifest of these facts. */
function manifestOf(facts: Record<string, DiskFact & { crc: number }>): Manifest {
  const manifest = new Manifest();
  for (const [path, { size, crc, mtimeMs, block }] of Object.entries(facts)) {
    manifest.set(path, { size, crc, mtimeMs, ...block && { block } });
  }
  return manifest;
}

Deno.test("KnownBlocks remembers what was learnt, with its content and block", async () => {
  await using temp = await tempDir();
  const layout = await layoutIn(temp);
  const facts = { a: fact(1), b: fact(2), c: fact(3) };
  const learnt = new Map(Object.entries({
    a: { ...facts.a, known: known(500) },
    b: facts.b,
    gone: { ...fact(9), known: known(1) },
  }));
  await new KnownBlocks(layout).remember(manifestOf(facts), learnt);
  assert.deepEqual(
    await loadSymbols(layout.symbols),
    new Map([["a", { crc: 1, bit: 8, ...known(500) }]]),
  );
  const blocks = new KnownBlocks(layout);
  assert.equal(blocks.of("a", facts.a), undefined, "not before it was asked to learn");
  await blocks.learn([["a", facts.a]]);
  const { end, counts } = blocks.of("a", facts.a)!.known!;
  assert.deepEqual({ end, counts }, known(500));
  assert.equal(blocks.of("b", facts.b), undefined);
  assert.equal(blocks.of("a", fact(2)), undefined, "other content");
  const moved = { ...facts.a, block: { bit: 9, out: 10 } };
  assert.equal(blocks.of("a", moved), undefined, "another block");
  const { block: _, ...without } = facts.a;
  assert.equal(blocks.of("a", without), undefined, "no block");
  const { crc: __, ...unread } = facts.a;
  assert.equal(blocks.of("a", unread), undefined, "nobody has read it");
});

Deno.test("KnownBlocks.remember() keeps what still holds, and forgets what doesn't", async () => {
  await using temp = await tempDir();
  const layout = await layoutIn(temp);
  const before = { kept: fact(1), grew: fact(2), rewritten: fact(3), removed: fact(4) };
  const all = Object.entries(before).map(([path, fact], at): [string, DiskFact] => [
    path,
    { ...fact, known: known(at) },
  ]);
  await new KnownBlocks(layout).remember(manifestOf(before), new Map(all));
  assert.equal((await loadSymbols(layout.symbols)).size, 4);

  const { removed: _, ...rest } = before;
  const after = { ...rest, grew: fact(20), rewritten: fact(30), fresh: fact(5) };
  const staged = new Map<string, DiskFact>([
    ["grew", { ...after.grew, known: known(77) }],
    ["rewritten", after.rewritten],
    ["fresh", after.fresh],
  ]);
  for (const asked of [false, true]) {
    const blocks = new KnownBlocks(layout);
    if (asked) await blocks.learn([["kept", before.kept]]);
    await blocks.remember(manifestOf(after), staged);
    assert.deepEqual(
      await loadSymbols(layout.symbols),
      new Map([
        ["kept", { crc: 1, bit: 8, ...known(0) }],
        ["grew", { crc: 20, bit: 160, ...known(77) }],
      ]),
    );
  }
  // A day on which nothing was learnt writes nothing.
  const { mtime } = await Deno.stat(layout.symbols);
  await Deno.utime(layout.symbols, 1000, 1000);
  await new KnownBlocks(layout).remember(manifestOf({}), new Map([["fresh", after.fresh]]));
  assert.equal((await Deno.stat(layout.symbols)).mtime!.getTime(), 1_000_000);
  assert(mtime !== null);
});

Deno.test("KnownBlocks.remember() takes no symbols without their block", async () => {
  await using temp = await tempDir();
  const layout = await layoutIn(temp);
  const { block: _, ...without } = { ...fact(1), known: known(5) };
  await new KnownBlocks(layout).remember(manifestOf({ a: without }), new Map([["a", without]]));
  assert.equal((await loadSymbols(layout.symbols)).size, 0);
});

Deno.test({
  name: "KnownBlocks finds the level of what it doesn't remember, once, and of nothing else",
  ignore,
  fn: async () => {
    await using packer = new PythonPacker(1);
    await using temp = await tempDir();
    const layout = await layoutIn(temp);
    const facts = new Map<string, DiskFact>();
    for (const seed of [1, 2, 3, 4]) {
      const content = csvRows(seed, 900);
      await Deno.writeFile(`${layout.localDir}/${seed}`, content);
      const { bit, out } = walkBlocks((await packer.pack(content, { level: 9 })).data).blocks.at(
        -1,
      )!;
      const size = content.length;
      facts.set(`${seed}`, { size, mtimeMs: 1, crc: crc32(content), block: { bit, out } });
    }
    const one = facts.get("1")!;
    const { crc, block } = one;
    await saveSymbols(layout.symbols, [["1", { crc: crc!, bit: block!.bit, ...known(7) }]]);
    const blocks = new KnownBlocks(layout);
    await blocks.learn([["1", one]]);
    assert.equal(blocks.of("2", facts.get("2")!), undefined, "all that was asked is remembered");
    await blocks.learn(facts);
    assert.equal(blocks.of("1", one)!.known!.end, 7);
    assert.equal(blocks.of("1", one)!.level, undefined);
    for (const path of ["2", "3", "4"]) {
      assert.deepEqual(blocks.of(path, facts.get(path)!), { level: 9 });
    }
    // Found once: that the files are others now makes no difference in this run.
    for (const path of ["2", "3", "4"]) await Deno.remove(`${layout.localDir}/${path}`);
    await blocks.learn(facts);
    assert.deepEqual(blocks.of("2", facts.get("2")!), { level: 9 });
    const later = new KnownBlocks(layout);
    await later.learn(facts);
    assert.equal(
      later.of("2", facts.get("2")!),
      undefined,
      "of files that are gone nothing is found",
    );
  },
});
