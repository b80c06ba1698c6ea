/** Entries are extracted once and as soon as their bytes are there; a bad one costs no other. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { crc32 } from "node:zlib";
import { UNFINISHED } from "../../../src/fs/new_file.ts";
import { until } from "../../support/until.ts";
import { buildZip } from "../../support/zip_builder.ts";
import type { Step } from "../../../src/sync/plan/strategy.ts";
import { WorkerPool } from "../../../src/zip/extract/worker_pool.ts";
import { tempDir } from "../../support/temp.ts";
import { noise, seededRandom } from "../../support/random.ts";
import { csvRows } from "../../support/deflate_streams.ts";
import { Arrival, layoutIn, stepsOf } from "../arrival.ts";

const small = Array.from({ length: 50 }, (_, index) => ({
  path: `f${index}.csv`,
  content: csvRows(index, 1 + index * 7 % 90),
}));
const smallZip = buildZip(small);

Deno.test("Extraction extracts each step once, in whatever order its bytes arrive", async () => {
  await using temp = await tempDir();
  const layout = await layoutIn(temp);
  const steps = await stepsOf(smallZip);
  using pool = new WorkerPool(2).start();
  const cuts = fc.uniqueArray(fc.integer({ min: 1, max: smallZip.length - 1 }), { maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(cuts, fc.nat(), fc.boolean(), async (cuts, seed, early) => {
      using arrival = new Arrival(temp.at("partial"), smallZip);
      const edges = [0, ...cuts.sort((a, b) => a - b), smallZip.length];
      const pieces = edges.slice(1).map((end, index) => [edges[index]!, end] as const);
      const random = seededRandom(seed);
      const order = pieces.map((piece) => ({ piece, key: random() })).sort((a, b) => a.key - b.key);
      // Some of it may have been there before.
      const there = early ? order.splice(0, order.length >> 1) : [];
      for (const { piece } of there) arrival.put(...piece);
      const extraction = arrival.extraction(steps, { layout, pool });
      for (const { piece } of order) {
        arrival.put(...piece);
        extraction.grew(...piece);
      }
      await extraction.settle();
      assert.deepEqual(arrival.fatal, []);
      assert.deepEqual(arrival.bad, []);
      assert.equal(arrival.verified.size, small.length);
      for (const { entry } of steps) {
        const fact = arrival.verified.get(entry.path)!;
        assert.equal(fact.crc, entry.crc);
        const staged = `${layout.staging}/${arrival.names.nameOf(entry)}`;
        const content = await Deno.readFile(staged);
        assert.equal(crc32(content), entry.crc);
        assert.equal((await Deno.stat(staged)).mtime!.getTime(), fact.mtimeMs);
        await Deno.remove(staged);
      }
    }),
    { numRuns: 20 },
  );
});

Deno.test("Extraction begins nothing whose bytes aren't all there", async () => {
  await using temp = await tempDir();
  const layout = await layoutIn(temp);
  const steps = await stepsOf(smallZip);
  using pool = new WorkerPool(1);
  using arrival = new Arrival(temp.at("partial"), smallZip);
  const extraction = arrival.extraction(steps, { layout, pool });
  const { needs } = steps[10]!;
  for (const [start, end] of [[0, needs.end - 1], [needs.end, needs.end + 5]] as const) {
    arrival.put(start, end);
    extraction.grew(start, end);
  }
  await extraction.settle();
  assert.equal(arrival.verified.size, 10);
  arrival.put(needs.end - 1, needs.end);
  extraction.grew(needs.end - 1, needs.end);
  await extraction.settle();
  assert.equal(arrival.verified.size, 11);
});

Deno.test("Extraction collects bad entries and goes on with the rest", async () => {
  await using temp = await tempDir();
  const layout = await layoutIn(temp);
  const steps = await stepsOf(smallZip);
  const damaged = Uint8Array.from(smallZip);
  for (const index of [7, 30]) damaged.fill(0xff, steps[index]!.end - 9, steps[index]!.end);
  using pool = new WorkerPool(2).start();
  using arrival = new Arrival(temp.at("partial"), damaged);
  const extraction = arrival.extraction(steps, { layout, pool });
  arrival.put(0, damaged.length);
  extraction.grew(0, damaged.length);
  await extraction.settle();
  assert.deepEqual(arrival.bad.map(({ step }) => step.entry.index).sort((a, b) => a - b), [7, 30]);
  assert.equal(arrival.verified.size, small.length - 2);
  assert.deepEqual(arrival.fatal, []);
  assert.equal([...Deno.readDirSync(layout.staging)].length, small.length - 2);
});

Deno.test("Extraction says when the disk fails", async () => {
  await using temp = await tempDir();
  const layout = await layoutIn(temp);
  await Deno.remove(layout.staging);
  using pool = new WorkerPool(1);
  using arrival = new Arrival(temp.at("partial"), smallZip);
  const extraction = arrival.extraction(await stepsOf(smallZip), { layout, pool });
  arrival.put(0, smallZip.length);
  extraction.grew(0, smallZip.length);
  await extraction.settle();
  assert(arrival.fatal.length > 0);
  assert.match(arrival.fatal[0]!.message, /staged file/);
  assert.equal(arrival.verified.size, 0);
});

/** A step that needs its entry's bytes but for the one before `cut`, as two pieces. */
function inTwo(step: Step, cut: number): Step {
  const { start, end } = step.needs;
  return { ...step, needsBefore: { start, end: cut - 1 }, needs: { start: cut, end } };
}

Deno.test("Extraction begins no step before both its pieces are there, whichever is the last", async () => {
  await using temp = await tempDir();
  const layout = await layoutIn(temp);
  const whole = await stepsOf(smallZip);
  const steps = whole.map((step) => inTwo(step, (step.needs.start + step.needs.end) >> 1));
  using pool = new WorkerPool(1);
  const random = seededRandom(4);
  for (const first of ["needs", "needsBefore", "either"] as const) {
    using arrival = new Arrival(temp.at("partial"), smallZip);
    for (const { needs } of steps) arrival.hide(needs.start - 1, needs.start);
    const extraction = arrival.extraction(steps, { layout, pool });
    const grow = (range: { start: number; end: number }) => {
      arrival.put(range.start, range.end);
      extraction.grew(range.start, range.end);
    };
    const early = steps.map(({ needs, needsBefore }) =>
      (first === "either" ? random() < 0.5 : first === "needs") ? needs : needsBefore!
    );
    for (const range of early) grow(range);
    await extraction.settle();
    assert.equal(arrival.verified.size, 0, `${first} first: nothing is whole yet`);
    const late = steps.map(({ needs, needsBefore }, index) =>
      early[index] === needs ? needsBefore! : needs
    );
    for (const [index, range] of late.entries()) if (index % 2 === 0) grow(range);
    await extraction.settle();
    const even = steps.filter((_, index) => index % 2 === 0).map(({ entry }) => entry.path);
    assert.deepEqual([...arrival.verified.keys()].sort(), even.sort(), first);
    for (const [index, range] of late.entries()) if (index % 2 === 1) grow(range);
    await extraction.settle();
    assert.equal(arrival.verified.size, small.length);
    assert.deepEqual(arrival.bad, []);
    assert.deepEqual(arrival.fatal, []);
    for (const { entry } of steps) {
      await Deno.remove(`${layout.staging}/${arrival.names.nameOf(entry)}`);
    }
  }
});

Deno.test("Extraction.settle() begins nothing after a stop", async () => {
  await using temp = await tempDir();
  const layout = await layoutIn(temp);
  const [one] = await stepsOf(smallZip);
  const step = inTwo(one!, one!.needs.start + 40);
  using pool = new WorkerPool(1);
  using arrival = new Arrival(temp.at("partial"), smallZip);
  const extraction = arrival.extraction([step], { layout, pool });
  for (const { start, end } of [step.needs, step.needsBefore!]) {
    arrival.put(start, end);
    if (start === step.needs.start) extraction.grew(start, end);
  }
  await extraction.stop();
  await extraction.settle();
  assert.equal(arrival.verified.size, 0);
});

const bigContent = noise(seededRandom(1), 20 << 20);
const bigFiles = [
  { path: "a.csv", content: csvRows(1, 5) },
  { path: "big.csv", content: bigContent, level: 1 },
  { path: "z.csv", content: csvRows(2, 5) },
];
const bigZip = buildZip(bigFiles);

Deno.test("Extraction follows a big entry while it arrives", async () => {
  await using temp = await tempDir();
  const layout = await layoutIn(temp);
  const steps = await stepsOf(bigZip);
  const big = steps[1]!;
  for (const executors of [1, 2]) {
    using pool = new WorkerPool(executors).start();
    using arrival = new Arrival(temp.at("partial"), bigZip);
    const extraction = arrival.extraction(steps, { layout, pool });
    const staged = `${layout.staging}/${arrival.names.nameOf(big.entry)}`;
    const grow = (start: number, end: number) => {
      arrival.put(start, end);
      extraction.grew(start, end);
    };
    const half = big.needs.start + (10 << 20);
    for (let at = 0; at < half; at += 65_536) grow(at, Math.min(at + 65_536, half));
    // Some of its content comes out before the rest is there.
    const written = `${layout.staging}/.${big.entry.headerOffset}${UNFINISHED}`;
    await until(async () => await Deno.stat(written).then(({ size }) => size, () => 0) >= 4 << 20);
    await assert.rejects(Deno.stat(staged), Deno.errors.NotFound);
    assert.equal(arrival.verified.has("big.csv"), false);
    grow(half, bigZip.length);
    await extraction.settle();
    assert.deepEqual(arrival.fatal, []);
    assert.deepEqual([...arrival.verified.keys()].sort(), ["a.csv", "big.csv", "z.csv"]);
    assert.equal(crc32(await Deno.readFile(staged)), crc32(bigContent));
    await Deno.remove(staged);
  }
});

Deno.test("Extraction.stop() gives up what it follows, and settles", async () => {
  await using temp = await tempDir();
  const layout = await layoutIn(temp);
  const steps = await stepsOf(bigZip);
  for (const executors of [1, 2]) {
    using pool = new WorkerPool(executors).start();
    using arrival = new Arrival(temp.at("partial"), bigZip);
    const extraction = arrival.extraction(steps, { layout, pool });
    const half = steps[1]!.needs.start + (10 << 20);
    arrival.put(0, half);
    extraction.grew(0, half);
    await extraction.stop();
    assert.deepEqual(arrival.bad, [], "given up isn't bad");
    assert.deepEqual(arrival.fatal, []);
    assert.equal(arrival.verified.has("big.csv"), false);
    arrival.put(half, bigZip.length);
    extraction.grew(half, bigZip.length);
    await extraction.settle();
    assert.equal(arrival.verified.has("z.csv"), false, "nothing further is begun");
  }
});
