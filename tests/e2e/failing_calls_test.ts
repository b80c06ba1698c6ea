/**
 * System calls that fail as on bad disks, odd file systems and machines at their limits: each ends in
 * new data, or in an error with the path and a hint; never in a stack trace, and the next run is
 * whole. `strace` makes the calls fail, on one path only.
 *
 * @module
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { binaryPath } from "../support/binary.ts";
import { outcomeOf } from "../support/command.ts";
import { type FileServer, startFileServer } from "../support/file_server.ts";
import { installed } from "../support/installed.ts";
import { judge } from "../support/judge.ts";
import { tempDir } from "../support/temp.ts";
import { assertSameTree, readTree } from "../support/tree.ts";
import { treeOf, zipOf } from "../sync/watched.ts";

const day = (rows: number): Uint8Array<ArrayBuffer> =>
  new Uint8Array(zipOf(treeOf({ "a.csv": "1\n".repeat(rows), "d/b.csv": "2\n", "c.csv": "3" })));

/** A call and its error, on a path of the work folder; without words the sync has to succeed. */
type Failing = readonly [call: string, errno: string, path: string, says?: RegExp];

const FAILING: readonly Failing[] = [
  ["flock", "ENOLCK", "lock"],
  ["flock", "ENOSYS", "lock"],
  ["flock", "EIO", "lock", /Can't take the lock \(.*lock\): the device failed/],
  ["statfs", "ENOSYS", ""],
  ["fsync", "EINVAL", ""],
  ["fsync", "EIO", "", /Can't flush the folder \(.*\): the device failed/],
  ["ftruncate", "EROFS", "partial", /Can't write the partial \(.*\): the file system is mounted/],
  ["write", "ENOSPC", "partial", /Can't write the partial \(.*\): no space/],
  ["write", "EDQUOT", "partial", /Can't write the partial \(.*\): the disk quota/],
  ["read", "EIO", "partial", /Can't .* the device failed/],
  ["openat", "ENFILE", "undo/complete", /Can't write the file \(.*complete\): the machine has too/],
  ["openat", "EMFILE", "partial", /Can't .*partial\): too many open files/],
  ["openat", "ENOMEM", "staging", /Can't list the staged files \(.*staging\): .*no more memory/],
  ["unlink", "EPERM", "journal", /Can't remove what is done with \(.*\): operation not permitted/],
];

/** Runs `get` once, under what is put before it. */
async function get(server: FileServer, dir: string, before: readonly string[] = []) {
  const [program, ...args] = [...before, binaryPath(), "get", server.url, dir];
  return await outcomeOf(program!, args, { clearEnv: true, env: { PATH: "/usr/bin:/bin" } });
}

for (const [call, errno, path, says] of FAILING) {
  const name = `${call} that fails with ${errno} on the work folder's ${path || "own path"}`;
  Deno.test({
    name: `${name} ${says === undefined ? "stops no sync" : "is said, and the next run is whole"}`,
    ignore: !installed("strace"),
    async fn() {
      await using temp = await tempDir();
      const folder = await Deno.realPath(temp.path);
      const dir = join(folder, "data");
      await using server = startFileServer({ bytes: day(1), etag: '"1"' });
      assert.equal((await get(server, dir)).code, 0);
      Object.assign(server.state, { bytes: day(2), etag: '"2"' });
      const work = join(folder, ".data.datahubsync", path);
      const strace = ["strace", "-f", "-qq", "-o", join(folder, "trace"), "-P", work]
        .concat(["-e", `trace=${call}`, "-e", `inject=${call}:error=${errno}`]);
      const failed = await get(server, dir, strace);
      assert.match(await Deno.readTextFile(join(folder, "trace")), /INJECTED/);
      if (says === undefined) assert.deepEqual([failed.code, failed.stderr], [0, ""]);
      else {
        assert.equal(failed.code, 3, failed.stderr);
        assert.match(failed.stderr, says);
        assert.match(failed.stderr, /\nhint: .+\n$/);
        assert.doesNotMatch(failed.stderr, /^ +at |panicked/m);
      }
      assert.equal((await get(server, dir)).code, 0);
      assertSameTree(await readTree(dir), judge(server.state.bytes));
    },
  });
}
