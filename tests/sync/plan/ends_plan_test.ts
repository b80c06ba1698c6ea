/** Which plans take both ends of grown files, and of which entries. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { MOST_BLOCK_CONTENT } from "../../../src/grown/ends.ts";
import { type Located, replayedBytes } from "../../../src/grown/estimate.ts";
import type { BlockKnowledge } from "../../../src/grown/memory.ts";
import { LOOK_AHEAD } from "../../../src/grown/replay.ts";
import { RangeSet, sizeOf } from "../../../src/ranges.ts";
import type { DiskFact } from "../../../src/sync/on_disk/survey.ts";
import { type Guess, needsOf } from "../../../src/sync/plan/strategy.ts";
import type { Entry } from "../../../src/types.ts";
import { disk, entriesOf, planOf as planWith, type PlanWords, type Traits } from "./plan_input.ts";

const SLOW: Traits = { roundTripMs: 40, bytesPerMs: 1000, multiRange: true };

/** A file that was the entry 90 bytes ago; its last block begins at 60 % of the stream. */
function grown({ size, compressedSize }: Entry): DiskFact & Required<Pick<DiskFact, "block">> {
  const block = { bit: Math.floor(compressedSize * 0.6) * 8 + 3, out: Math.floor(size * 0.6) };
  return { crc: 7, size: size - 90, mtimeMs: 1, block };
}

const level: BlockKnowledge = { level: 6 };
const memory: BlockKnowledge = { known: { end: 7, counts: "" } };

const planOf = (located: readonly Located[], more: PlanWords = {}) =>
  planWith(located, { hub: SLOW, onDisk: disk(located, grown), knowledge: () => level, ...more });

Deno.test("makePlan() takes both ends of files that grew, as soon as their blocks are known", () => {
  const located = entriesOf(new Array(10).fill(100_000));
  const plan = planOf(located);
  assert.equal(plan.strategy, "ends of grown files");
  for (const [index, { needs, needsBefore, tail, end }] of plan.steps.entries()) {
    const { entry } = located[index]!;
    const dataStart = entry.headerOffset + 50;
    const first = dataStart + 60_000;
    assert.deepEqual(needsBefore, { start: first, end: first + tail!.grown!.headBytes });
    assert.deepEqual(needs, { start: tail!.grown!.restStart, end });
    assert.equal(end, located[index]!.end);
    assert.equal(tail!.grown!.size, grown(entry).size);
    assert.equal(tail!.grown!.level, 6);
    assert(sizeOf([needs, needsBefore!]) < 1000, "a few hundred bytes");
    // What is new and what zlib saw coming, packed as the rest, and some more.
    assert(needs.end - needs.start > (LOOK_AHEAD + 90) / 3 + 100);
  }
  assert.equal(plan.requests, 1);
  assert.equal(plan.bytes, sizeOf(needsOf(plan.steps)));
  assert.equal(planOf(located, { knowledge: undefined }).strategy, "tails of grown files");
  assert.equal(planOf(located, { knowledge: () => undefined }).strategy, "tails of grown files");
});

Deno.test("makePlan() takes ends of those entries only for which more may be guessed", () => {
  const located = entriesOf(new Array(9).fill(100_000));
  const guesses: Guess[] = ["ends", "tail", "none"];
  const { steps } = planOf(located, { guessFor: (path) => guesses[Number(path[1]) % 3]! });
  const kinds = steps.map(({ tail }) => tail === undefined ? "none" : tail.grown ? "ends" : "tail");
  assert.deepEqual(kinds, [...guesses, ...guesses, ...guesses]);
});

Deno.test("makePlan() goes over no block that is too large, unless it is remembered", () => {
  for (const more of [0, 1]) {
    const located = entriesOf([1_200_000]);
    const { entry } = located[0]!;
    const size = entry.size - 90;
    const out = size - MOST_BLOCK_CONTENT - more;
    const fact = { ...grown(entry), block: { ...grown(entry).block, out } };
    const grownOf = (knowledge: BlockKnowledge) =>
      planOf(located, { onDisk: () => fact, knowledge: () => knowledge }).steps[0]!.tail?.grown;
    assert.equal(grownOf(level) !== undefined, more === 0);
    assert.deepEqual(grownOf(memory)?.known, memory.known);
  }
});

Deno.test("makePlan() takes no ends of a file that grew by megabytes", () => {
  const located = entriesOf([4_000_000]);
  const { entry } = located[0]!;
  for (const [more, takes] of [[1 << 19, true], [1 << 20, false]] as const) {
    const onDisk = () => ({ ...grown(entry), size: entry.size - more });
    const [step] = planOf(located, { onDisk, knowledge: () => memory }).steps;
    assert.equal(step!.tail?.grown !== undefined, takes, `${more} bytes`);
  }
});

Deno.test("makePlan() takes no ends where none can be", () => {
  const endsOf = (change: {
    entry?: Partial<Entry>;
    fact?: (entry: Entry) => Partial<DiskFact>;
    located?: Partial<Located>;
    size?: number;
  }) => {
    const [one] = entriesOf([change.size ?? 100_000], change.entry);
    const located = [{ ...one!, ...change.located }];
    const fact = { ...grown(one!.entry), ...change.fact?.(one!.entry) };
    return planOf(located, { onDisk: () => fact, hub: { ...SLOW, bytesPerMs: 10 } })
      .steps[0]!.tail?.grown;
  };
  assert(endsOf({}) !== undefined, "the case from which the others differ");
  assert.equal(endsOf({ entry: { flags: 8 } }), undefined, "a descriptor follows");
  assert.equal(endsOf({ entry: { method: 0 } }), undefined, "stored");
  assert.equal(endsOf({ located: { tight: false } }), undefined, "its end isn't known");
  assert.equal(endsOf({ fact: ({ size }) => ({ size }) }), undefined, "it didn't grow");
  assert.equal(endsOf({ fact: ({ size }) => ({ size: size + 1 }) }), undefined, "it shrank");
  const all = (out: number) => ({ size: out, block: { bit: 8 * 60_000, out } });
  assert.equal(endsOf({ fact: () => all(100_000) }), undefined, "most of it is new");
  const late = { block: { bit: 8 * 98_000, out: 290_000 } };
  assert.equal(endsOf({ fact: () => late }), undefined, "between its ends too little is saved");
  assert.equal(endsOf({ size: 3000 }), undefined, "a small entry");
  // A tail that begins where the entry does isn't worth it; its ends are.
  const single = { block: { bit: 0, out: 0 } };
  assert(endsOf({ size: 50_000, fact: () => single }) !== undefined, "a single block");
});

Deno.test("the cost rule takes ends on a slow hub, and where going over blocks takes longer none", () => {
  const strategyOf = (hub: Traits, knowledge: BlockKnowledge = level, files = 200) =>
    planOf(entriesOf(new Array(files).fill(60_000)), { hub, knowledge: () => knowledge }).strategy;
  for (const bytesPerMs of [100, 1000, 6000]) {
    assert.equal(strategyOf({ ...SLOW, bytesPerMs }), "ends of grown files", `${bytesPerMs}`);
  }
  const near = { roundTripMs: 0.3, bytesPerMs: 300_000, multiRange: true };
  assert.equal(strategyOf(near), "ends of grown files", "going over blocks takes 0.1 s");
  assert.notEqual(strategyOf(near, level, 3000), "ends of grown files", "2 s longer");
  assert.equal(strategyOf({ ...near, bytesPerMs: 30_000 }, memory, 3000), "ends of grown files");
  // One range a request: a second request for each file is worth it where bytes are dear only.
  const single = { roundTripMs: 40, multiRange: false, serial: true };
  assert.notEqual(strategyOf({ ...single, bytesPerMs: 6000 }), "ends of grown files");
  assert.equal(strategyOf({ ...single, roundTripMs: 1, bytesPerMs: 100 }), "ends of grown files");
  assert.match(strategyOf({ ...SLOW, ranges: false }), /no ranges/);
});

const hubs = fc.record({
  roundTripMs: fc.double({ min: 0.01, max: 500, noNaN: true }),
  bytesPerMs: fc.double({ min: 1, max: 1e6, noNaN: true }),
  multiRange: fc.boolean(),
  serial: fc.boolean(),
});

Deno.test("every plan with ends covers all that it needs, and takes no more bytes than without them, and little longer", () => {
  let withEnds = 0;
  fc.assert(
    fc.property(
      fc.array(
        fc.record({
          size: fc.nat(400_000),
          row: fc.nat(40_000),
          at: fc.double({ min: 0, max: 1, noNaN: true }),
          known: fc.constantFrom(level, memory, undefined),
        }),
        { maxLength: 40 },
      ),
      hubs,
      fc.array(fc.tuple(fc.nat(4_000_000), fc.nat(500_000)), { maxLength: 4 }),
      (files, hub, there) => {
        const located = entriesOf(files.map(({ size }) => size));
        const have = new RangeSet(there.map(([start, length]) => ({ start, end: start + length })));
        const of = (path: string) => files[Number(path.slice(1))]!;
        const facts = new Map(located.map(({ entry: { path, size, compressedSize } }) => {
          const old = Math.max(0, size - of(path).row);
          const bit = Math.floor(of(path).at * compressedSize * 8);
          return [path, {
            crc: 7,
            size: old,
            mtimeMs: 1,
            block: { bit, out: Math.floor(of(path).at * old) },
          }];
        }));
        const input = {
          onDisk: (path: string) => facts.get(path),
          missing: (wanted: readonly { start: number; end: number }[]) => have.missing(wanted),
          knowledge: (path: string) => of(path).known,
          hub,
        };
        const plan = planOf(located, input);
        const without = planOf(located, { ...input, knowledge: undefined });
        assert(plan.ms <= without.ms + Math.max(500, without.ms / 10) + 1e-6);
        const covered = new RangeSet(plan.ranges);
        assert.deepEqual(covered.ranges, plan.ranges, "sorted and apart");
        assert.equal(plan.bytes, sizeOf(have.missing(plan.ranges)));
        assert.equal(plan.steps.length, without.steps.length);
        for (const step of plan.steps) {
          const { entry, end, needs, needsBefore, tail } = step;
          assert(covered.has(needs));
          assert.equal(needs.end, end);
          assert.equal(needsBefore === undefined, tail?.grown === undefined);
          if (needsBefore === undefined) continue;
          withEnds++;
          const { grown, dataStart, bit } = tail!;
          assert(covered.has(needsBefore));
          assert.equal(needsBefore.start, dataStart + Math.floor(bit / 8));
          assert.equal(needsBefore.end - needsBefore.start, grown!.headBytes);
          assert.equal(needs.start, grown!.restStart);
          assert(needsBefore.end + 2048 <= needs.start && needs.start < end);
          assert(dataStart >= entry.headerOffset + 30);
          assert(replayedBytes(step.tail) <= MOST_BLOCK_CONTENT);
          assert.equal(grown!.known ?? grown!.level, of(entry.path).known!.known ?? 6);
        }
      },
    ),
    { numRuns: 300 },
  );
  assert(withEnds > 100, `${withEnds} steps with ends were among them`);
});
