import assert from "node:assert/strict";
import fc from "fast-check";
import { RangeSet, sizeOf } from "../../../src/ranges.ts";
import type { Guess } from "../../../src/sync/plan/attempts.ts";
import { HubPace } from "../../../src/sync/fetch/hub_pace.ts";
import { makePlan, type PlanInput } from "../../../src/sync/plan/plan.ts";
import type { Located } from "../../../src/grown/estimate.ts";
import { type DiskFact, locate } from "../../../src/sync/plan/step.ts";
import type { Entry } from "../../../src/types.ts";

/** Entries in a row, each of a local header of 50 bytes and its data. */
function entriesOf(sizes: readonly number[], more: Partial<Entry> = {}): Located[] {
  let offset = 0;
  const entries = sizes.map((compressedSize, index): Entry => {
    const entry = {
      path: `e${index}`,
      method: 8,
      flags: 0,
      crc: 1000 + index,
      compressedSize,
      size: compressedSize * 3,
      headerOffset: offset,
      index,
      nameCrc: 0,
      ...more,
    };
    offset += 50 + compressedSize;
    return entry;
  });
  const ends = Float64Array.from(sizes, (size, index) => entries[index]!.headerOffset + 50 + size);
  return locate(entries, ends);
}

interface Pace {
  roundTripMs?: number;
  bytesPerMs?: number;
  serial?: boolean;
  multiRange?: boolean;
  ranges?: boolean;
  rangesPerRequest?: number;
}

function paceOf({ roundTripMs, bytesPerMs, ...can }: Pace): HubPace {
  const pace = new HubPace();
  if (roundTripMs !== undefined) {
    const bytes = 100e6;
    const durationMs = roundTripMs + bytes / (bytesPerMs ?? 20_000);
    pace.note({ firstByteMs: roundTripMs, durationMs, bytes });
  }
  return Object.assign(pace, can);
}

function planOf(located: readonly Located[], more: Partial<PlanInput> & { hub?: Pace } = {}) {
  const { hub = {}, ...input } = more;
  return makePlan({
    located,
    onDisk: () => undefined,
    isStaged: () => false,
    guessFor: () => "ends",
    missing: (ranges) => [...ranges],
    pace: paceOf(hub),
    connections: 1,
    ...input,
  });
}

const right = ({ crc, size }: Entry): DiskFact => ({ crc, size, mtimeMs: 1 });
/** A file that was the entry some rows ago; its last block begins at 90 % of the new stream. */
const grown = ({ size, compressedSize }: Entry): DiskFact => ({
  crc: 7,
  size: size - 30,
  mtimeMs: 1,
  block: { bit: Math.floor(compressedSize * 0.9) * 8 + 3, out: Math.floor(size * 0.85) },
});

function disk(located: readonly Located[], factOf: (entry: Entry) => DiskFact | undefined) {
  const facts = new Map(located.map(({ entry }) => [entry.path, factOf(entry)]));
  return (path: string) => facts.get(path);
}

Deno.test("makePlan() keeps an entry only when CRC-32 and size are known to be on the disk", () => {
  const located = entriesOf([1000]);
  const { entry } = located[0]!;
  const kept = (fact: DiskFact | undefined) => planOf(located, { onDisk: () => fact }).kept.length;
  assert.equal(kept(right(entry)), 1);
  assert.equal(kept(undefined), 0);
  assert.equal(kept({ ...right(entry), crc: 1 }), 0);
  assert.equal(kept({ ...right(entry), size: 1 }), 0);
  assert.equal(kept({ size: entry.size, mtimeMs: 1 }), 0, "nobody has read it");
});

Deno.test("makePlan() prefers the disk to staging, and staging to the hub", () => {
  const located = entriesOf([1000, 1000, 1000]);
  const onDisk = disk(located, (entry) => entry.index === 0 ? right(entry) : undefined);
  const plan = planOf(located, { onDisk, isStaged: ({ index }) => index < 2 });
  assert.deepEqual(plan.kept.map(({ path }) => path), ["e0"]);
  assert.deepEqual(plan.staged.map(({ path }) => path), ["e1"]);
  assert.deepEqual(plan.steps.map(({ entry }) => entry.path), ["e2"]);
});

Deno.test("makePlan() fetches nothing when all is there", () => {
  const located = entriesOf([1000, 1000]);
  const plan = planOf(located, { onDisk: disk(located, right) });
  const { steps, ranges, bytes, requests, countsOnManyRanges, strategy } = plan;
  assert.deepEqual({ steps, ranges, bytes, requests, countsOnManyRanges }, {
    steps: [],
    ranges: [],
    bytes: 0,
    requests: 0,
    countsOnManyRanges: false,
  });
  assert.equal(strategy, "nothing to fetch");
  assert.deepEqual(planOf([]).ranges, []);
});

Deno.test("makePlan() downloads in one piece when all or nearly all is wanted", () => {
  const located = entriesOf(new Array(20).fill(500_000));
  const whole = [{ start: 0, end: located.at(-1)!.end }];
  for (const missing of [0, 1]) {
    const onDisk = disk(
      located,
      (entry) => entry.index === 5 && missing ? right(entry) : undefined,
    );
    const plan = planOf(located, { onDisk, hub: { roundTripMs: 1, bytesPerMs: 1000 } });
    assert.deepEqual(plan.ranges, whole);
    assert.equal(plan.requests, 1);
    assert.match(plan.strategy, /sequential/);
    assert.equal(plan.steps.length, 20 - missing);
  }
});

Deno.test("makePlan() fetches only changed entries where gaps cost more than requests", () => {
  const located = entriesOf(new Array(20).fill(2_000_000));
  const wanted = [3, 4, 11, 17];
  const onDisk = disk(located, (entry) => wanted.includes(entry.index) ? undefined : right(entry));
  const plan = planOf(located, { onDisk, hub: { roundTripMs: 10, bytesPerMs: 10_000 } });
  const of = (first: number, last: number) => ({
    start: located[first]!.entry.headerOffset,
    end: located[last]!.end,
  });
  assert.deepEqual(plan.ranges, [of(3, 4), of(11, 11), of(17, 17)]);
  assert.equal(plan.bytes, sizeOf(plan.ranges));
  assert.match(plan.strategy, /changed entries/);
});

Deno.test("makePlan() doesn't fetch what a filter leaves out between the files that it lets in", () => {
  const located = entriesOf(new Array(20).fill(20_000_000));
  const wanted = located.filter(({ entry }) => entry.index === 1 || entry.index === 18);
  const plan = planOf(wanted, { hub: { roundTripMs: 10, bytesPerMs: 10_000 } });
  assert.deepEqual(
    plan.ranges,
    wanted.map(({ entry, end }) => ({ start: entry.headerOffset, end })),
  );
  assert.equal(plan.steps.length, 2);
  // Where the hub knows no ranges, it is all or nothing.
  assert.equal(planOf(wanted, { hub: { ranges: false } }).ranges.length, 1);
});

Deno.test("makePlan() fetches no gap of gigabytes, however small a part of the package it is", () => {
  const located = entriesOf(new Array(20).fill(5e9));
  const kept = located[5]!;
  const onDisk = disk(located, (entry) => entry === kept.entry ? right(entry) : undefined);
  const around = [
    { start: 0, end: kept.entry.headerOffset },
    { start: kept.end, end: located.at(-1)!.end },
  ];
  for (const multiRange of [true, false]) {
    const filtered = located.filter((one) => one !== kept);
    assert.deepEqual(planOf(located, { onDisk, hub: { multiRange } }).ranges, around);
    assert.deepEqual(planOf(filtered, { hub: { multiRange } }).ranges, around);
  }
});

Deno.test("makePlan() fetches the last entries of a package of gigabytes alone", () => {
  const located = entriesOf(new Array(3000).fill(5_000_000));
  const onDisk = disk(located, (entry) => entry.index < 2997 ? right(entry) : undefined);
  const { ranges, bytes } = planOf(located, { onDisk });
  assert.deepEqual(ranges, [{ start: 2997 * 5_000_050, end: 3000 * 5_000_050 }]);
  assert.equal(bytes, 3 * 5_000_050);
});

Deno.test("makePlan() joins neighbours where requests take noticeably longer", () => {
  const located = entriesOf(new Array(9).fill(50_000));
  const onDisk = disk(
    located,
    ({ index }) => index % 4 === 0 ? undefined : right(located[index]!.entry),
  );
  const gaps = (hub: Pace) =>
    planOf(located, { onDisk, hub: { multiRange: false, ...hub } }).ranges;
  assert.equal(gaps({ roundTripMs: 1, bytesPerMs: 1000 }).length, 3, "150 KB are worth a request");
  assert.equal(gaps({ roundTripMs: 500, bytesPerMs: 1000 }).length, 1, "not on a far hub");
});

Deno.test("makePlan() asks for what the partial lacks only", () => {
  const located = entriesOf(new Array(4).fill(1_000_000));
  const have = new RangeSet([{ start: 0, end: 2_500_000 }]);
  const plan = planOf(located, { missing: (ranges) => have.missing(ranges) });
  assert.equal(plan.steps.length, 4, "all are still to be extracted");
  assert.equal(plan.bytes, located.at(-1)!.end - 2_500_000);
  assert.equal(plan.requests, 1);
  const all = planOf(located, { missing: () => [] });
  assert.equal(all.bytes, 0);
  assert.equal(all.requests, 0);
  assert.equal(all.countsOnManyRanges, false);
});

Deno.test("makePlan() guesses the tail of a file that grew", () => {
  const located = entriesOf(new Array(10).fill(300_000));
  const plan = planOf(located, {
    onDisk: disk(located, grown),
    hub: { roundTripMs: 5, bytesPerMs: 1000, multiRange: true },
  });
  assert.match(plan.strategy, /tails/);
  for (const [index, { needs, tail, end }] of plan.steps.entries()) {
    const { entry } = located[index]!;
    const dataStart = entry.headerOffset + 50;
    assert.deepEqual(tail, { dataStart, ...grown(entry).block });
    assert.deepEqual(needs, { start: dataStart + 270_000, end });
  }
  assert.equal(plan.requests, 1, "ten ranges in one request");
  assert(plan.countsOnManyRanges);
  assert.equal(plan.bytes, 10 * 30_000);
});

Deno.test("makePlan() guesses the tail of a file of gigabytes at its place", () => {
  for (const compressedSize of [300e6, 600e6, 6e9]) {
    const located = entriesOf([compressedSize]);
    const { steps } = planOf(located, { onDisk: disk(located, grown) });
    const [{ needs }] = steps as [typeof steps[0]];
    assert.equal(needs.start, located[0]!.end - compressedSize + Math.floor(compressedSize * 0.9));
  }
});

Deno.test("makePlan() guesses no tail where none can be", () => {
  const fetched = (
    change: { fact?: Partial<DiskFact>; entry?: Partial<Entry>; located?: Partial<Located> },
    guess: Guess = "ends",
  ) => {
    const [one] = entriesOf([300_000], change.entry ?? {});
    const located = [{ ...one!, ...change.located }];
    const fact = { ...grown(one!.entry), ...change.fact };
    return planOf(located, {
      onDisk: () => fact,
      guessFor: () => guess,
      hub: { roundTripMs: 1, bytesPerMs: 100, multiRange: true },
    }).steps[0]!;
  };
  assert(fetched({}).tail !== undefined, "the case from which the others differ");
  assert.equal(fetched({}, "none").tail, undefined, "guessed wrong before");
  const { block: _, ...unlearnt } = grown(entriesOf([300_000])[0]!.entry);
  assert.equal(
    planOf(entriesOf([300_000]), { onDisk: () => unlearnt }).steps[0]!.tail,
    undefined,
    "no block known",
  );
  assert.equal(fetched({ entry: { method: 0 } }).tail, undefined, "stored");
  assert.equal(fetched({ fact: { size: 900_000 } }).tail, undefined, "not grown");
  assert.equal(fetched({ fact: { size: 900_001 } }).tail, undefined, "shrunk");
  assert.equal(fetched({ entry: { flags: 8 } }).tail, undefined, "a descriptor follows the data");
  assert.equal(fetched({ located: { tight: false } }).tail, undefined, "its end isn't known");
  const late = { bit: 300_000 * 8, out: 5 };
  assert.equal(fetched({ fact: { block: late } }).tail, undefined, "the new stream is shorter");
  const early = { bit: 1000 * 8, out: 3000 };
  assert.equal(fetched({ fact: { block: early } }).tail, undefined, "too little is saved");
  const beyond = { bit: 800, out: 10_000_000 };
  assert.equal(fetched({ fact: { block: beyond } }).tail, undefined, "contradicts the file");
});

/** What a way may take that is chosen for its bytes, where a faster one takes `ms`. */
function unnoticed(ms: number): number {
  return ms + Math.max(500, ms / 10);
}

Deno.test("makePlan() spares the hub bytes where that takes up to half a second or a tenth longer", () => {
  // 100 changed entries of 100 KB, each beside one that is right: 20 MB in one piece, or 10 MB in 100.
  const located = entriesOf(new Array(200).fill(100_000));
  const onDisk = disk(located, (entry) => entry.index % 2 ? right(entry) : undefined);
  const bytesOf = (hub: Pace) =>
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
function day(hub: Pace, size = 100_000) {
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

Deno.test("locate() sorts by place and says whether an entry's end is certain", () => {
  const [one, two, three] = entriesOf([100, 100, 100]).map(({ entry }) => entry);
  const ends = Float64Array.from([150, 300, 10_000_000]);
  const located = locate([three!, one!, two!], ends);
  assert.deepEqual(located.map(({ entry }) => entry.path), ["e0", "e1", "e2"]);
  assert.deepEqual(located.map(({ tight }) => tight), [true, true, false]);
  assert.equal(located[0]!.end, 150);
  const longest = 300 + 100 + 30 + 2 * 65_535 + 24;
  assert.equal(located[2]!.end, longest, "no entry needs megabytes of header");
});

const hubs = fc.record({
  roundTripMs: fc.double({ min: 0.01, max: 500, noNaN: true }),
  bytesPerMs: fc.double({ min: 1, max: 1e6, noNaN: true }),
  multiRange: fc.constantFrom(true, false, undefined),
  serial: fc.constantFrom(true, false, undefined),
  ranges: fc.constantFrom(true, false, undefined),
  rangesPerRequest: fc.integer({ min: 4, max: 200 }),
});
const state = fc.constantFrom("right", "staged", "grown", "gone", "changed");

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
        const pace: Pace = {
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
          hub: pace,
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
        if (pace.multiRange === false || pace.serial === true && pace.multiRange === undefined) {
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
        const cost = paceOf(pace).estimateMs({ ...plan, connections });
        const most = unnoticed(paceOf(pace).estimateMs(one));
        assert(cost <= most + 1e-6, `${plan.strategy}: ${cost} ms`);
        assert(plan.bytes <= one.bytes, `${plan.strategy}: ${plan.bytes} bytes`);
      },
    ),
    { numRuns: 300 },
  );
});
