/** A large file's bytes begin to reach the disk before its end, which the writer never notices. */
import assert from "node:assert/strict";
import { Writeback } from "../../src/fs/writeback.ts";
import { tempDir } from "../support/temp.ts";
import { until } from "../support/until.ts";

const PIECE = new Uint8Array(1000).fill(7);

/** The handles of this process on a file. */
function handlesOf(path: string): number {
  const isOn = ({ name }: Deno.DirEntry) => {
    try {
      return Deno.readLinkSync(`/proc/self/fd/${name}`) === path;
    } catch {
      return false; // the handle that lists them
    }
  };
  return [...Deno.readDirSync("/proc/self/fd")].filter(isOn).length;
}

Deno.test("Writeback opens a file once enough was written, and lets go of it at the end", async () => {
  await using temp = await tempDir();
  const path = temp.at("large");
  using file = await Deno.create(path);
  {
    using writeback = new Writeback(path, { every: 2500 });
    for (const isOpen of [false, false, true, true, true, true, true]) {
      file.writeSync(PIECE);
      writeback.wrote(PIECE.length);
      assert.equal(handlesOf(path) > 1, isOpen);
    }
  }
  await until(() => handlesOf(path) === 1);
  assert.equal((await Deno.stat(path)).size, 7000);
});

Deno.test("Writeback lets the writer go on where the file can't be opened or has gone", async () => {
  await using temp = await tempDir();
  const path = temp.at("large");
  using missing = new Writeback(path, { every: 1 });
  for (let count = 0; count < 3; count++) missing.wrote(10);
  await Deno.writeFile(path, PIECE);
  using gone = new Writeback(path, { every: 1 });
  gone.wrote(10);
  await Deno.remove(path);
  gone[Symbol.dispose]();
  gone.wrote(10);
  await until(() => handlesOf(`${path} (deleted)`) === 0);
});
