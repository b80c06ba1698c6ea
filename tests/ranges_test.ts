/** A set of ranges holds what a bitmap would hold. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { joinAcross, RangeSet, sizeOf } from "../src/ranges.ts";
import type { Range } from "../src/types.ts";

const SPACE = 64;

const range: fc.Arbitrary<Range> = fc.tuple(fc.nat(SPACE - 1), fc.nat(16))
  .map(([start, length]) => ({ start, end: Math.min(SPACE, start + length) }));
const change = fc.record({ kind: fc.constantFrom("add" as const, "remove" as const), range });

/** The same changes on one flag a byte. */
function bitmapOf(changes: readonly { kind: "add" | "remove"; range: Range }[]): boolean[] {
  const bits = new Array<boolean>(SPACE).fill(false);
  for (const { kind, range } of changes) {
    for (let at = range.start; at < range.end; at++) bits[at] = kind === "add";
  }
  return bits;
}

/** The runs of set bits. */
function runsOf(bits: readonly boolean[]): Range[] {
  const runs: Range[] = [];
  for (const [at, bit] of bits.entries()) {
    if (!bit) continue;
    const last = runs.at(-1);
    if (last !== undefined && last.end === at) last.end++;
    else runs.push({ start: at, end: at + 1 });
  }
  return runs;
}

function setOf(changes: readonly { kind: "add" | "remove"; range: Range }[]): RangeSet {
  const set = new RangeSet();
  for (const { kind, range } of changes) set[kind](range);
  return set;
}

Deno.test("RangeSet holds what a bitmap of the same changes holds", () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 30 }), range, (changes, probe) => {
      const set = setOf(changes);
      const bits = bitmapOf(changes);
      assert.deepEqual(set.ranges, runsOf(bits));
      assert.equal(set.size, bits.filter(Boolean).length);
      assert.equal(set.has(probe), bits.slice(probe.start, probe.end).every(Boolean));
      for (let at = 0; at < SPACE; at++) {
        const around = runsOf(bits).find(({ start, end }) => start <= at && at < end);
        assert.deepEqual(set.rangeAt(at), around, `byte ${at}`);
      }
    }),
    { numRuns: 300 },
  );
});

Deno.test("RangeSet.missing() gives what the set lacks of each range", () => {
  fc.assert(
    fc.property(
      fc.array(change, { maxLength: 20 }),
      fc.array(range, { maxLength: 6 }),
      (changes, asked) => {
        const bits = bitmapOf(changes);
        const wanted = joinAcross(asked.sort((a, b) => a.start - b.start), 0)
          .filter(({ start, end }) => end > start);
        const expected = wanted.flatMap(({ start, end }) =>
          runsOf(bits.map((bit, at) => !bit && at >= start && at < end))
        );
        assert.deepEqual(setOf(changes).missing(wanted), expected);
      },
    ),
    { numRuns: 300 },
  );
});

Deno.test("RangeSet keeps its own ranges, whatever becomes of the caller's", () => {
  const given = { start: 0, end: 5 };
  const set = new RangeSet([given]);
  given.end = 50;
  assert.equal(set.size, 5);
  set.add({ start: 3, end: 3 });
  set.add({ start: 9, end: 4 });
  assert.deepEqual(set.ranges, [{ start: 0, end: 5 }], "an empty or turned range adds nothing");
  assert(set.has({ start: 70, end: 70 }), "no bytes are always there");
});

Deno.test("joinAcross() joins exactly the gaps that are small enough", () => {
  fc.assert(
    fc.property(fc.array(range, { maxLength: 12 }), fc.nat(8), (ranges, gap) => {
      const sorted = new RangeSet(ranges).ranges.map((one) => ({ ...one }));
      const before = structuredClone(sorted);
      const joined = joinAcross(sorted, gap);
      assert.deepEqual(sorted, before, "its input stays as it was");
      const missed = sorted.filter((one) => !new RangeSet(joined).has(one));
      assert.deepEqual(missed, []);
      for (const [index, { start }] of joined.entries()) {
        const last = joined[index - 1];
        assert(last === undefined || start - last.end > gap, "a small gap is left");
      }
      // Every byte that came in addition lies in a gap that was worth it.
      const extra = joined.flatMap((one) => new RangeSet(sorted).missing([one]));
      assert(extra.every((hole) => sizeOf([hole]) <= gap));
    }),
  );
});

Deno.test("joinAcross() takes a range inside another for a part of it", () => {
  const ranges = [{ start: 0, end: 100 }, { start: 10, end: 20 }, { start: 30, end: 120 }];
  assert.deepEqual(joinAcross(ranges, 0), [{ start: 0, end: 120 }]);
});

Deno.test("sizeOf() sums lengths", () => {
  assert.equal(sizeOf([]), 0);
  assert.equal(sizeOf([{ start: 3, end: 5 }, { start: 2 ** 40, end: 2 ** 40 + 7 }]), 9);
});
