/** The level at which zlib packed is found, and none is found for another compressor. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { deflateRawSync } from "node:zlib";
import { LOOK_AHEAD } from "../../src/grown/replay.ts";
import { findZlibLevel, type Sample } from "../../src/grown/level.ts";
import { csvRows, walkBlocks } from "../support/deflate_streams.ts";
import { hasPython, PythonPacker } from "../support/python_packer.ts";
import { between, noise, seededRandom } from "../support/random.ts";
import { type TempDir, tempDir } from "../support/temp.ts";

const withPython = { ignore: !hasPython() };

/** A file as extraction leaves it, with what it learnt of the last block of its stream. */
async function sampleOf(temp: TempDir, content: Uint8Array, stream: Uint8Array): Promise<Sample> {
  const { bit, out } = walkBlocks(stream).blocks.at(-1)!;
  const path = temp.at(`${crypto.randomUUID()}.csv`);
  await Deno.writeFile(path, content);
  return { path, block: { bit, out } };
}

/** Files out of a package that Python's zlib made. */
async function fromPython(
  { temp, packer }: { temp: TempDir; packer: PythonPacker },
  contents: readonly Uint8Array[],
  level: number,
): Promise<Sample[]> {
  const all: Sample[] = [];
  for (const content of contents) {
    all.push(await sampleOf(temp, content, (await packer.pack(content, { level })).data));
  }
  return all;
}

const figures = [800, 1500, 2400].map((rows, seed) => csvRows(seed, rows));

/** Two letters by chance, with matches everywhere, before figures: each level finds others. */
function lettersAndFigures(): Uint8Array {
  const random = seededRandom(1);
  const letters = Uint8Array.from({ length: 16_000 }, () => between(random, 65, 67));
  return new Uint8Array(Buffer.concat([letters, csvRows(1, 800)]));
}

Deno.test("findZlibLevel() finds Python's level", withPython, async () => {
  await using temp = await tempDir();
  await using packer = new PythonPacker(1);
  for (const level of [6, 9]) {
    const files = await fromPython({ temp, packer }, figures, level);
    assert.equal(findZlibLevel(files), level);
    assert.equal(findZlibLevel(files.slice(0, 1)), level, "of one file alone");
    assert.equal(findZlibLevel(new Set(files).values()), level, "of an iterator");
  }
});

Deno.test("findZlibLevel() tells the levels from each other", withPython, async () => {
  await using temp = await tempDir();
  await using packer = new PythonPacker(1);
  for (const level of [4, 5, 6, 7, 8, 9]) {
    assert.equal(
      findZlibLevel(await fromPython({ temp, packer }, [lettersAndFigures()], level)),
      level,
    );
  }
});

Deno.test(
  "findZlibLevel() tells by the ends of many files that are all long",
  withPython,
  async () => {
    await using temp = await tempDir();
    await using packer = new PythonPacker(2);
    const long = Array.from({ length: 12 }, (_, seed) => csvRows(seed, 9000 + 100 * seed));
    for (const level of [6, 9]) {
      const files = await fromPython({ temp, packer }, long, level);
      assert(files.every(({ block }) => block.out > 512 << 10), "none is short");
      // On figures these two make nearly the same symbols.
      assert([6, 9].includes(findZlibLevel(files)!));
      assert.equal(findZlibLevel(files.slice(1)), undefined, "too few of them");
    }
    const others = await Promise.all(
      long.map((content) => sampleOf(temp, content, deflateRawSync(content, { level: 6 }))),
    );
    assert.equal(findZlibLevel(others), undefined, "another compressor");
  },
);

Deno.test("findZlibLevel() finds none for another compressor's streams", async () => {
  await using temp = await tempDir();
  for (const level of [4, 6, 9]) {
    const files = await Promise.all(
      figures.map((content) => sampleOf(temp, content, deflateRawSync(content, { level }))),
    );
    assert(files.every(({ block }) => block.out > 0), "each has a block to tell by");
    assert.equal(findZlibLevel(files), undefined, `level ${level}`);
  }
});

Deno.test("findZlibLevel() finds none for levels without lazy matching", withPython, async () => {
  await using temp = await tempDir();
  await using packer = new PythonPacker(1);
  for (const level of [1, 2, 3]) {
    const files = await fromPython({ temp, packer }, figures, level);
    assert.equal(findZlibLevel(files), undefined, `level ${level}`);
  }
});

Deno.test("findZlibLevel() wants all files that it looks at to agree", withPython, async () => {
  await using temp = await tempDir();
  await using packer = new PythonPacker(1);
  const [first, second] = await fromPython({ temp, packer }, figures, 6);
  const [, , other] = await fromPython({ temp, packer }, figures, 9);
  assert.equal(findZlibLevel([first!, second!]), 6);
  assert.equal(findZlibLevel([first!, second!, other!]), undefined);
  // It looks at the three whose blocks begin first.
  const [near] = await fromPython({ temp, packer }, [csvRows(7, 900)], 6);
  assert(near!.block.out < other!.block.out);
  assert.equal(findZlibLevel([other!, second!, near!, first!]), 6);
});

Deno.test("findZlibLevel() finds none where too little is there to tell", withPython, async () => {
  await using temp = await tempDir();
  await using packer = new PythonPacker(1);
  assert.equal(findZlibLevel([]), undefined, "no files");
  // One block: it begins where the content does, at every level.
  const [small] = await fromPython({ temp, packer }, [csvRows(1, 50)], 6);
  assert.equal(small!.block.out, 0);
  assert.equal(findZlibLevel([small!]), undefined, "one block");
  const [file] = await fromPython({ temp, packer }, figures, 6);
  assert.equal(findZlibLevel([small!, file!]), 6, "those of one block don't matter");
  const [far] = await fromPython({ temp, packer }, [csvRows(1, 5700)], 6);
  assert(far!.block.out > 512 << 10, "a block behind what is read");
  assert.equal(findZlibLevel([far!]), undefined, "too far");
});

Deno.test("findZlibLevel() finds none in files that aren't as they were", withPython, async () => {
  await using temp = await tempDir();
  await using packer = new PythonPacker(1);
  const [file] = await fromPython({ temp, packer }, figures, 6);
  const { block, path } = file!;
  const missing = { path: temp.at("missing.csv"), block };
  assert.equal(findZlibLevel([missing]), undefined, "missing");
  assert.equal(findZlibLevel([file!, missing]), undefined, "one of two is missing");
  assert.equal(findZlibLevel([{ path: temp.path, block }]), undefined, "a folder");
  const content = figures[0]!;
  const changes: Record<string, Uint8Array> = {
    "empty": new Uint8Array(0),
    "cut before the block": content.subarray(0, block.out - 1000),
    "cut too near behind the block": content.subarray(0, block.out + LOOK_AHEAD - 1),
    "noise": noise(seededRandom(1), content.length),
    "moved": content.subarray(1),
  };
  for (const [what, bytes] of Object.entries(changes)) {
    await Deno.writeFile(path, bytes);
    assert.equal(findZlibLevel([file!]), undefined, what);
  }
  await Deno.writeFile(path, content);
  assert.equal(findZlibLevel([file!]), 6, "as it was");
});
