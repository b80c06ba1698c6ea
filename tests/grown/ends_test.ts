/**
 * Entries made of their old content and both ends of their tail. Whatever is wrong with what they
 * are made of, the result is the plain extraction's or an error, never a wrong file.
 */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { crc32 } from "node:zlib";
import { ArchiveError } from "../../src/errors.ts";
import { estimate } from "../../src/grown/estimate.ts";
import type { BlockKnowledge } from "../../src/grown/memory.ts";
import type { TailEnds } from "../../src/grown/tail.ts";
import { hasPython, PythonPacker } from "../support/python_packer.ts";
import { noise, seededRandom } from "../support/random.ts";
import { csvRows, walkBlocks } from "../support/deflate_streams.ts";
import { ExtractionBench, type Outcome, placed, type PlacedEntry } from "../zip/entry_fixture.ts";

const ignore = !hasPython();

type Block = { bit: number; out: number };

/** What a file's ends are made of, as the plan would have it. */
interface Grown {
  entry: PlacedEntry;
  content: Uint8Array;
  old: Uint8Array;
  block: Block;
  grown: TailEnds;
}

/** What the plan would fetch of a stream that grew, or `undefined` where its tail is as good. */
function grownOf(
  content: Uint8Array,
  stream: Uint8Array,
  from: { old: Uint8Array; block: Block; knowledge: BlockKnowledge },
): Grown | undefined {
  const { old, block, knowledge } = from;
  const entry = placed(stream, content);
  const fact = { crc: crc32(old), size: old.length, mtimeMs: 1, block };
  const { task } = entry;
  const located = { entry: { ...task, index: 0 }, end: task.end, tight: true };
  const grown = estimate(located, fact, knowledge).ends?.tail.grown;
  return grown && { entry, content, old, block, grown };
}

/** Extracts; `undefined` = it failed, with an error about the package. */
function attempt(
  bench: ExtractionBench,
  { entry, ...from }: Grown,
  asIs = false,
): Outcome | undefined {
  try {
    return asIs ? bench.endsOfLast(entry, from) : bench.ends(entry, from);
  } catch (error) {
    assert(error instanceof ArchiveError, `not an ArchiveError: ${error}`);
    assert(!bench.leftOver, "a failed guess left its file");
    return undefined;
  }
}

function assertSame(found: Uint8Array, expected: Uint8Array, what: string): void {
  assert.equal(Buffer.compare(found, expected), 0, what);
}

/** A file of two blocks and more that grew by a row, packed at a level. */
async function usual(packer: PythonPacker, level = 6, rows = 1250): Promise<Grown> {
  const [old, content] = [csvRows(5, rows), csvRows(5, rows + 1)];
  const { blocks } = walkBlocks((await packer.pack(old, { level })).data);
  const { bit, out } = blocks.at(-1)!;
  const { data } = await packer.pack(content, { level });
  return grownOf(content, data, { old, block: { bit, out }, knowledge: { level } })!;
}

for (const level of [4, 5, 6, 7, 8, 9]) {
  Deno.test({
    name: `ends make the content, day after day, and learn its block and symbols (level ${level})`,
    ignore,
    fn: async () => {
      await using packer = new PythonPacker();
      await using bench = await ExtractionBench.make();
      let old = csvRows(6, 1240);
      const first = (await packer.pack(old, { level })).data;
      let { bit, out } = walkBlocks(first).blocks.at(-1)!;
      let known: BlockKnowledge["known"];
      let moved = 0;
      for (const rows of [1241, 1242, 1300, 1345, 1390, 1430, 1500, 1501]) {
        const content = csvRows(6, rows);
        const { data } = await packer.pack(content, { level });
        const from = { old, block: { bit, out } };
        const replayed = grownOf(content, data, { ...from, knowledge: { level } });
        const remembered = known && grownOf(content, data, { ...from, knowledge: { known } });
        const outcomes = [replayed, remembered].filter((one) => one !== undefined)
          .map((one) => ({
            ...bench.ends(one.entry, one),
            what: one.grown.known ? "known" : "level",
          }));
        for (const { content: found, block, known, what } of outcomes) {
          assertSame(found, content, `${rows} rows by ${what}`);
          assert(
            walkBlocks(data).blocks.some((one) => one.bit === block?.bit && one.out === block.out),
          );
          assert(known!.end > block!.out && known!.end <= content.length);
          assert.deepEqual(known, outcomes[0]!.known, "both ways learn the same");
        }
        const { block } = outcomes[0] ?? bench.whole(placed(data, content));
        if (block!.bit !== bit) moved++;
        ({ bit, out } = block!);
        known = outcomes[0]?.known;
        old = content;
      }
      assert(moved >= 1, "another block has begun on the way");
    },
  });
}

Deno.test({
  name: "ends use no byte that wasn't fetched",
  ignore,
  fn: async () => {
    await using packer = new PythonPacker();
    await using bench = await ExtractionBench.make();
    const right = await usual(packer);
    assertSame(attempt(bench, right)!.content, right.content, "the case from which others differ");
    const { task } = right.entry;
    // What is new begins before what was fetched: found out, and not tried.
    for (const left of [1, 20, 100]) {
      const grown = { ...right.grown, restStart: task.end - left };
      assert.throws(
        () => bench.ends(right.entry, { ...right, grown }),
        (error) => error instanceof ArchiveError && /grew in another way/.test(error.message),
      );
    }
    // Too little of the head.
    for (const headBytes of [1, 2, 10, 20]) {
      const short = { ...right, grown: { ...right.grown, headBytes } };
      assert(attempt(bench, short) === undefined, `${headBytes} bytes of the head`);
    }
  },
});

Deno.test({
  name: "ends of an old file that is gone, shorter, another one or a folder make no file",
  ignore,
  fn: async () => {
    await using packer = new PythonPacker();
    await using bench = await ExtractionBench.make();
    const right = await usual(packer);
    const { old } = right;
    const random = seededRandom(9);
    const others: Record<string, Uint8Array> = {
      empty: new Uint8Array(),
      shorter: old.subarray(0, old.length - 1),
      "cut in the block": old.subarray(0, right.block.out + 10),
      "cut before it": old.subarray(0, 10),
      "of other rows": csvRows(88, 1500),
      noise: noise(random, old.length),
      zeros: new Uint8Array(old.length),
      "changed at its start": old.with(0, old[0]! ^ 1),
      "changed in the block": old.with(right.block.out + 500, 0),
    };
    for (const [what, content] of Object.entries(others)) {
      assert(attempt(bench, { ...right, old: content }) === undefined, what);
    }
    const longer = new Uint8Array(Buffer.concat([old, csvRows(1, 9)]));
    assertSame(
      attempt(bench, { ...right, old: longer })!.content,
      right.content,
      "longer is right",
    );
    await Deno.remove(bench.at("old"));
    assert(attempt(bench, right, true) === undefined, "gone");
    await Deno.mkdir(bench.at("old"));
    assert(attempt(bench, right, true) === undefined, "a folder");
    await Deno.remove(bench.at("old"));
    assertSame(
      attempt(bench, right)!.content,
      right.content,
      "the extractor goes on after all that",
    );
  },
});
