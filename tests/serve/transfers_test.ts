/** Whose connections `serve` ends. */
import assert from "node:assert/strict";
import { Transfers } from "../../src/serve/transfers.ts";
import { until } from "../support/until.ts";

function counted(most: number) {
  let ended = 0;
  const transfers = new Transfers({ most, endAll: () => void ended++ });
  const begin = () => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    return { ...transfers.begin(promise), sent: resolve, gone: () => reject(new Error("gone")) };
  };
  return { transfers, begin, ended: () => ended };
}

Deno.test("Transfers ends all connections when one has stalled and nobody else is being served", async () => {
  const { transfers, begin, ended } = counted(3);
  const [stalled, taking] = [begin(), begin()];
  stalled.handedOver(0);
  await until(() => transfers.running === 1); // it takes no place any more
  assert.equal(ended(), 0);
  taking.gone();
  await until(() => ended() === 1);
  assert.equal(transfers.running, 0);
});

Deno.test("Transfers ends all connections when as many have stalled as may be served", async () => {
  const { transfers, begin, ended } = counted(2);
  begin();
  begin().handedOver(0);
  await until(() => transfers.running === 1);
  assert.equal(ended(), 0);
  begin().handedOver(0);
  await until(() => ended() === 1);
});

Deno.test("Transfers forgets who was ended with the others", async () => {
  const { transfers, begin, ended } = counted(1);
  const earlier = begin();
  earlier.handedOver(0);
  await until(() => ended() === 1);
  const later = begin();
  earlier.gone();
  await Promise.resolve();
  assert.deepEqual([transfers.running, transfers.areFull, ended()], [1, true, 1]);
  later.sent();
  await until(() => transfers.running === 0);
  assert.equal(ended(), 1);
});

Deno.test("Transfers lets who takes the rest in time go", async () => {
  const { transfers, begin, ended } = counted(1);
  const one = begin();
  one.handedOver(600_000);
  one.sent();
  await until(() => !transfers.areFull);
  assert.equal(ended(), 0);
});
