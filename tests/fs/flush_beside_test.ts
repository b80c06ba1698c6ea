/** Flushing while files are still written: when, how often at once, and what a failure means. */
import assert from "node:assert/strict";
import { FlushBeside, WORTH_FLUSHING } from "../../src/fs/flush_beside.ts";
import { run } from "../support/command.ts";
import { canMount, mount } from "../support/mounts.ts";
import { tempDir } from "../support/temp.ts";

const asRoot = { ignore: !canMount("ext4") };

/**
 * A program in place of `sync` that notes each start. A shell writes it: a file that this process has
 * open for writing at the moment at which another test starts something can't be run ("text file busy").
 */
async function program(path: string, { log, code = 0 }: { log: string; code?: number }) {
  const text = `#!/bin/sh\necho x >>${log}\nexit ${code}\n`;
  await run("sh", ["-c", 'printf %s "$1" >"$0" && chmod 755 "$0"', path, text]);
  return path;
}

const startsIn = async (log: string) =>
  (await Deno.readTextFile(log).catch(() => "")).split("\n").length - 1;

Deno.test({
  name: "FlushBeside flushes once enough is written, one flush at a time",
  ...asRoot,
  async fn() {
    await using temp = await tempDir();
    using disk = mount("ext4");
    const log = disk.at("log");
    const beside = new FlushBeside(disk.path, {
      durable: true,
      program: await program(temp.at("sync"), { log }),
    });
    beside.wrote(WORTH_FLUSHING - 1);
    assert.equal(await beside.ended(), true);
    assert.equal(await startsIn(log), 0);
    beside.wrote(1);
    beside.wrote(WORTH_FLUSHING);
    assert.equal(await beside.ended(), true);
    assert.equal(await startsIn(log), 1);
    beside.wrote(0);
    assert.equal(await beside.ended(), true);
    assert.equal(await startsIn(log), 2);
  },
});

Deno.test({
  name: "FlushBeside remembers that a flush failed",
  ...asRoot,
  async fn() {
    await using temp = await tempDir();
    using disk = mount("ext4");
    const log = disk.at("log");
    const path = await program(temp.at("sync"), { log, code: 1 });
    const beside = new FlushBeside(disk.path, { durable: true, program: path });
    beside.wrote(WORTH_FLUSHING);
    assert.equal(await beside.ended(), false);
    await program(path, { log });
    beside.wrote(WORTH_FLUSHING);
    assert.equal(await beside.ended(), false);
    assert.equal(await startsIn(log), 2);
  },
});

Deno.test({
  name: "FlushBeside flushes nothing where nothing is to be durable, or not in one call",
  ...asRoot,
  async fn() {
    await using temp = await tempDir();
    using disk = mount("ext4");
    const log = temp.at("log");
    const path = await program(temp.at("sync"), { log });
    for (const [folder, durable] of [[disk.path, false], ["/dev/shm", true]] as const) {
      const beside = new FlushBeside(folder, { durable, program: path });
      beside.wrote(WORTH_FLUSHING);
      assert.equal(await beside.ended(), true);
    }
    assert.equal(await startsIn(log), 0);
  },
});
