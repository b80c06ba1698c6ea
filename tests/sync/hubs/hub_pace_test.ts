/** What is learnt about a hub's speed, and what follows from it. */
import assert from "node:assert/strict";
import { HubPace, MOST_RANGES, PART_GAP } from "../../../src/sync/hubs/hub_pace.ts";

Deno.test("HubPace is cautious before anything is measured", () => {
  const pace = new HubPace();
  assert.equal(pace.roundTripMs, 30);
  assert.equal(pace.bytesPerMs, 6_000);
  assert.equal(pace.serial, undefined);
  assert.equal(pace.multiRange, undefined);
  assert.equal(pace.ranges, undefined);
  assert.equal(pace.rangesPerRequest, MOST_RANGES);
});

Deno.test("HubPace.note() keeps the shortest round trip and learns speed from long transfers only", () => {
  const pace = new HubPace();
  pace.note({ firstByteMs: 40, durationMs: 41, bytes: 1000 });
  assert.equal(pace.roundTripMs, 40);
  assert.equal(pace.bytesPerMs, 6_000, "a short transfer says nothing");
  pace.note({ firstByteMs: 90, durationMs: 190, bytes: 1_000_000 });
  assert.equal(pace.roundTripMs, 40);
  assert.equal(pace.bytesPerMs, 10_000);
  pace.note({ firstByteMs: 10, durationMs: 10, bytes: 1 << 20 });
  assert.equal(pace.roundTripMs, 10);
  assert.equal(pace.bytesPerMs, 10_000, "no time has passed, so nothing is learnt");
  pace.note({ firstByteMs: 20, durationMs: 70, bytes: 1_000_000 });
  assert.equal(pace.bytesPerMs, 15_000, "half old, half new");
  const near = new HubPace();
  near.note({ firstByteMs: 1, durationMs: 2, bytes: 1000 });
  assert.equal(near.bytesPerMs, 6_000, "who answers at once needn't be fast");
});

Deno.test("HubPace.note() learns nothing from a request during which the clock was set back", () => {
  const pace = new HubPace();
  pace.note({ firstByteMs: 40, durationMs: 41, bytes: 1000 });
  pace.note({ firstByteMs: -3_600_000, durationMs: -3_599_900, bytes: 1_000_000 });
  assert.deepEqual([pace.roundTripMs, pace.bytesPerMs], [40, 6_000]);
  pace.note({ firstByteMs: 40, durationMs: -3_599_900, bytes: 1_000_000 });
  assert.equal(pace.bytesPerMs, 6_000);
});

Deno.test("HubPace.joinGap is what comes in a round trip, within bounds", () => {
  const near = new HubPace();
  near.note({ firstByteMs: 0, durationMs: 1000, bytes: 1_000_000 });
  assert.equal(near.joinGap, 4 * 1024);
  const middle = new HubPace();
  middle.note({ firstByteMs: 40, durationMs: 40 + 160, bytes: 1_000_000 }); // 50 Mbit/s
  assert.equal(middle.joinGap, 42 * 6250);
  const far = new HubPace();
  far.note({ firstByteMs: 2000, durationMs: 2100, bytes: 10_000_000 });
  assert.equal(far.joinGap, 1 << 20);
  assert(PART_GAP < near.joinGap, "a part of a multipart answer is cheap");
});

Deno.test("HubPace.estimateMs() grows with requests and bytes, and falls with connections", () => {
  const pace = new HubPace();
  pace.note({ firstByteMs: 40, durationMs: 140, bytes: 1_000_000 });
  const base = { requests: 10, bytes: 1_000_000, connections: 1 };
  assert.equal(pace.estimateMs(base), 10 * 42 + 100);
  assert.equal(pace.estimateMs({ ...base, connections: 2 }), 5 * 42 + 100);
  assert(pace.estimateMs({ ...base, bytes: 2_000_000 }) > pace.estimateMs(base));
});

Deno.test("HubPace.recall() begins with the pace of an earlier run, and what is measured now replaces it", () => {
  const earlier = new HubPace();
  assert.deepEqual(earlier.lessons, {}, "nothing was measured");
  earlier.note({ firstByteMs: 2, durationMs: 1002, bytes: 625_000 });
  const { lessons } = earlier;
  assert.deepEqual(lessons, { pace: { roundTripMs: 2, bytesPerMs: 625 } });
  const pace = new HubPace();
  pace.recall(lessons);
  assert.equal(pace.bytesPerMs, 625);
  assert.equal(pace.roundTripMs, 2);
  pace.note({ firstByteMs: 40, durationMs: 41, bytes: 1000 });
  assert.equal(pace.roundTripMs, 40, "it has moved away");
  assert.deepEqual(pace.lessons, { pace: { roundTripMs: 40, bytesPerMs: 625 } });
  const measured = new HubPace();
  measured.note({ firstByteMs: 1, durationMs: 101, bytes: 1_000_000 });
  measured.recall(lessons);
  assert.equal(measured.bytesPerMs, 10_000, "this run knows better");
});
