import assert from "node:assert/strict";
import fc from "fast-check";
import { crc32 } from "node:zlib";
import { buildZip } from "../../src/demo/zip_writer.ts";
import { RangeSet } from "../../src/ranges.ts";
import { ensureLayout, type Layout, resolveLayout } from "../../src/store/layout.ts";
import { StagingNames } from "../../src/store/staging.ts";
import { type BadEntry, Extraction } from "../../src/sync/extraction.ts";
import { type DiskFact, locate, type Step } from "../../src/sync/step.ts";
import { entryEnds } from "../../src/zip/entry_ends.ts";
import { WorkerPool } from "../../src/zip/worker_pool.ts";
import { type TempDir, tempDir } from "../support/temp.ts";
import { noise, seededRandom } from "../support/random.ts";
import { csvRows } from "../deflate/deflate_streams.ts";
import { directoryOf, filesOf } from "../zip/reading.ts";

/** A package that arrives in a file, and what an extraction makes of it. */
class Arrival implements Disposable {
  readonly have = new RangeSet();
  readonly verified = new Map<string, DiskFact>();
  readonly bad: BadEntry[] = [];
  readonly fatal: Error[] = [];
  readonly names = new StagingNames();
  readonly path: string;
  readonly #file: Deno.FsFile;
  readonly #bytes: Uint8Array;

  constructor(path: string, bytes: Uint8Array) {
    this.path = path;
    this.#bytes = bytes;
    this.#file = Deno.openSync(path, { write: true, create: true, truncate: true });
  }

  /** Writes bytes to their place; who extracts is told by `grew`. */
  put(start: number, end: number): void {
    this.#file.seekSync(start, Deno.SeekMode.Start);
    for (let at = start; at < end;) at += this.#file.writeSync(this.#bytes.subarray(at, end));
    this.have.add({ start, end });
  }

  extraction(steps: Step[], use: { layout: Layout; pool: WorkerPool }): Extraction {
    use.pool.open({
      partial: this.path,
      durable: false,
      engine: "fast",
      total: this.#bytes.length,
    });
    return new Extraction(steps, {
      ...use,
      names: this.names,
      have: this.have,
      onVerified: ({ entry }, fact) => void this.verified.set(entry.path, fact),
      onBad: (bad) => void this.bad.push(bad),
      onFatal: (error) => void this.fatal.push(error),
    });
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }
}

async function stepsOf(bytes: Uint8Array): Promise<Step[]> {
  const ends = entryEnds(await directoryOf(bytes));
  return locate(await filesOf(bytes), ends).map(({ entry, end }) => ({
    entry,
    end,
    needs: { start: entry.headerOffset, end },
  }));
}

async function layoutIn(temp: TempDir): Promise<Layout> {
  const layout = await resolveLayout(temp.at("data"));
  await ensureLayout(layout);
  return layout;
}

const small = Array.from({ length: 50 }, (_, index) => ({
  path: `f${index}.csv`,
  content: csvRows(index, 1 + index * 7 % 90),
}));
const smallZip = buildZip(small);

Deno.test("Extraction extracts each step once, in whatever order its bytes arrive", async () => {
  await using temp = await tempDir();
  const layout = await layoutIn(temp);
  const steps = await stepsOf(smallZip);
  using pool = new WorkerPool(2);
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
  using pool = new WorkerPool(2);
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
  for (const desks of [1, 2]) {
    using pool = new WorkerPool(desks);
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
    for (let size = 0; size < 4 << 20;) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      size = await Deno.stat(staged).then((info) => info.size, () => 0);
    }
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
  for (const desks of [1, 2]) {
    using pool = new WorkerPool(desks);
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
