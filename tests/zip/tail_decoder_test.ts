/**
 * The decoding of tails: an entry made from the old file's content and the new stream's last bytes.
 * Whatever the compressor did, the result is the plain extraction's or an error, never a wrong file.
 *
 * Longer than 250 lines because each compressor and each way of damaging a tail is a case.
 */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { constants, crc32, deflateRawSync, inflateRawSync, type ZlibOptions } from "node:zlib";
import fc from "fast-check";
import { ArchiveError } from "../../src/errors.ts";
import { EntryExtractor } from "../../src/zip/extract/extract_entry.ts";
import { run } from "../support/command.ts";
import { seededRandom } from "../support/random.ts";
import {
  csvRows,
  everySetting,
  mixture,
  patchwork,
  STRATEGIES,
  walkBlocks,
} from "../support/deflate_streams.ts";
import { ExtractionBench, type Outcome, placed } from "./entry_fixture.ts";
import { archiveError } from "./reading.ts";
import { installed } from "../support/installed.ts";
import { tempDir } from "../support/temp.ts";

/** Extracts by the tail; `undefined` = the guess failed, with an error about the package. */
function guess(
  bench: ExtractionBench,
  entry: ReturnType<typeof placed>,
  from: { old: Uint8Array; block: { bit: number; out: number } },
): Outcome | undefined {
  try {
    return bench.tail(entry, from);
  } catch (error) {
    assert(error instanceof ArchiveError, `not an ArchiveError: ${error}`);
    assert(!bench.leftOver, "a failed guess left its file");
    return undefined;
  }
}

function assertSame(found: Uint8Array, expected: Uint8Array, what: string): void {
  assert.equal(Buffer.compare(found, expected), 0, what);
}

Deno.test("a tail decodes from every block: each level, strategy, type and bit", async () => {
  await using bench = await ExtractionBench.make();
  const seen = new Set<string>();
  for (const content of [csvRows(4, 1500), mixture(5, 8)]) {
    for (const options of everySetting()) {
      const stream = deflateRawSync(content, options);
      const entry = placed(stream, content);
      const { blocks } = walkBlocks(stream);
      const step = Math.ceil(blocks.length / 4);
      for (const block of blocks.filter((_, at) => at % step === 1 || at === blocks.length - 1)) {
        seen.add(`${block.type} ${block.bit & 7}`);
        const { bit, out } = block;
        const outcome = bench.tail(entry, { old: content.subarray(0, out), block: { bit, out } });
        assertSame(outcome.content, content, JSON.stringify({ ...options, ...block }));
        // What is learnt for the next time is a block of the whole stream, the given one at least.
        assert(
          blocks.some((one) => one.bit === outcome.block?.bit && one.out === outcome.block.out),
        );
        assert(outcome.block!.bit >= bit);
      }
    }
  }
  for (const type of ["dynamic", "fixed", "stored"]) {
    for (let bit = 0; bit < 8; bit++) assert(seen.has(`${type} ${bit}`), `${type} at bit ${bit}`);
  }
});

Deno.test("a tail learns the same last block as a whole extraction does", async () => {
  await using bench = await ExtractionBench.make();
  let moved = 0;
  for (let rows = 1200; rows < 6000; rows += 400) {
    const content = csvRows(6, rows);
    const stream = deflateRawSync(content);
    const entry = placed(stream, content);
    const { block } = bench.whole(entry);
    for (const { bit, out } of walkBlocks(stream).blocks.slice(-3)) {
      const outcome = bench.tail(entry, { old: content.subarray(0, out), block: { bit, out } });
      assert.deepEqual(outcome.block, block, `${rows} rows, from bit ${bit}`);
      if (bit !== block?.bit) moved++;
    }
  }
  assert(moved > 5, "tails of several blocks were among them");
});

Deno.test("a tail's matches may reach all the way back into the kept content", async () => {
  await using bench = await ExtractionBench.make();
  const random = seededRandom(8);
  const kept = Uint8Array.from({ length: 32_768 }, () => random() * 256);
  for (const start of [0, 1, 100, 32_000]) {
    const repeated = kept.subarray(start, start + 700);
    const { stream, content } = patchwork([{ content: kept, options: {} }, {
      content: repeated,
      options: {},
    }]);
    // The second part packed with the first as its dictionary: all of it is matches far back.
    const far = deflateRawSync(content, { level: 9, windowBits: 15 });
    for (const one of [stream, far]) {
      for (const { bit, out } of walkBlocks(one).blocks) {
        const old = content.subarray(0, out);
        assertSame(
          bench.tail(placed(one, content), { old, block: { bit, out } }).content,
          content,
          "",
        );
      }
    }
  }
});

Deno.test("a tail of blocks of all kinds in a row decodes, stored ones within it too", async () => {
  await using bench = await ExtractionBench.make();
  const kinds: ZlibOptions[] = [
    { level: 6 },
    { level: 0 },
    { strategy: constants.Z_FIXED },
    { level: 1 },
  ];
  for (let turn = 0; turn < 8; turn++) {
    const parts = Array.from({ length: 9 }, (_, at) => ({
      content: csvRows(turn * 9 + at, 1 + (at * 7 + turn * 13) % 60),
      options: kinds[(at * (turn + 1)) % kinds.length]!,
    }));
    const { stream, content } = patchwork(parts);
    const entry = placed(stream, content);
    for (const { bit, out } of walkBlocks(stream).blocks) {
      const old = content.subarray(0, out);
      assertSame(bench.tail(entry, { old, block: { bit, out } }).content, content, `turn ${turn}`);
    }
  }
});

Deno.test("a tail decodes behind more bytes than 32 bits count the bits of", async () => {
  await using bench = await ExtractionBench.make();
  const content = csvRows(6, 4000);
  const stream = deflateRawSync(content);
  const { bit, out } = walkBlocks(stream).blocks.at(-1)!;
  const { task, dataStart, package: bytes } = placed(stream, content);
  Deno.writeFileSync(bench.at("old"), content.subarray(0, out));
  for (const gap of [300e6, 600e6]) {
    using file = Deno.openSync(bench.at("package"), { read: true, write: true, create: true });
    file.truncateSync(dataStart + gap); // a hole: the tail needs nothing of it
    file.seekSync(dataStart + gap, Deno.SeekMode.Start);
    file.writeSync(bytes.subarray(dataStart));
    const end = task.end + gap;
    const extracted = new EntryExtractor(file).extract({
      ...task,
      end,
      compressedSize: task.compressedSize + gap,
      target: bench.at("target"),
      tail: { path: bench.at("old"), dataStart, bit: gap * 8 + bit, out },
    }, end);
    extracted.file?.close();
    assertSame(Deno.readFileSync(bench.at("target")), content, `behind ${gap} bytes`);
    assert.deepEqual(extracted.block, { bit: gap * 8 + bit, out });
  }
});

const settings: fc.Arbitrary<ZlibOptions> = fc.record({
  level: fc.integer({ min: 1, max: 9 }),
  strategy: fc.constantFrom(...Object.values(STRATEGIES)),
  memLevel: fc.integer({ min: 1, max: 9 }),
  windowBits: fc.integer({ min: 9, max: 15 }),
});
/** Bytes of lookahead on which zlib's choice of a match may depend, and a lazy step or two. */
const LOOKAHEAD = 300;

const bytes = fc.oneof(
  fc.tuple(fc.nat(999), fc.nat(700)).map(([seed, rows]) => csvRows(seed, rows)),
  fc.tuple(fc.nat(999), fc.integer({ min: 1, max: 4 })).map((args) => mixture(...args)),
  fc.uint8Array({ maxLength: 3000 }),
  fc.nat(60_000).map((size) => new Uint8Array(size).fill(9)),
);

Deno.test("appended rows by the tail are what the plain extraction makes of them", async () => {
  await using bench = await ExtractionBench.make();
  let guessed = 0;
  fc.assert(
    fc.property(
      bytes,
      fc.array(bytes, { minLength: 1, maxLength: 3 }),
      settings,
      (first, rows, set) => {
        let old = first;
        let { block } = bench.whole(placed(deflateRawSync(old, set), old));
        // Several days: what one tail taught serves the next.
        for (const row of rows) {
          const content = Buffer.concat([old, row]);
          const stream = deflateRawSync(content, set);
          const entry = placed(stream, content);
          const plain = bench.whole(entry);
          assertSame(plain.content, content, "the plain extraction");
          const grew = content.length > old.length;
          if (block !== undefined && grew && block.bit >> 3 < stream.length) {
            guessed++;
            // The same compressor and settings: the guess holds, and teaches what is true. Only where
            // the block began in the old end may it be wrong: zlib looks ahead that far.
            const outcome = guess(bench, entry, { old, block });
            const sure = old.length - block.out > LOOKAHEAD;
            assert(outcome !== undefined || !sure, JSON.stringify(set));
            if (outcome !== undefined) assertSame(outcome.content, content, JSON.stringify(set));
            block = outcome === undefined ? plain.block : outcome.block;
          } else {
            block = plain.block;
          }
          old = content;
        }
      },
    ),
    { numRuns: 120 },
  );
  assert(guessed > 20, `${guessed} guesses`);
});

Deno.test("a guess across other settings, or of a rewritten file, holds or fails, never lies", async () => {
  await using bench = await ExtractionBench.make();
  let failed = 0;
  let held = 0;
  fc.assert(
    fc.property(
      fc.tuple(fc.nat(99), fc.integer({ min: 400, max: 1500 })),
      bytes,
      settings,
      settings,
      fc.option(fc.nat(30_000)),
      ([seed, count], row, before, after, changedAt) => {
        const old = csvRows(seed, count);
        const { block } = bench.whole(placed(deflateRawSync(old, before), old));
        const content = Buffer.concat([old, row, Uint8Array.of(10)]);
        if (changedAt !== null) content[changedAt]! ^= 1; // restated in the middle
        const stream = deflateRawSync(content, after);
        if (block === undefined || block.bit >> 3 >= stream.length) return;
        const outcome = guess(bench, placed(stream, content), { old, block });
        if (outcome === undefined) return void failed++;
        held++;
        assertSame(outcome.content, content, "a held guess");
      },
    ),
    { numRuns: 150 },
  );
  assert(failed > 20, `${failed} failed`);
  assert(held + failed > 60, `${held} held`);
});

Deno.test("a guess from an old file that isn't what it was fails", async () => {
  await using bench = await ExtractionBench.make();
  const old = csvRows(1, 1000);
  const content = csvRows(1, 1001);
  const entry = placed(deflateRawSync(content), content);
  const block = bench.whole(placed(deflateRawSync(old), old)).block!;
  const wrong = (changed: Uint8Array) => guess(bench, entry, { old: changed, block });
  const flipped = Uint8Array.from(old);
  flipped[100]! ^= 1;
  assert.equal(wrong(flipped), undefined, "one bit");
  assert.equal(wrong(old.subarray(0, block.out - 1)), undefined, "cut");
  assert.equal(wrong(new Uint8Array()), undefined, "emptied");
  assertSame(wrong(old.subarray(0, block.out))!.content, content, "all that is needed");
});

Deno.test("a guess from a file that is gone, or is a folder, fails as a guess", async () => {
  await using bench = await ExtractionBench.make();
  const content = csvRows(1, 1001);
  const stream = deflateRawSync(content);
  const entry = placed(stream, content);
  const { bit, out } = walkBlocks(stream).blocks[1]!;
  const { dataStart } = entry;
  const { EntryExtractor } = await import("../../src/zip/extract/extract_entry.ts");
  await Deno.writeFile(bench.at("package"), entry.package);
  using file = Deno.openSync(bench.at("package"));
  await Deno.mkdir(bench.at("folder"));
  for (const path of [bench.at("none"), bench.at("folder")]) {
    const task = { ...entry.task, target: bench.at("target"), tail: { path, dataStart, bit, out } };
    assert.throws(() => new EntryExtractor(file).extract(task, task.end), ArchiveError, path);
    assert(!bench.leftOver);
  }
});

Deno.test("a tail that is cut, damaged or goes on is refused, in bounded time and output", async () => {
  await using bench = await ExtractionBench.make();
  const content = csvRows(2, 2000);
  const stream = deflateRawSync(content);
  const { bit, out } = walkBlocks(stream).blocks[1]!;
  const old = content.subarray(0, out);
  const block = { bit, out };
  const refused = (data: Uint8Array, claim: Parameters<typeof placed>[2] = {}) =>
    assert.equal(guess(bench, placed(data, content, claim), { old, block }), undefined);
  for (const cut of [(bit >> 3) + 1, (bit >> 3) + 2, stream.length >> 1, stream.length - 2]) {
    refused(stream.subarray(0, Math.max(cut, (bit >> 3) + 1)));
  }
  refused(Buffer.concat([stream, Uint8Array.of(0)]));
  refused(Buffer.concat([stream, stream]));
  const random = seededRandom(3);
  for (let round = 0; round < 200; round++) {
    const damaged = Uint8Array.from(stream);
    const at = (bit >> 3) + 1 + Math.floor(random() * (stream.length - (bit >> 3) - 1));
    damaged[at]! ^= 1 << Math.floor(random() * 8);
    const outcome = guess(bench, placed(damaged, content), { old, block });
    // A turned bit after the last code is padding.
    if (outcome !== undefined) assertSame(outcome.content, content, "damaged");
  }
  const noise = Uint8Array.from(stream, (byte, at) => at > bit >> 3 ? random() * 256 : byte);
  refused(noise);
  // A bomb: megabytes of content where the directory promised a few bytes.
  const bomb = deflateRawSync(new Uint8Array(64 << 20));
  const small = placed(bomb, new Uint8Array(10));
  assert.throws(
    () => bench.tail(small, { old: new Uint8Array(), block: { bit: 0, out: 0 } }),
    archiveError("wrong_size"),
  );
});

Deno.test("random bits behind random places never make a wrong file", async () => {
  await using bench = await ExtractionBench.make();
  const content = csvRows(2, 900);
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 20, maxLength: 2000 }),
      fc.nat(100),
      fc.nat(content.length - 1),
      (data, bit, out) => {
        const entry = placed(data, content);
        const outcome = guess(bench, entry, { old: content.subarray(0, out), block: { bit, out } });
        if (outcome !== undefined) assertSame(outcome.content, content, "random");
      },
    ),
    { numRuns: 200 },
  );
});

/** Other programs that deflate, as commands from stdin or a file `in` to a raw stream in a wrapper. */
const COMPRESSORS: Record<string, { command: string[]; wrapper: "gzip" | "zip" }> = {
  "libdeflate-gzip -6": { command: ["libdeflate-gzip", "-6", "-k", "in"], wrapper: "gzip" },
  "libdeflate-gzip -12": { command: ["libdeflate-gzip", "-12", "-k", "in"], wrapper: "gzip" },
  "gzip -6": { command: ["gzip", "-6", "-k", "in"], wrapper: "gzip" },
  pigz: { command: ["pigz", "-k", "in"], wrapper: "gzip" },
  zopfli: { command: ["zopfli", "--i1", "in"], wrapper: "gzip" },
  "7zz": { command: ["7zz", "a", "-bd", "-tzip", "out.zip", "in"], wrapper: "zip" },
  "7zz -mx9": { command: ["7zz", "a", "-bd", "-tzip", "-mx9", "out.zip", "in"], wrapper: "zip" },
  bsdtar: { command: ["bsdtar", "--format", "zip", "-cf", "out.zip", "in"], wrapper: "zip" },
  zip: { command: ["zip", "-q", "out.zip", "in"], wrapper: "zip" },
  "zip -9": { command: ["zip", "-q9", "out.zip", "in"], wrapper: "zip" },
  python3: { command: ["python3", "-m", "zipfile", "-c", "out.zip", "in"], wrapper: "zip" },
};

async function packWith(
  { command: [program, ...args], wrapper }: { command: string[]; wrapper: "gzip" | "zip" },
  content: Uint8Array,
): Promise<Uint8Array> {
  await using temp = await tempDir();
  const cwd = temp.path;
  await Deno.writeFile(`${cwd}/in`, content);
  await run(program!, args, { cwd });
  const packed = await Deno.readFile(`${cwd}/${wrapper === "gzip" ? "in.gz" : "out.zip"}`);
  if (wrapper === "gzip") {
    const name = (packed[3]! & 8) === 0 ? 10 : packed.indexOf(0, 10) + 1;
    return packed.subarray(name, -8);
  }
  const view = new DataView(packed.buffer);
  const start = 30 + view.getUint16(26, true) + view.getUint16(28, true);
  return packed.subarray(start, start + walkedLength(packed.subarray(start)));
}

function walkedLength(stream: Uint8Array): number {
  return Math.ceil(walkBlocks(stream).bits / 8);
}

for (const [name, compressor] of Object.entries(COMPRESSORS)) {
  const program = compressor.command[0]!;
  const ignore = !installed(program);
  const note = ignore ? ` (${program} isn't installed)` : "";
  Deno.test({
    name: `a guess on a stream of ${name} holds or fails, never lies${note}`,
    ignore,
    fn: async () => {
      await using bench = await ExtractionBench.make();
      const old = csvRows(77, 2000);
      const days = [csvRows(77, 2001), Buffer.concat([old, csvRows(78, 900)])];
      const oldStream = await packWith(compressor, old);
      assertSame(inflateRawSync(oldStream), old, "what the program packed");
      const learnt = bench.whole(placed(oldStream, old)).block;
      const { blocks } = walkBlocks(oldStream);
      for (const content of days) {
        const stream = await packWith(compressor, content);
        const entry = placed(stream, content);
        assertSame(bench.whole(entry).content, content, "plain");
        // From what was learnt, and from every block there is, should it be learnt some day.
        for (const { bit, out } of [...blocks, ...learnt === undefined ? [] : [learnt]]) {
          if (bit >> 3 >= stream.length) continue;
          const outcome = guess(bench, entry, { old, block: { bit, out } });
          if (outcome !== undefined) {
            assertSame(outcome.content, content, `from bit ${bit}`);
            assert.equal(crc32(outcome.content), entry.task.crc);
          }
        }
      }
    },
  });
}
