/**
 * The demo where it can't be: no temporary folder, none that can be written, and disks that fill up in
 * its midst. What is said names the place and the remedy; nothing of it is called a bug, or left.
 *
 * @module
 */
import assert from "node:assert/strict";
import { runBinary } from "../support/binary.ts";
import { canMount, mount } from "../support/mounts.ts";
import { tempDir } from "../support/temp.ts";

for (const place of ["/nonexistent", "/proc", "/dev/null"]) {
  Deno.test(`demo says what to do where TMPDIR is ${place}`, async () => {
    const ended = await runBinary(["demo"], { env: { TMPDIR: place } });
    assert.equal(ended.code, 3, ended.stderr);
    assert.match(ended.stderr, /^error: Can't make a temporary folder \(\$TMPDIR\): /);
    assert.match(ended.stderr, /\nhint: name a folder with --dir, or set TMPDIR to one that can/);
    assert.doesNotMatch(ended.stderr, /bug/);
  });
}

Deno.test({
  name: "root's demo isn't made in somebody else's temporary folder",
  ignore: Deno.build.os !== "linux" || Deno.uid() !== 0,
  async fn() {
    await using temp = await tempDir();
    const place = temp.at("tmp");
    await Deno.mkdir(place);
    await Deno.chown(place, 4343, 4343);
    const ended = await runBinary(["demo"], { env: { TMPDIR: place } });
    assert.equal(ended.code, 3, ended.stderr);
    assert.match(ended.stderr, /^error: .* belongs to 4343; .* lies there/m);
    assert.deepEqual([...Deno.readDirSync(place)], []);
  },
});

Deno.test("demo --dir says what is wrong with a folder that can't be made or read", async () => {
  await using temp = await tempDir();
  for (const dir of ["/proc/demo", temp.at("x".repeat(300))]) {
    const ended = await runBinary(["demo", "--dir", dir]);
    assert.equal(ended.code, 3, ended.stderr);
    assert.match(ended.stderr, /^error: Can't (make|list) the folder /);
    assert.doesNotMatch(ended.stderr, /bug/);
  }
});

for (const [size, when] of [["64k", "while it makes its data"], ["60m", "while it syncs"]]) {
  Deno.test({
    name: `demo on a disk that is full ${when} says so and leaves nothing`,
    ignore: !canMount("tmpfs"),
    fn: async () => {
      using disk = mount("tmpfs", `size=${size}`);
      const ended = await runBinary(["demo"], { env: { TMPDIR: disk.path } });
      assert.equal(ended.code, 3, ended.stderr);
      assert.match(ended.stderr, /^error: .*(no space|Not enough room)/m);
      assert.match(ended.stderr, /^hint: free some (space|room)/m);
      assert.doesNotMatch(ended.stderr, /bug/);
      assert.deepEqual([...Deno.readDirSync(disk.path)], []);
    },
  });
}
