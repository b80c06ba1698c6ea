/** Of any state of the disk, on any hub: a plan covers what it needs, and costs no more than it has to. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { RangeSet, sizeOf } from "../../../src/ranges.ts";
import type { Entry } from "../../../src/types.ts";
import { disk, entriesOf, grown, planOf, right, type Traits, traitsOf } from "./plan_input.ts";

const hubs = fc.record({
  roundTripMs: fc.double({ min: 0.01, max: 500, noNaN: true }),
  bytesPerMs: fc.double({ min: 1, max: 1e6, noNaN: true }),
  multiRange: fc.constantFrom(true, false, undefined),
  serial: fc.constantFrom(true, false, undefined),
  ranges: fc.constantFrom(true, false, undefined),
  rangesPerRequest: fc.integer({ min: 4, max: 200 }),
});

const state = fc.constantFrom("right", "staged", "grown", "gone", "changed");

/** What a way may take that is chosen for its bytes, where a faster one takes `ms`. */
function unnoticed(ms: number): number {
  return ms + Math.max(500, ms / 10);
}

Deno.test("every plan covers what it needs, and takes no more bytes than one download, and little longer", () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ size: fc.nat(400_000), state }), { maxLength: 60 }),
      hubs,
      fc.array(fc.tuple(fc.nat(4_000_000), fc.nat(500_000)), { maxLength: 4 }),
      fc.integer({ min: 1, max: 4 }),
      (files, hub, there, connections) => {
        const located = entriesOf(files.map(({ size }) => size));
        const stateOf = ({ index }: Entry) => files[index]!.state;
        const have = new RangeSet(there.map(([start, length]) => ({ start, end: start + length })));
        const { multiRange, serial, ranges, ...known } = hub;
        const traits: Traits = {
          ...known,
          ...multiRange !== undefined && { multiRange },
          ...serial !== undefined && { serial },
          ...ranges !== undefined && { ranges },
        };
        const plan = planOf(located, {
          onDisk: disk(located, (entry) => {
            if (stateOf(entry) === "right") return right(entry);
            if (stateOf(entry) === "grown") return grown(entry);
            return stateOf(entry) === "changed" ? { ...right(entry), crc: 3 } : undefined;
          }),
          isStaged: (entry) => stateOf(entry) === "staged",
          missing: (wanted) => have.missing(wanted),
          hub: traits,
          connections,
        });
        // Each entry has one fate.
        const fates = [...plan.kept, ...plan.staged, ...plan.steps.map(({ entry }) => entry)];
        assert.deepEqual(new Set(fates.map(({ path }) => path)).size, located.length);
        assert.equal(fates.length, located.length);
        assert(plan.kept.every((entry) => stateOf(entry) === "right"));
        assert(plan.staged.every((entry) => stateOf(entry) === "staged"));
        // The ranges hold what the steps need, sorted and apart.
        const covered = new RangeSet(plan.ranges);
        assert.deepEqual(covered.ranges, plan.ranges);
        for (const { needs, entry, end, tail } of plan.steps) {
          assert(covered.has(needs));
          assert.equal(needs.end, end);
          assert(tail !== undefined || needs.start === entry.headerOffset);
          if (tail !== undefined) assert.equal(stateOf(entry), "grown");
        }
        // The bytes and requests are those of the holes.
        const holes = have.missing(plan.ranges);
        assert.equal(plan.bytes, sizeOf(holes));
        assert(plan.requests <= holes.length);
        assert(plan.requests >= Math.ceil(holes.length / known.rangesPerRequest));
        if (
          traits.multiRange === false || traits.serial === true && traits.multiRange === undefined
        ) {
          assert.equal(plan.countsOnManyRanges, false);
        }
        // One download of the span from the first wanted to the last is always a way.
        const [first, last] = [plan.steps[0], plan.steps.at(-1)];
        if (first === undefined || last === undefined) {
          assert.equal(plan.bytes, 0);
          return;
        }
        const span = have.missing([{ start: first.entry.headerOffset, end: last.end }]);
        const one = { requests: span.length, bytes: sizeOf(span), connections };
        const cost = traitsOf(traits).estimateMs({ ...plan, connections });
        const most = unnoticed(traitsOf(traits).estimateMs(one));
        assert(cost <= most + 1e-6, `${plan.strategy}: ${cost} ms`);
        assert(plan.bytes <= one.bytes, `${plan.strategy}: ${plan.bytes} bytes`);
      },
    ),
    { numRuns: 300 },
  );
});
