/** Flushing a file system in one call: when it is done, and that everything else says no. */
import assert from "node:assert/strict";
import {
  canSyncFileSystem,
  reportsWriteErrors,
  syncFileSystem,
} from "../../src/fs/file_system_sync.ts";
import { flushAtOnceFrom, flushDirectories, flushTogether } from "../../src/fs/flush.ts";
import { SYNC_PROGRAM } from "../../src/fs/system_program.ts";
import { installed } from "../support/installed.ts";
import { canMount, mount } from "../support/mounts.ts";
import { tempDir } from "../support/temp.ts";
import { callsOf } from "../support/traced.ts";

const WITHIN = { withinMs: 60_000 };
const asRoot = { ignore: !canMount("ext4") };

Deno.test("reportsWriteErrors() begins with Linux 5.8", () => {
  const answers = { "5.7.19-1-amd64": false, "5.8.0": true, "5.10.0-28": true, "6.1": true };
  for (const [release, answer] of Object.entries({ ...answers, "4.19.0": false, odd: false })) {
    assert.equal(reportsWriteErrors(release), answer, release);
  }
});

Deno.test({
  name: "syncFileSystem() flushes ext4, and says no for programs that others could change",
  ...asRoot,
  async fn() {
    await using temp = await tempDir();
    using disk = mount("ext4");
    assert.equal(canSyncFileSystem(disk.path), true);
    assert.equal(await syncFileSystem(disk.path, WITHIN), true);
    const program = async (name: string, text: string, mode = 0o755) => {
      await Deno.writeTextFile(temp.at(name), text);
      await Deno.chmod(temp.at(name), mode);
      return temp.at(name);
    };
    const good = await program("good", "#!/bin/sh\nexit 0\n");
    assert.equal(await syncFileSystem(disk.path, { ...WITHIN, program: good }), true);
    const open = await program("open", "#!/bin/sh\nexit 0\n", 0o775);
    const foreign = await program("foreign", "#!/bin/sh\nexit 0\n");
    await Deno.chown(foreign, 65534, 65534);
    await Deno.symlink(SYNC_PROGRAM, temp.at("link"));
    const fails = await program("fails", "#!/bin/sh\nexit 1\n");
    const isNone = await program("none", "no program", 0o755);
    for (
      const bad of [open, foreign, temp.at("link"), fails, isNone, temp.at("missing"), temp.path]
    ) {
      assert.equal(await syncFileSystem(disk.path, { ...WITHIN, program: bad }), false, bad);
    }
  },
});

Deno.test({
  name: "syncFileSystem() waits for as long as it was given, and no longer",
  ...asRoot,
  async fn() {
    await using temp = await tempDir();
    using disk = mount("ext4");
    await Deno.writeTextFile(temp.at("slow"), "#!/bin/sh\nexec sleep 100\n", { mode: 0o755 });
    const began = performance.now();
    assert.equal(
      await syncFileSystem(disk.path, { withinMs: 50, program: temp.at("slow") }),
      false,
    );
    assert(performance.now() - began < 60_000);
  },
});

Deno.test({
  name: "the environment and the input of the program are empty",
  ...asRoot,
  async fn() {
    await using temp = await tempDir();
    using disk = mount("ext4");
    const out = disk.at("said");
    await Deno.writeTextFile(
      temp.at("says"),
      `#!/bin/sh\n{ echo "$0 $*"; tr '\\0' '\\n' </proc/self/environ | grep -v '^PWD\\|^OLDPWD\\|^_=\\|^SHLVL'; cat; } >${out}\n`,
      { mode: 0o755 },
    );
    await syncFileSystem(disk.path, { ...WITHIN, program: temp.at("says") });
    assert.equal(await Deno.readTextFile(out), `${temp.at("says")} -f ${disk.path}\n`);
  },
});

Deno.test("a file system whose syncfs isn't known to report errors is flushed file by file", () => {
  assert.equal(canSyncFileSystem("/dev/shm"), false);
  assert.equal(flushAtOnceFrom("/dev/shm", { durable: true }), 0);
  assert.equal(flushAtOnceFrom("/dev/shm", { durable: false }), Infinity);
  assert.equal(canSyncFileSystem("/nowhere"), false);
});

/** How the flushing calls of a piece of code are counted, with `flush.ts` as `flush`. */
function flushes(code: string, cwd: string): Promise<Record<string, number>> {
  const module = JSON.stringify(new URL("../../src/fs/flush.ts", import.meta.url).href);
  const whole = `const flush = await import(${module});\n${code}`;
  const command = [Deno.execPath(), "eval", "--no-lock", whole];
  return callsOf(["fsync", "syncfs"], command, { cwd });
}

for (
  const { count, fsync, syncfs } of [
    { count: 3, fsync: 3, syncfs: 0 },
    { count: 40, fsync: 0, syncfs: 1 },
  ]
) {
  Deno.test({
    name: `flushTogether() flushes ${count} files with ${fsync} flushes and ${syncfs} programs`,
    ignore: asRoot.ignore || !installed("strace"),
    async fn() {
      using disk = mount("ext4");
      const paths = Array.from({ length: count }, (_, index) => disk.at(`${index}`));
      for (const path of paths) await Deno.writeTextFile(path, "x");
      const all = `${JSON.stringify(paths)}, ${JSON.stringify({ folder: disk.path, bytes: 40 })}`;
      const calls = await flushes(`await flush.flushTogether(${all});`, disk.path);
      assert.deepEqual(calls, { fsync, syncfs });
    },
  });
}

for (
  const { here, there, calls } of [
    { here: 64, there: 0, calls: [{ fsync: 64, syncfs: 0 }] },
    { here: 100, there: 3, calls: [{ fsync: 0, syncfs: 1 }, { fsync: 3, syncfs: 0 }] },
  ]
) {
  Deno.test({
    name: `flushDirectories() flushes ${here} folders, and ${there} of another disk between them`,
    ignore: asRoot.ignore || !installed("strace"),
    async fn() {
      using disk = mount("ext4");
      using other = mount("ext4");
      const paths = Array.from({ length: here }, (_, index) => disk.at(`${index}`));
      // Which disk a folder is on can be seen neither from its name nor from its place in the list.
      for (let index = 0; index < there; index++) paths.splice(7, 0, other.at(`${index}`));
      for (const path of paths) await Deno.mkdir(path);
      const code = `await flush.flushDirectories(${JSON.stringify(paths)});`;
      for (const [index, expected] of calls.entries()) {
        assert.deepEqual(await flushes(code, [disk, other][index]!.path), expected);
      }
    },
  });
}

Deno.test({
  name: "flushTogether() flushes each file where a flush beside it failed",
  ignore: asRoot.ignore || !installed("strace"),
  async fn() {
    using disk = mount("ext4");
    const paths = Array.from({ length: 40 }, (_, index) => disk.at(`${index}`));
    for (const path of paths) await Deno.writeTextFile(path, "x");
    for (const [isSound, fsync] of [[true, 0], [false, 40]]) {
      const folder = JSON.stringify(disk.path);
      const beside = `{ ended: () => Promise.resolve(${isSound}) }`;
      const options = `{ folder: ${folder}, bytes: 40, beside: ${beside} }`;
      const code = `await flush.flushTogether(${JSON.stringify(paths)}, ${options});`;
      assert.deepEqual(await flushes(code, disk.path), { fsync, syncfs: 1 });
    }
  },
});

Deno.test("flushTogether() names a file that is gone, whichever way it flushes", async () => {
  await using temp = await tempDir();
  await assert.rejects(flushTogether([temp.at("gone")], { folder: temp.path, bytes: 0 }), /gone/);
});

Deno.test("flushDirectories() names a folder that is gone, whichever way it flushes", async () => {
  await using temp = await tempDir();
  for (const count of [1, 100]) {
    const paths = Array.from({ length: count }, (_, index) => temp.at(`gone${index}`));
    await assert.rejects(flushDirectories(paths), /flush the folder.*gone0/);
  }
});
