/** What is noted about staged files survives a kill, but for a torn line. */
import assert from "node:assert/strict";
import { ensureLayout, resolveLayout } from "../../src/store/layout.ts";
import { StagedBlocks } from "../../src/store/staged_blocks.ts";
import { tempDir } from "../support/temp.ts";

Deno.test("StagedBlocks gives back what another run noted, but for a torn line", async () => {
  await using dir = await tempDir();
  const layout = await resolveLayout(dir.at("data"));
  await ensureLayout(layout);
  const notes = new StagedBlocks(layout);
  assert.deepEqual(notes.load(), new Map());
  notes.note("aa-1-bb", { bit: 81_923, out: 40_000 });
  notes.note("cc-2-dd", { bit: 7, out: 1 });
  notes.save();
  notes.note("tree/e e 3.csv", { bit: 2 ** 40, out: 2 ** 39 });
  notes.save();
  const path = `${layout.staging}.blocks`;
  await Deno.writeTextFile(path, "gg-4-hh 12", { append: true });
  const expected = new Map([
    ["aa-1-bb", { bit: 81_923, out: 40_000 }],
    ["cc-2-dd", { bit: 7, out: 1 }],
    ["tree/e e 3.csv", { bit: 2 ** 40, out: 2 ** 39 }],
  ]);
  assert.deepEqual(new StagedBlocks(layout).load(), expected);
  notes.remove();
  notes.remove();
  assert.deepEqual(notes.load(), new Map());
});

Deno.test("StagedBlocks writes by itself after a while, so that a kill loses little", async () => {
  await using dir = await tempDir();
  const layout = await resolveLayout(dir.at("data"));
  await ensureLayout(layout);
  const notes = new StagedBlocks(layout);
  for (let n = 0; n < 300; n++) notes.note(`f${n}`, { bit: n, out: n });
  assert.equal(new StagedBlocks(layout).load().size, 256);
});
