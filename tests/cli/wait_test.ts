/** `--wait`: asking politely until the package is there. */

import assert from "node:assert/strict";
import { parseWait, waitForPackages } from "../../src/cli/wait.ts";
import { InterruptedError, UsageError } from "../../src/errors.ts";
import { emptyResult } from "../../src/sync/running_result.ts";
import type { Status, SyncResult } from "../../src/types.ts";

const result = (dataset: string, status: Status): SyncResult => ({
  ...emptyResult(dataset, 0),
  status,
  bytesDownloaded: 10,
});

/** A wait with a clock that only sleeping moves, and a hub that is ready from `readyAt` on. */
function waiting(options: { waitMs: number; readyAt: number; random?: number }) {
  let now = 0;
  const pauses: number[] = [];
  const asked: string[][] = [];
  const stop = new AbortController();
  return {
    pauses,
    asked,
    stop,
    options: {
      waitMs: options.waitMs,
      clock: () => now,
      random: () => options.random ?? 0.5,
      sleep: (ms: number, signal?: AbortSignal) => {
        pauses.push(ms);
        if (signal?.aborted) return Promise.reject(signal.reason);
        now += ms;
        return Promise.resolve();
      },
      signal: stop.signal,
      again: (names: readonly string[]) => {
        asked.push([...names]);
        const status = now >= options.readyAt ? "success" : "package_not_ready";
        return Promise.resolve(names.map((name) => result(name, status)));
      },
    },
  };
}

Deno.test("parseWait() reads seconds, minutes, hours and their sums", () => {
  assert.equal(parseWait("90s"), 90_000);
  assert.equal(parseWait("30m"), 1_800_000);
  assert.equal(parseWait("2h"), 7_200_000);
  assert.equal(parseWait("1h30m"), 5_400_000);
  assert.equal(parseWait("0.5h"), 1_800_000);
});

for (const wrong of ["", "30", "m", "30 minutes", "-5m", "1d", "30mm", "x30m", "30m!"]) {
  Deno.test(`parseWait() refuses ${JSON.stringify(wrong)} and says how to write it`, () => {
    assert.throws(() => parseWait(wrong), (error) => {
      assert(error instanceof UsageError);
      assert.equal(error.hint, "write it as 90s, 30m or 2h");
      return true;
    });
  });
}

Deno.test("waitForPackages() asks again, only for those that weren't ready, in growing pauses", async () => {
  const hub = waiting({ waitMs: 1_800_000, readyAt: 70_000 });
  const before = [result("a", "package_not_ready"), result("b", "success")];
  const after = await waitForPackages(before, hub.options);
  assert.deepEqual(hub.pauses, [15_000, 22_500, 33_750]);
  assert.deepEqual(hub.asked, [["a"], ["a"], ["a"]]);
  assert.deepEqual(after.map(({ dataset, status }) => [dataset, status]), [
    ["a", "success"],
    ["b", "success"],
  ]);
  assert.equal(after[0]?.bytesDownloaded, 40);
});

Deno.test("waitForPackages() never pauses longer than five minutes, and ends with its time", async () => {
  const hub = waiting({ waitMs: 3_600_000, readyAt: Infinity });
  const after = await waitForPackages([result("a", "package_not_ready")], hub.options);
  assert.equal(Math.max(...hub.pauses), 300_000);
  assert.equal(hub.pauses.reduce((sum, ms) => sum + ms, 0), 3_600_000);
  assert.equal(after[0]?.status, "package_not_ready");
});

Deno.test("waitForPackages() spreads its pauses by chance", async () => {
  for (const [random, first] of [[0, 12_000], [0.999999, 18_000]] as const) {
    const hub = waiting({ waitMs: 60_000, readyAt: 0, random });
    await waitForPackages([result("a", "package_not_ready")], hub.options);
    assert.deepEqual(hub.pauses, [first]);
  }
});

Deno.test("waitForPackages() doesn't wait when all is settled, or no time is given", async () => {
  const settled = waiting({ waitMs: 60_000, readyAt: 0 });
  await waitForPackages([result("a", "download_failed")], settled.options);
  const noTime = waiting({ waitMs: 0, readyAt: 0 });
  await waitForPackages([result("a", "package_not_ready")], noTime.options);
  assert.deepEqual([settled.pauses, noTime.pauses], [[], []]);
});

Deno.test("waitForPackages() ends at once when it is interrupted", async () => {
  const hub = waiting({ waitMs: 60_000, readyAt: 0 });
  const sleep = (_ms: number, signal?: AbortSignal) => {
    hub.stop.abort(new InterruptedError("interrupted"));
    return Promise.reject(signal?.reason);
  };
  const after = await waitForPackages([result("a", "package_not_ready")], {
    ...hub.options,
    sleep,
  });
  assert.equal(after[0]?.status, "package_not_ready");
  assert.deepEqual(hub.asked, []);
});
