/** Clones share their blocks on disks that can, and are files of their own everywhere. */
import assert from "node:assert/strict";
import { cloneToNew, hasReflinks } from "../../src/fs/reflink.ts";
import { canMount, type FileSystem, mount } from "../support/mounts.ts";
import { statfsSync } from "node:fs";

const KINDS: [FileSystem, boolean][] = [["xfs", true], ["ext4", false], ["tmpfs", false]];
const MB = 1 << 20;

for (const [kind, shares] of KINDS) {
  Deno.test({
    name: `cloneToNew() on ${kind} makes a file of its own, ${
      shares ? "without" : "with"
    } its content`,
    ignore: !canMount(kind),
    fn: () => {
      using disk = mount(kind);
      assert.equal(hasReflinks(disk.path), shares);
      const [from, to, plain] = [disk.at("from"), disk.at("to"), disk.at("plain")];
      const content = new Uint8Array(4 * MB).fill(65);
      Deno.writeFileSync(from, content, { mode: 0o600 });
      Deno.writeFileSync(plain, content.subarray(0, 1));
      flush(from);
      const before = free(disk.path);
      const clone = cloneToNew(from, to)!;
      clone.seekSync(0, Deno.SeekMode.End);
      clone.writeSync(new Uint8Array(100).fill(66));
      clone.syncSync();
      clone.close();
      const taken = before - free(disk.path);
      assert(shares ? taken < MB / 4 : taken > 3 * MB, `${taken} bytes of the disk`);
      assert.deepEqual(Deno.readFileSync(from), content);
      assert.deepEqual(Deno.readFileSync(to).subarray(0, 4 * MB), content);
      assert.equal(Deno.statSync(to).size, 4 * MB + 100);
      assert.equal(Deno.statSync(to).mode, Deno.statSync(plain).mode, "as of any new file");
    },
  });
}

Deno.test("cloneToNew() of what can't be read makes nothing", () => {
  const folder = Deno.makeTempDirSync();
  try {
    assert.equal(cloneToNew(`${folder}/missing`, `${folder}/to`), undefined);
    assert.equal(cloneToNew(folder, `${folder}/to`), undefined);
    assert.deepEqual([...Deno.readDirSync(folder)], []);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

function flush(path: string): void {
  using file = Deno.openSync(path);
  file.syncSync();
}

/** Free bytes of a file system. */
function free(path: string): number {
  const { bavail, bsize } = statfsSync(path);
  return bavail * bsize;
}
