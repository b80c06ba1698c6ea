/** makePlan(): what is kept, fetched, guessed and joined. */
import assert from "node:assert/strict";
import { RangeSet, sizeOf } from "../../../src/ranges.ts";
import type { Guess } from "../../../src/sync/plan/strategy.ts";
import type { DiskFact } from "../../../src/sync/on_disk/survey.ts";
import { locate } from "../../../src/sync/look/look.ts";
import type { Located } from "../../../src/grown/estimate.ts";
import type { Entry } from "../../../src/types.ts";
import { disk, entriesOf, grown, planOf, right, type Traits } from "./plan_input.ts";

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
  const gaps = (hub: Traits) =>
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
