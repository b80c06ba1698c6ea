/** One run at a time; a lock whose holder died is free. */
import assert from "node:assert/strict";
import { LockedError } from "../../src/errors.ts";
import { ifThere } from "../../src/fs/if_there.ts";
import { acquireLock, type LockOptions, readHolder } from "../../src/store/lock.ts";
import { withLocksGranted } from "../support/granted_locks.ts";
import { installed } from "../support/installed.ts";
import { TempFolder } from "../support/temp.ts";

const NOW = Date.UTC(2026, 10, 22, 6);
const OPTIONS: LockOptions = { clock: () => NOW, hostname: "here", pid: 4711 };

Deno.test("acquireLock() names the holder to those who come later", async () => {
  using temp = new TempFolder();
  using lock = await acquireLock(temp.at("lock"), OPTIONS);
  assert.equal(lock.honoured, true);
  await assert.rejects(acquireLock(temp.at("lock"), { ...OPTIONS, pid: 1 }), (error: unknown) => {
    assert(error instanceof LockedError);
    assert(error.message.includes("process 4711 on here, since 2026-11-22T06:00:00.000Z"));
    return true;
  });
});

Deno.test("acquireLock() gets a lock that was given back, and leaves the file empty", async () => {
  using temp = new TempFolder();
  const lock = await acquireLock(temp.at("lock"), OPTIONS);
  lock.release();
  lock.release();
  assert.equal(Deno.readTextFileSync(temp.at("lock")), "");
  using _again = await acquireLock(temp.at("lock"), OPTIONS);
  assert.equal(readHolder(temp.at("lock"))?.pid, 4711);
});

Deno.test("acquireLock() isn't kept out by what a dead run or anyone left in the file", async () => {
  using temp = new TempFolder();
  for (const left of ['{"format":1,"host":"here","pid":1,"startedAt":1}', "garbage", "\0\0", "{"]) {
    Deno.writeTextFileSync(temp.at("lock"), left);
    using lock = await acquireLock(temp.at("lock"), OPTIONS);
    assert.equal(lock.honoured, true);
    assert.equal(readHolder(temp.at("lock"))?.host, "here");
  }
});

Deno.test("acquireLock() is freed by the kernel when the holder is killed", async () => {
  using temp = new TempFolder();
  const module = new URL("../../src/store/lock.ts", import.meta.url).href;
  const code = `import { acquireLock } from ${JSON.stringify(module)};
    await acquireLock(${JSON.stringify(temp.at("lock"))},
      { clock: Date.now, hostname: "here", pid: Deno.pid });
    console.log("held"); setInterval(() => {}, 1000);`;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-lock", code],
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const reader = child.stdout.getReader();
  assert.equal(new TextDecoder().decode((await reader.read()).value), "held\n");
  await assert.rejects(acquireLock(temp.at("lock"), OPTIONS), LockedError);
  child.kill("SIGKILL");
  await child.status;
  await reader.cancel();
  using _lock = await acquireLock(temp.at("lock"), OPTIONS);
});

Deno.test({
  name: "acquireLock() asks for the holder's process, or age, where locks aren't honoured",
  ignore: !installed("strace"),
  fn: () => withLocksGranted(new URL("./granted_locks.ts", import.meta.url)),
});

Deno.test("acquireLock() says what is wrong with a folder that isn't there", async () => {
  using temp = new TempFolder();
  await assert.rejects(acquireLock(temp.at("no/lock"), OPTIONS), { name: "StoreError" });
});

Deno.test("a released lock is free while a program that is being started still has the file", async () => {
  using temp = new TempFolder();
  const path = temp.at("lock");
  const lock = await acquireLock(path, OPTIONS);
  const libc = Deno.dlopen("libc.so.6", {
    dup: { parameters: ["i32"], result: "i32" },
    close: { parameters: ["i32"], result: "i32" },
  });
  const descriptor = [...Deno.readDirSync("/proc/self/fd")].map(({ name }) => name)
    .find((name) => ifThere(() => Deno.readLinkSync(`/proc/self/fd/${name}`)) === path);
  // What a child has between fork and exec.
  const shared = libc.symbols.dup(Number(descriptor));
  assert(shared > 0);
  try {
    lock.release();
    (await acquireLock(path, OPTIONS)).release();
  } finally {
    libc.symbols.close(shared);
    libc.close();
  }
});
