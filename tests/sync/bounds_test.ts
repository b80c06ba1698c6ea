/**
 * Bounds for what comes in: on time, on the disk, on the size of a package and of its directory.
 *
 * @module
 */
import assert from "node:assert/strict";
import { listStaging } from "../../src/store/staging.ts";
import { limitsFor } from "../../src/sync/look/look.ts";
import { checkRoom, roomOn } from "../../src/store/room.ts";
import { freeSpace } from "../../src/fs/space.ts";
import { Watchdog } from "../../src/hub/request/watchdog.ts";
import { createFetch } from "../../src/hub/tls/tls.ts";
import { HubError } from "../../src/errors.ts";
import { EngineRig, syncConfig } from "../support/engine.ts";
import { tempDir } from "../support/temp.ts";
import { assertSameTree } from "../support/tree.ts";
import { hubWith, packageRequests, treeOf, versionOf, zipOf } from "./watched.ts";

const noise = (size: number): Uint8Array => {
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
  return bytes;
};

Deno.test("a package that drips ends when its time is over, and what came serves the next run", async () => {
  const tree = new Map([["a.bin", noise(200_000)]]);
  await using hub = hubWith({ version: versionOf(1), package: zipOf(tree) }, {
    bytesPerSecond: 2000,
  });
  await using rig = await EngineRig.make();
  const sync = syncConfig({ longestRun: 2 / 3600 });
  const result = await rig.sync(hub.url, { context: { sync } });
  assert.equal(result.status, "download_failed");
  assert.match(result.error!, /not done within/);
  assert.match(result.hint!, /sync\.longest_run/);
  const came = result.bytesDownloaded;
  assert(came < 100_000, `${came}`);
  // The lock is free again.
  hub.close();
  await using fast = hubWith({ version: versionOf(1), package: zipOf(tree) });
  const next = await rig.sync(fast.url);
  assert.equal(next.status, "success", next.error);
  assertSameTree(await rig.tree(), tree);
});

Deno.test("Watchdog ends a body that drips, not one that is slow, pauses or waits for us", async () => {
  using clock = new TickingClock();
  const watch = (): Watchdog =>
    new Watchdog({ url: "http://h/x", timeoutMs: 40_000, leastSpeed: 100, signals: [] });
  const run = async (
    each: (watchdog: Watchdog, second: number) => void | Promise<void>,
  ): Promise<unknown> => {
    using watchdog = watch();
    for (let second = 0; second < 600 && !watchdog.signal.aborted; second++) {
      await each(watchdog, second);
      clock.advance(1000);
    }
    return watchdog.signal.reason;
  };
  const dripping = await run((watchdog) => watchdog.touch(1));
  assert(dripping instanceof HubError && dripping.code === "too_slow", String(dripping));
  assert.match(dripping.hint!, /hub\.least_speed/);
  assert.equal(await run((watchdog) => watchdog.touch(150)), undefined, "slow but honest");
  const bursts = (watchdog: Watchdog, second: number): void => {
    if (second % 30 === 0) watchdog.touch(4000);
  };
  assert.equal(await run(bursts), undefined, "pauses of half a minute");
  const never = Promise.withResolvers<void>();
  const waiting = await run((watchdog, second) => {
    if (second === 0) {
      watchdog.touch(1);
      watchdog.pausedFor(never.promise).catch(() => {});
    }
  });
  assert.equal(waiting, undefined, "we let it wait");
  never.resolve();
});

Deno.test("Watchdog waits long for a first byte, and a minute for the next one", async (t) => {
  /** After how many seconds a silence ends the request; before it, a byte each of `bytes` seconds. */
  const endsAfter = (timeout: number, bytes: number): number => {
    using clock = new TickingClock();
    using watchdog = new Watchdog({ url: "http://h/x", timeoutMs: timeout * 1000, signals: [] });
    watchdog.touch(); // the head
    for (let second = 0; second < bytes; second++) {
      clock.advance(1000);
      watchdog.touch(1);
    }
    let seconds = 0;
    while (!watchdog.signal.aborted) {
      clock.advance(1000);
      seconds++;
    }
    const { code, hint } = watchdog.signal.reason as HubError;
    assert.equal(code, "stalled");
    assert.match(hint!, bytes > 0 ? /^run again: .* hub\.timeout/ : /^hub\.timeout sets how long/);
    return seconds;
  };
  const cases = [[300, 0, 300], [300, 5, 60], [600, 5, 120], [60, 5, 60], [20, 5, 20], [20, 0, 20]];
  for (const [timeout, bytes, expected] of cases) {
    await t.step(`hub.timeout ${timeout}, ${bytes} bytes: ${expected} s`, () => {
      const seconds = endsAfter(timeout!, bytes!);
      assert(seconds >= expected! && seconds <= expected! * 9 / 8 + 1, `${seconds} s`);
    });
  }
});

/** Timers that only move when a test says so. */
class TickingClock implements Disposable {
  readonly #real = { set: globalThis.setInterval, clear: globalThis.clearInterval };
  readonly #timers = new Map<number, { every: number; left: number; call: () => void }>();
  #next = 1;

  constructor() {
    globalThis.setInterval = ((call: () => void, every: number) => {
      this.#timers.set(this.#next, { every, left: every, call });
      return this.#next++;
    }) as typeof setInterval;
    globalThis.clearInterval = (id) => void this.#timers.delete(Number(id));
  }

  advance(ms: number): void {
    for (const timer of [...this.#timers.values()]) {
      for (timer.left -= ms; timer.left <= 0; timer.left += timer.every) timer.call();
    }
  }

  [Symbol.dispose](): void {
    globalThis.setInterval = this.#real.set;
    globalThis.clearInterval = this.#real.clear;
  }
}

Deno.test("a part of the disk stays free, and a sync that needs it is refused before its first byte", async () => {
  await using temp = await tempDir();
  const free = await freeSpace(temp.path);
  const auto = await roomOn(temp.path, "auto");
  const reserve = free.bytes - auto.bytes;
  assert(reserve > 0 && reserve < 1.2e9, `${reserve}`); // others write meanwhile
  assert.equal((await roomOn(temp.path, free.total)).bytes, 0);
  await checkRoom(temp.path, { bytes: 1, files: 1 }, 0);
  await assert.rejects(checkRoom(temp.path, { bytes: 1, files: 1 }, free.total), {
    code: "disk_full",
    message: /sync\.disk_reserve/,
  });

  await using hub = hubWith({ version: versionOf(1), package: zipOf(treeOf({ "a.csv": "1\n" })) });
  await using rig = await EngineRig.make();
  const sync = syncConfig({ diskReserve: free.total });
  const result = await rig.sync(hub.url, { context: { sync } });
  assert.equal(result.status, "disk_full", result.error);
  assertSameTree(await rig.tree(), new Map());
});

Deno.test("limitsFor() lets a dataset grow ten times, and small ones as they like", () => {
  const first = limitsFor({}, { files: 0, bytes: 0 });
  assert.deepEqual([first.maxEntries, first.maxTotalSize], [300_000, 2 * 1024 ** 4]);
  assert(first.maxDirectorySize < 100e6);
  const small = limitsFor({}, { files: 10, bytes: 1000 });
  assert.deepEqual([small.maxEntries, small.maxTotalSize], [20_000, 10e9]);
  const large = limitsFor({}, { files: 100_000, bytes: 6e9 });
  assert.deepEqual([large.maxEntries, large.maxTotalSize], [1_000_000, 60e9]);
  const own = limitsFor({ maxFiles: 5, maxSize: 7000 }, { files: 100_000, bytes: 6e9 });
  assert.deepEqual([own.maxEntries, own.maxTotalSize], [5, 7000]);
  assert.equal(limitsFor({}, { files: 1e9, bytes: 1e15 }).maxEntries, 2_000_000);
});

Deno.test("a package beyond max_files or max_size is refused before it is fetched, with a way to take it", async () => {
  const tree = treeOf(Object.fromEntries([..."abcdefgh"].map((name) => [name, name.repeat(5000)])));
  const packed = zipOf(new Map([...tree, ["z.bin", noise(400_000)]]));
  for (const limit of [{ maxFiles: 8 }, { maxSize: 100_000 }]) {
    await using hub = hubWith({ version: versionOf(1), package: packed });
    await using rig = await EngineRig.make({ dataset: limit });
    const result = await rig.sync(hub.url);
    assert.equal(result.status, "extract_failed");
    assert.match(result.error!, /are taken/);
    assert.match(result.hint!, /max_files and max_size/);
    assert.deepEqual([...listStaging(await rig.layout())], []);
    assert(packageRequests(hub).length > 0);
  }
  await using hub = hubWith({ version: versionOf(1), package: packed });
  await using rig = await EngineRig.make({ dataset: { maxFiles: 9, maxSize: 500_000 } });
  assert.equal((await rig.sync(hub.url)).status, "success");
});

Deno.test("createFetch() refuses to have every connection's keys written down", () => {
  const env = (name: string) => name === "SSLKEYLOGFILE" ? "/tmp/keys" : undefined;
  assert.throws(() => createFetch({ env }), { code: "tls", message: /SSLKEYLOGFILE/ });
  createFetch({ env: () => "" })[Symbol.dispose]();
});
