/** What is learnt about a hub's speed, and what follows from it. */
import assert from "node:assert/strict";
import { HubTraits, MOST_RANGES, PART_GAP } from "../../../src/sync/hubs/hub_traits.ts";

Deno.test("HubTraits is cautious before anything is measured", () => {
  const traits = new HubTraits();
  assert.equal(traits.roundTripMs, 30);
  assert.equal(traits.bytesPerMs, 6_000);
  assert.equal(traits.serial, undefined);
  assert.equal(traits.multiRange, undefined);
  assert.equal(traits.ranges, undefined);
  assert.equal(traits.rangesPerRequest, MOST_RANGES);
});

Deno.test("HubTraits.note() keeps the shortest round trip and learns speed from long transfers only", () => {
  const traits = new HubTraits();
  traits.note({ firstByteMs: 40, durationMs: 41, bytes: 1000 });
  assert.equal(traits.roundTripMs, 40);
  assert.equal(traits.bytesPerMs, 6_000, "a short transfer says nothing");
  traits.note({ firstByteMs: 90, durationMs: 190, bytes: 1_000_000 });
  assert.equal(traits.roundTripMs, 40);
  assert.equal(traits.bytesPerMs, 10_000);
  traits.note({ firstByteMs: 10, durationMs: 10, bytes: 1 << 20 });
  assert.equal(traits.roundTripMs, 10);
  assert.equal(traits.bytesPerMs, 10_000, "no time has passed, so nothing is learnt");
  traits.note({ firstByteMs: 20, durationMs: 70, bytes: 1_000_000 });
  assert.equal(traits.bytesPerMs, 15_000, "half old, half new");
  const near = new HubTraits();
  near.note({ firstByteMs: 1, durationMs: 2, bytes: 1000 });
  assert.equal(near.bytesPerMs, 6_000, "who answers at once needn't be fast");
});

Deno.test("HubTraits.note() learns nothing from a request during which the clock was set back", () => {
  const traits = new HubTraits();
  traits.note({ firstByteMs: 40, durationMs: 41, bytes: 1000 });
  traits.note({ firstByteMs: -3_600_000, durationMs: -3_599_900, bytes: 1_000_000 });
  assert.deepEqual([traits.roundTripMs, traits.bytesPerMs], [40, 6_000]);
  traits.note({ firstByteMs: 40, durationMs: -3_599_900, bytes: 1_000_000 });
  assert.equal(traits.bytesPerMs, 6_000);
});

Deno.test("HubTraits.joinGap is what comes in a round trip, within bounds", () => {
  const near = new HubTraits();
  near.note({ firstByteMs: 0, durationMs: 1000, bytes: 1_000_000 });
  assert.equal(near.joinGap, 4 * 1024);
  const middle = new HubTraits();
  middle.note({ firstByteMs: 40, durationMs: 40 + 160, bytes: 1_000_000 }); // 50 Mbit/s
  assert.equal(middle.joinGap, 42 * 6250);
  const far = new HubTraits();
  far.note({ firstByteMs: 2000, durationMs: 2100, bytes: 10_000_000 });
  assert.equal(far.joinGap, 1 << 20);
  assert(PART_GAP < near.joinGap, "a part of a multipart answer is cheap");
});

Deno.test("HubTraits.estimateMs() grows with requests and bytes, and falls with connections", () => {
  const traits = new HubTraits();
  traits.note({ firstByteMs: 40, durationMs: 140, bytes: 1_000_000 });
  const base = { requests: 10, bytes: 1_000_000, connections: 1 };
  assert.equal(traits.estimateMs(base), 10 * 42 + 100);
  assert.equal(traits.estimateMs({ ...base, connections: 2 }), 5 * 42 + 100);
  assert(traits.estimateMs({ ...base, bytes: 2_000_000 }) > traits.estimateMs(base));
});

Deno.test("HubTraits.recall() begins with the pace of an earlier run, and what is measured now replaces it", () => {
  const earlier = new HubTraits();
  assert.deepEqual(earlier.lessons, {}, "nothing was measured");
  earlier.note({ firstByteMs: 2, durationMs: 1002, bytes: 625_000 });
  const { lessons } = earlier;
  assert.deepEqual(lessons, { pace: { roundTripMs: 2, bytesPerMs: 625 } });
  const traits = new HubTraits();
  traits.recall(lessons);
  assert.equal(traits.bytesPerMs, 625);
  assert.equal(traits.roundTripMs, 2);
  traits.note({ firstByteMs: 40, durationMs: 41, bytes: 1000 });
  assert.equal(traits.roundTripMs, 40, "it has moved away");
  assert.deepEqual(traits.lessons, { pace: { roundTripMs: 40, bytesPerMs: 625 } });
  const measured = new HubTraits();
  measured.note({ firstByteMs: 1, durationMs: 101, bytes: 1_000_000 });
  measured.recall(lessons);
  assert.equal(measured.bytesPerMs, 10_000, "this run knows better");
});
