/** Locks that files exist for: nobody else can open one, and nobody waits for one without an end. */
import assert from "node:assert/strict";
import { LockedError } from "../../src/errors.ts";
import { waitForLock } from "../../src/fs/file_lock.ts";
import { TempFolder } from "../support/temp.ts";

const onLinux = Deno.build.os === "linux";

Deno.test("waitForLock() makes a lock that its owner alone can open, and takes that right back", {
  ignore: !onLinux,
}, async () => {
  using temp = new TempFolder();
  const modeOf = (path: string): number => (Deno.statSync(path).mode ?? 0) & 0o777;
  const fresh = temp.at("below", "fresh.lock");
  (await waitForLock(fresh)).close();
  assert.equal(modeOf(fresh), 0o600);
  const old = temp.at("old.lock");
  await Deno.writeTextFile(old, "");
  await Deno.chmod(old, 0o644);
  (await waitForLock(old)).close();
  assert.equal(modeOf(old), 0o600);
});

Deno.test("waitForLock() waits as long as it is given, and says what to do", async () => {
  using temp = new TempFolder();
  const path = temp.at("a.lock");
  {
    using _held = await waitForLock(path);
    await assert.rejects(waitForLock(path, 0), (error: LockedError) => {
      assert(error instanceof LockedError);
      assert.equal(error.message, `Another run keeps the lock ${path}`);
      assert.equal(error.hint, "look for a run that hangs, and end it");
      return true;
    });
  }
  // A program that another test starts right now holds it too, until it has begun.
  (await waitForLock(path)).close();
});
