/** `--every`: what repeats, what ends it, and what a failed round does. */
import assert from "node:assert/strict";
import { repeat } from "../../../src/cli/sync/every.ts";
import { UsageError } from "../../../src/errors.ts";
import { fakeTerminal } from "../../support/fake_terminal.ts";

const never = new AbortController().signal;
const random = (): number => 0;

Deno.test("repeat() without --every does one round", async () => {
  let rounds = 0;
  const terminal = fakeTerminal();
  const code = await repeat(() => Promise.resolve(++rounds), {
    every: undefined,
    signal: never,
    terminal,
  });
  assert.deepEqual([code, rounds], [1, 1]);
});

Deno.test("repeat() goes on after a round that failed, says so, and ends at the signal", async () => {
  const stop = new AbortController();
  const terminal = fakeTerminal();
  let rounds = 0;
  const pauses: number[] = [];
  const sleep = (ms: number): Promise<void> => Promise.resolve(void pauses.push(ms));
  const code = await repeat(() => {
    rounds += 1;
    if (rounds === 2) throw new UsageError("the config broke", { hint: "repair it" });
    if (rounds === 3) stop.abort();
    return Promise.resolve(0);
  }, { every: "1h", signal: stop.signal, terminal, random, sleep });
  assert.deepEqual([code, rounds], [0, 3]);
  assert.deepEqual(pauses, [3_600_000, 3_600_000]);
  assert.match(terminal.stderr(), /^error: the config broke[^]*\nhint: repair it\n$/);
});

Deno.test("repeat() throws what the first round throws, and refuses a pause that is none", async () => {
  const options = { every: "1h", signal: never, terminal: fakeTerminal(), random };
  const broken = (): Promise<number> => Promise.reject(new UsageError("no such file"));
  await assert.rejects(repeat(broken, options), UsageError);
  await assert.rejects(repeat(() => Promise.resolve(0), { ...options, every: "0s" }), UsageError);
  await assert.rejects(
    repeat(() => Promise.resolve(0), { ...options, every: "often" }),
    UsageError,
  );
});
