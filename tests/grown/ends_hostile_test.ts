/** Ends of tails out of lies and noise: an error or the right content, and always an end. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { deflateRawSync } from "node:zlib";
import fc from "fast-check";
import { SymbolCounts } from "../../src/grown/symbol_counts.ts";
import { ArchiveError } from "../../src/errors.ts";
import type { KnownSymbols } from "../../src/grown/last_block.ts";
import type { TailEnds } from "../../src/grown/tail.ts";
import { hasPython, PythonPacker } from "../support/python_packer.ts";
import { noise, seededRandom } from "../support/random.ts";
import { csvRows, walkBlocks } from "../support/deflate_streams.ts";
import { ExtractionBench, placed, type PlacedEntry } from "../zip/entry_fixture.ts";

const ignore = !hasPython();
const ROWS = 1250;
const old = csvRows(5, ROWS);
const content = csvRows(5, ROWS + 1);

interface Case {
  entry: PlacedEntry;
  old: Uint8Array;
  block: { bit: number; out: number };
  grown: TailEnds;
}

/** Whether the content came out; fails unless the only other way is an error about the package. */
function comesOut(bench: ExtractionBench, { entry, ...from }: Case): boolean {
  try {
    const found = bench.ends(entry, from).content;
    assert.equal(Buffer.compare(found, content), 0, "a wrong file");
    return true;
  } catch (error) {
    assert(error instanceof ArchiveError, `not an ArchiveError: ${error}`);
    assert(!bench.leftOver, "a failed guess left its file");
    return false;
  }
}

/** A grown entry that comes out, with what is known of its block. */
async function rightCase(
  bench: ExtractionBench,
): Promise<Case & { known: KnownSymbols; data: Uint8Array }> {
  await using packer = new PythonPacker(1);
  const { bit, out } = walkBlocks((await packer.pack(old)).data).blocks.at(-1)!;
  const { data } = await packer.pack(content);
  const entry = placed(data, content);
  const restStart = entry.task.end - 400;
  const grown: TailEnds = { size: old.length, headBytes: 160, restStart, level: 6 };
  const right = { entry, old, block: { bit, out }, grown };
  assert(comesOut(bench, right), "the case from which the others differ");
  // What the day before would have remembered: up to 262 bytes before its end.
  const { known } = bench.ends(entry, right);
  return { ...right, known: known!, data };
}

/** Counts that were changed. */
function changed(counts: string, change: (counts: Uint32Array) => void): string {
  const all = new Uint32Array(316);
  const bytes = Uint8Array.fromBase64(counts);
  let at = 0;
  const take = (): number => {
    let value = 0;
    for (let shift = 0;; shift += 7) {
      const byte = bytes[at++]!;
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
  };
  for (let symbol = 0; at < bytes.length; symbol++) {
    symbol += take();
    all[symbol] = take();
  }
  change(all);
  return new SymbolCounts(all).toBytes().toBase64();
}

Deno.test({
  name: "remembered symbols that lie make no file",
  ignore,
  fn: async () => {
    await using bench = await ExtractionBench.make();
    const right = await rightCase(bench);
    // The symbols of this very content, so that nothing but its last bytes is new.
    const { end, counts } = right.known;
    const by = (known: KnownSymbols, from: Partial<Case> = {}): boolean => {
      const { level: _, ...grown } = right.grown;
      const { old, size } = { old: content, size: content.length };
      return comesOut(bench, { ...right, old, grown: { ...grown, size, known }, ...from });
    };
    assert(by({ end, counts }), "as they were learnt");
    assert(by({ end, counts: changed(counts, () => {}) }), "and read again");
    for (const more of [-1000, -1, 1, 100, 262, 1e6, 2 ** 31, 2 ** 40, Number.MAX_SAFE_INTEGER]) {
      assert.equal(by({ end: end + more, counts }), false, `${more} bytes more`);
    }
    for (const text of ["", "A", "====", "no base64", "AAAA", "/////////w==", "f39/f39/f38="]) {
      assert.equal(by({ end, counts: text }), false, text);
    }
    const random = seededRandom(31);
    for (let time = 0; time < 80; time++) {
      const lie = changed(counts, (all) => {
        const symbol = Math.floor(random() * all.length);
        all[symbol] = random() < 0.5 ? all[symbol]! + 1 : Math.floor(random() * 2 ** 27);
      });
      assert.equal(by({ end, counts: lie }), lie === counts, `time ${time}`);
      const bytes = noise(random, 1 + Math.floor(random() * 200));
      assert.equal(by({ end, counts: bytes.toBase64() }), false);
    }
    // A file that isn't as long as what is remembered, nor the entry.
    const short = placed(right.data, content, { size: end - 5 });
    assert.equal(by({ end, counts }, { entry: short }), false, "longer than the entry");
  },
});

Deno.test({
  name: "a head or an end that lies makes no file, whichever bit it is",
  ignore,
  fn: async () => {
    await using bench = await ExtractionBench.make();
    const right = await rightCase(bench);
    const { entry, block, grown } = right;
    const first = entry.dataStart + (block.bit >> 3);
    const places = [
      ...Array.from({ length: 100 }, (_, at) => first + at),
      ...Array.from({ length: 100 }, (_, at) => entry.task.end - 1 - at * 4),
    ];
    let same = 0;
    for (const [index, at] of places.entries()) {
      const package_ = entry.package.slice();
      package_[at]! ^= 1 << (index % 8);
      if (comesOut(bench, { ...right, entry: { ...entry, package: package_ } })) same++;
    }
    // Bits before the block's first, behind the stream's last, or between its ends.
    assert(same < places.length / 2, `${same} made no difference`);
    for (const bit of [-9, -1, 1, 7, 8]) {
      const moved = { ...block, bit: block.bit + bit };
      assert.equal(comesOut(bench, { ...right, block: moved }), false, `bit ${bit}`);
    }
    for (const out of [-1, 1, 40]) {
      const moved = { ...block, out: block.out + out };
      assert.equal(comesOut(bench, { ...right, block: moved }), false, `out ${out}`);
    }
    for (const level of [4, 5, 7, 8, 9]) {
      comesOut(bench, { ...right, grown: { ...grown, level } }); // or an error
    }
    const { level: _, ...nothing } = grown;
    assert.equal(comesOut(bench, { ...right, grown: nothing }), false, "nothing is known");
  },
});

Deno.test({
  name: "noise in the ends' places makes no file, and an end",
  ignore,
  fn: async () => {
    await using bench = await ExtractionBench.make();
    const right = await rightCase(bench);
    const { entry, block, grown } = right;
    const first = entry.dataStart + (block.bit >> 3);
    const bytes = fc.uint8Array({ minLength: 200, maxLength: 400 });
    fc.assert(
      fc.property(bytes, fc.boolean(), fc.nat(2000), (bytes, head, back) => {
        const package_ = entry.package.slice();
        package_.set(bytes, head ? first : entry.task.end - bytes.length);
        // An end that begins earlier takes more of the noise.
        const restStart = entry.task.end - 1 - back;
        const lie = { ...right, entry: { ...entry, package: package_ } };
        assert.equal(comesOut(bench, { ...lie, grown: { ...grown, restStart } }), false);
      }),
      { numRuns: 150 },
    );
    // A stream of another compressor, another size, or another content.
    for (const data of [deflateRawSync(content), deflateRawSync(content, { level: 0 })]) {
      const entry = placed(data, content);
      const restStart = entry.task.end - 400;
      comesOut(bench, { ...right, entry, grown: { ...grown, restStart } });
    }
    for (const claim of [{ size: content.length + 1 }, { size: content.length - 1 }, { crc: 5 }]) {
      const entry = placed(right.data, content, claim);
      assert.equal(comesOut(bench, { ...right, entry }), false, JSON.stringify(claim));
    }
    const short = placed(right.data, content, { compressedSize: right.data.length - 1 });
    const restStart = short.task.end - 400;
    assert.equal(
      comesOut(bench, { ...right, entry: short, grown: { ...grown, restStart } }),
      false,
    );
  },
});
