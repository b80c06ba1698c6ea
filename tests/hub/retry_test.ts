/** How often and how long requests are retried, and how fast they may be. */
import assert from "node:assert/strict";
import { HubError, InterruptedError, StoreError } from "../../src/errors.ts";
import { isRetriable } from "../../src/hub/retry/retriable.ts";
import { type RetryPolicy, withRetries } from "../../src/hub/retry/retry.ts";
import { sleep } from "../../src/hub/retry/sleep.ts";
import { limitAt, Throttle } from "../../src/hub/request/throttle.ts";
import { failure } from "./client_fixture.ts";

function policy(overrides: Partial<RetryPolicy> = {}): RetryPolicy & { waits: number[] } {
  const waits: number[] = [];
  const wait = (ms: number) => (waits.push(ms), Promise.resolve());
  return { retries: 3, random: () => 0.999, sleep: wait, isRetriable, waits, ...overrides };
}

const stalled = () => Promise.reject(new HubError("stalled", "quiet"));

Deno.test("withRetries() doubles its waits up to the cap, and throws the last error", async () => {
  const given = policy({ retries: 9 });
  const error = await failure(withRetries(stalled, given));
  assert(error instanceof HubError && error.code === "stalled");
  assert.deepEqual(given.waits, [500, 999, 1998, 3996, 7992, 15984, 29970, 29970, 29970]);
});

Deno.test("withRetries() draws its waits from zero up", async () => {
  const given = policy({ random: () => 0 });
  await failure(withRetries(stalled, given));
  assert.deepEqual(given.waits, [0, 0, 0]);
});

Deno.test("withRetries() asks a hub that was asked too often not at once again", async () => {
  const given = policy({ random: () => 0 });
  await failure(withRetries(() => Promise.reject(new HubError("rate_limited", "")), given));
  assert.deepEqual(given.waits, [500, 500, 500]);
});

Deno.test("withRetries() waits as long as the hub asks, within its bound", async () => {
  const MINUTE = 60_000;
  for (
    const [asked, retries, waits] of [
      [7000, 1, [7000]],
      [5 * MINUTE, 1, [5 * MINUTE]],
      [10 * MINUTE, 5, [10 * MINUTE, 10 * MINUTE]],
      // There is no hope that it answers within all the time that there is.
      [10 * MINUTE, 1, []],
      [24 * 60 * MINUTE, 5, []],
    ] as const
  ) {
    const given = policy({ retries, random: () => 0 });
    const limited = new HubError("rate_limited", "later", { retryAfterMs: asked });
    assert.equal(await failure(withRetries(() => Promise.reject(limited), given)), limited);
    assert.deepEqual(given.waits, waits);
  }
});

Deno.test("withRetries() counts again after progress", async () => {
  let calls = 0;
  const given = policy({ retries: 1, progressed: () => calls < 10 });
  await failure(withRetries(() => (calls++, stalled()), given));
  assert.equal(calls, 10);
});

Deno.test("withRetries() doesn't give up before it has waited as long as the error is worth", async () => {
  const of = async (retries: number, worth: number) => {
    const given = policy({ retries, leastWaitMs: () => worth });
    await failure(withRetries(stalled, given));
    return given.waits;
  };
  assert.deepEqual(await of(2, 20_000), [500, 999, 5000, 5000, 5000, 5000]);
  assert.deepEqual(await of(2, 1000), [500, 999]);
  assert.deepEqual(await of(0, 20_000), [], "somebody wants nothing asked twice");
});

Deno.test("withRetries() waits that long again after progress", async () => {
  let calls = 0;
  const given = policy({ retries: 1, leastWaitMs: () => 10_000, progressed: () => calls === 3 });
  await failure(withRetries(() => (calls++, stalled()), given));
  assert.deepEqual(given.waits, [500, 5000, 500, 5000, 5000]);
});

Deno.test("withRetries() leaves alone what can't pass", async () => {
  for (
    const error of [new StoreError("disk_full", ""), new InterruptedError(""), new TypeError("bug")]
  ) {
    const given = policy();
    assert.equal(await failure(withRetries(() => Promise.reject(error), given)), error);
    assert.deepEqual(given.waits, []);
  }
});

Deno.test("isRetriable() knows which statuses pass by themselves", () => {
  const retriable = (status: number) => isRetriable(new HubError("http_status", "", { status }));
  for (const status of [408, 500, 502, 504, 200]) {
    assert.equal(retriable(status), true, String(status));
  }
  for (const status of [400, 401, 403, 404, 431, 501]) {
    assert.equal(retriable(status), false, String(status));
  }
});

Deno.test("sleep() ends at once with the reason of its signal", async () => {
  const stop = new AbortController();
  const waiting = failure(sleep(60_000, stop.signal));
  const reason = new InterruptedError("stop");
  stop.abort(reason);
  assert.equal(await waiting, reason);
  assert.equal(await failure(sleep(60_000, stop.signal)), reason);
});

Deno.test("sleep() waits longer than a timer of the runtime can", async () => {
  const stop = new AbortController();
  const weeks = failure(sleep(2 ** 31 + 1000, stop.signal));
  // A timer that is too long fires at once, before this one.
  assert.equal(await Promise.race([weeks, sleep(100)]), undefined);
  stop.abort("ended here");
  assert.equal(await weeks, "ended here");
});

Deno.test("Throttle keeps to its rate over any longer time", async () => {
  let now = 0;
  const wait = (ms: number) => (now += ms, Promise.resolve());
  const throttle = new Throttle({ bytesPerSecond: 1000, clock: () => now, sleep: wait });
  for (let count = 0; count < 100; count++) await throttle.take(500);
  assert(now > 49_000 && now <= 50_000, `50,000 bytes took ${now} ms`);
  now += 3_600_000;
  const before = now;
  for (let count = 0; count < 10; count++) await throttle.take(500);
  assert(now - before >= 4000, "an idle hour isn't made up for");
});

Deno.test("Throttle follows a rate that changes, and doesn't hold back without one", async () => {
  let now = 0;
  let rate = 0;
  const wait = (ms: number) => (now += ms, Promise.resolve());
  const throttle = new Throttle({ bytesPerSecond: () => rate, clock: () => now, sleep: wait });
  for (let count = 0; count < 100; count++) await throttle.take(1_000_000);
  assert.equal(now, 0);
  rate = 1000;
  for (let count = 0; count < 10; count++) await throttle.take(1000);
  assert(now > 8000 && now <= 10_000, `${now} ms`);
});

Deno.test("limitAt() goes by the hours of the day, also over midnight", () => {
  const hours = [{ from: 9, to: 15.5, limit: 2 }, { from: 22, to: 6, limit: 3 }];
  const at = (hour: number, minute: number): number =>
    limitAt({ bandwidthLimit: 1, bandwidthHours: hours }, new Date(2026, 10, 26, hour, minute));
  assert.deepEqual([at(8, 59), at(9, 0), at(15, 29), at(15, 30)], [1, 2, 2, 1]);
  assert.deepEqual([at(22, 0), at(3, 0), at(5, 59), at(6, 0)], [3, 3, 3, 1]);
});

Deno.test("withRetries() says what happened, how long it waits, and which of how many tries it is", async () => {
  const said: string[] = [];
  const of = async (error: unknown, changes: Partial<RetryPolicy> = {}): Promise<string[]> => {
    said.length = 0;
    const onRetry = (_cause: string, _ms: number, sentence: string) => void said.push(sentence);
    const isRetriable = () => true;
    await failure(
      withRetries(() => Promise.reject(error), policy({ onRetry, isRetriable, ...changes })),
    );
    return said;
  };
  assert.deepEqual(await of(new HubError("http_status", "x", { status: 500 })), [
    "the server answered 500; trying again in 0.5 s (1 of 3)",
    "the server answered 500; trying again in 1 s (2 of 3)",
    "the server answered 500; trying again in 2 s (3 of 3)",
  ]);
  const busy = new HubError("rate_limited", "x", { status: 503, retryAfterMs: 65_000 });
  assert.equal(
    (await of(busy, { random: () => 0 }))[0],
    "the server answered 503; trying again in 1 min 5 s (1 of 3)",
  );
  assert.equal(
    (await of(new HubError("not_json", "x", { status: 200 })))[0],
    "the hub's answer isn't its list; trying again in 0.5 s (1 of 3)",
  );
  assert.deepEqual(
    await of(new HubError("unreachable", "x"), { retries: 1, leastWaitMs: () => 5000 }),
    [
      "the server can't be reached; trying again in 0.5 s (1 of 1)",
      "the server can't be reached; trying again in 5 s",
    ],
  );
});
