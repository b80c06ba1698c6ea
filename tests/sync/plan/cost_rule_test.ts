/** The cost rule: which strategy is the cheapest on a hub of a given pace, and what no plan does on any. */
import assert from "node:assert/strict";
import { RangeSet } from "../../../src/ranges.ts";
import { disk, entriesOf, grown, planOf, right, type Traits } from "./plan_input.ts";

Deno.test("makePlan() spares the hub bytes where that takes up to half a second or a tenth longer", () => {
  // 100 changed entries of 100 KB, each beside one that is right: 20 MB in one piece, or 10 MB in 100.
  const located = entriesOf(new Array(200).fill(100_000));
  const onDisk = disk(located, (entry) => entry.index % 2 ? right(entry) : undefined);
  const bytesOf = (hub: Traits) =>
    planOf(located, { onDisk, hub: { multiRange: false, ...hub } }).bytes;
  const few = 100 * 100_050;
  // Each request takes 2 ms beside the round trip: 100 of them 500 ms with 3 ms.
  assert.equal(bytesOf({ roundTripMs: 3, bytesPerMs: 1e6 }), few, "33 ms more of bytes, 467 saved");
  assert(bytesOf({ roundTripMs: 4, bytesPerMs: 1e6 }) > few * 1.9, "100 ms too many");
  // 400 s for all of it: 40 s more aren't noticed.
  assert.equal(bytesOf({ roundTripMs: 2350, bytesPerMs: 50 }), few, "35 s longer of 400");
  assert(bytesOf({ roundTripMs: 2500, bytesPerMs: 50 }) > few * 1.9, "50 s longer of 400");
});

/** A day of `pro`: 95 % of the files grew. */
function day(hub: Traits, size = 100_000) {
  const located = entriesOf(new Array(400).fill(size));
  const onDisk = disk(located, (entry) => entry.index % 20 === 0 ? right(entry) : grown(entry));
  return planOf(located, { onDisk, hub });
}

Deno.test("the cost rule takes tails on a hub with many ranges in a request, near or far", () => {
  for (const roundTripMs of [0.3, 40, 200]) {
    const plan = day({ roundTripMs, bytesPerMs: 6250, multiRange: true });
    assert.match(plan.strategy, /tails/, `${roundTripMs} ms`);
    assert.equal(plan.requests, 2, "380 ranges, 200 a request");
  }
});

Deno.test("the cost rule takes one download where requests are dear", () => {
  // The deployed hub: one request at a time, one range each; 40 ms away at 50 Mbit/s.
  const far = day({ roundTripMs: 40, bytesPerMs: 6250, serial: true });
  assert.equal(far.requests, 1, "the gaps between the tails are joined, too");
  // Near, but fast: 300 KB come in less time than an answer.
  const near = day({ roundTripMs: 1, bytesPerMs: 400_000, serial: true });
  assert.equal(near.requests, 1);
  // Slow and near: the bytes are what costs, even one request after another.
  const slow = day({ roundTripMs: 0.5, bytesPerMs: 500, serial: true }, 300_000);
  assert.match(slow.strategy, /tails/);
});

Deno.test("no plan asks more than a thousand times, however near the hub seems", () => {
  const located = entriesOf(Array.from({ length: 6000 }, (_, at) => 30_000 + at * 37 % 60_000));
  const onDisk = disk(located, grown);
  const hub = { roundTripMs: 0.01, bytesPerMs: 100, serial: true };
  const plan = planOf(located, { onDisk, hub });
  assert.match(plan.strategy, /tails/);
  assert(plan.requests <= 1000 && plan.requests > 300, `${plan.requests} requests`);
  const few = planOf(located.slice(0, 900), { onDisk, hub });
  assert.equal(few.requests, 900, "as many as are worth it below that");
});

Deno.test("no plan reaches across what isn't wanted for the holes that an earlier run left", () => {
  const located = entriesOf([100e6, 10e9, 100e6]);
  const onDisk = disk(located, (entry) => entry.index === 1 ? right(entry) : undefined);
  const have = new RangeSet();
  for (let at = 0; at < 100e6; at += 50_000) have.add({ start: at, end: at + 10_000 });
  const missing = (ranges: readonly { start: number; end: number }[]) => have.missing(ranges);
  const plan = planOf(located, { onDisk, missing, hub: { multiRange: false } });
  assert.equal(plan.bytes, 2 * 100_000_050 - have.size);
  assert.equal(plan.requests, 2001);
});

Deno.test("the cost rule takes the whole package from a hub without ranges", () => {
  const located = entriesOf(new Array(50).fill(100_000));
  const onDisk = disk(located, (entry) => entry.index === 20 ? grown(entry) : right(entry));
  const plan = planOf(located, { onDisk, hub: { ranges: false } });
  assert.match(plan.strategy, /no ranges/);
  assert.equal(plan.steps.length, 1);
  assert.equal(plan.steps[0]!.tail, undefined);
  assert.equal(plan.requests, 1);
});
