/** Patch files: what is written comes back, and what isn't a patch is an error. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { brotliCompressSync, constants } from "node:zlib";
import fc from "fast-check";
import { ArchiveError } from "../../src/errors.ts";
import { BLOCK_CONTENT } from "../../src/patch/block.ts";
import {
  formatHeader,
  LONGEST_HEADER,
  parseHeader,
  type PatchHeader,
} from "../../src/patch/patch_header.ts";
import { type PatchParts, readPatch } from "../../src/patch/read_patch.ts";
import { formatRecipe, parseRecipe } from "../../src/patch/recipe.ts";
import { compressionFor, writePatch } from "../../src/patch/write_patch.ts";
import { noise, seededRandom } from "../support/random.ts";
import { type TempDir, tempDir } from "../support/temp.ts";

const TEXT = new TextEncoder();
const LIMITS = { maxDirectorySize: 1 << 20 };
const [FROM, TO] = ["1", "2"].map((digit) => digit.repeat(64)) as [string, string];

/** Noise that no compressor makes small. */
function noiseOf(size: number): Uint8Array {
  return noise(seededRandom(size), size);
}

async function write(temp: TempDir, name: string, dataSize: number): Promise<Uint8Array> {
  await Deno.writeFile(temp.at("data"), noiseOf(dataSize));
  using data = await Deno.open(temp.at("data"));
  const size = await writePatch(temp.at(name), {
    from: FROM,
    to: TO,
    packageSize: 5000,
    directory: TEXT.encode("the directory"),
    changes: [{ index: 0, pieces: [{ from: 3, length: 4, insert: dataSize }] }],
    data,
    dataSize,
  });
  const bytes = await Deno.readFile(temp.at(name));
  assert.equal(bytes.length, size);
  return bytes;
}

/** Reads a patch out of bytes. */
async function read(temp: TempDir, bytes: Uint8Array) {
  await Deno.writeFile(temp.at("read"), bytes);
  using file = await Deno.open(temp.at("read"));
  using to = await Deno.open(temp.at("out"), { write: true, create: true, truncate: true });
  let parts: Partial<PatchParts> = {};
  await readPatch(file, LIMITS, (found) => {
    parts = found;
    return Promise.resolve(to);
  });
  return { ...parts as PatchParts, data: await Deno.readFile(temp.at("out")) };
}

const isBad = (error: unknown): boolean =>
  error instanceof ArchiveError && error.code === "bad_patch";

for (const size of [0, 1, 5000, (1 << 20) - 13, BLOCK_CONTENT + 5]) {
  Deno.test(`a patch of ${size} bytes of data is read as it was written`, async () => {
    await using temp = await tempDir();
    const bytes = await write(temp, "patch", size);
    assert.equal(Buffer.compare(await write(temp, "again", size), bytes), 0, "other bytes");
    const { header, directory, recipe, data } = await read(temp, bytes);
    assert.deepEqual([header.from, header.to, header.packageSize], [FROM, TO, 5000]);
    assert.equal(new TextDecoder().decode(directory), "the directory");
    assert.equal(Buffer.compare(data, noiseOf(size)), 0);
    assert.deepEqual(parseRecipe(recipe, { sizes: () => size + 4, dataSize: size }), [
      { index: 0, pieces: [{ from: 3, length: 4, insert: size }] },
    ]);
    const left = [...Deno.readDirSync(temp.path)].map(({ name }) => name).sort();
    assert.deepEqual(left, ["again", "data", "out", "patch", "read"]);
  });
}

Deno.test("compressionFor() makes no block too long to read, and none too many for the header", () => {
  for (let size = 1; size < 40e9; size = size * 2 + 1) {
    const { block } = compressionFor(size);
    assert(block <= BLOCK_CONTENT, `${size}: ${block}`);
    const figures = Math.ceil(size / block) * ("12345678,".length);
    assert(figures < LONGEST_HEADER - 1000, `${size}: ${figures} bytes of header`);
  }
});

Deno.test("readPatch() refuses a patch that was changed, cut off or lengthened anywhere", async () => {
  await using temp = await tempDir();
  const bytes = await write(temp, "patch", 3000);
  const random = seededRandom(4);
  for (let round = 0; round < 150; round++) {
    const at = Math.floor(random() * bytes.length);
    const changed = bytes.slice();
    changed[at]! ^= 1 << Math.floor(random() * 8);
    const result = await read(temp, changed).catch((error: unknown) => error);
    // A bit of a fingerprint is the caller's to notice, and brotli ignores some bits of its padding.
    if (result instanceof Error) assert(isBad(result), String(result));
    else assert.equal(Buffer.compare((result as { data: Uint8Array }).data, noiseOf(3000)), 0);
    await assert.rejects(read(temp, bytes.subarray(0, at)), isBad);
  }
  await assert.rejects(read(temp, Buffer.concat([bytes, Uint8Array.of(0)])), isBad);
});

/** A patch with a header that lies. */
function lying(content: Uint8Array, header: Partial<PatchHeader>): Uint8Array {
  // At its highest level it takes seconds for 64 MB of zeros.
  const params = { [constants.BROTLI_PARAM_QUALITY]: 1 };
  const block = brotliCompressSync(Buffer.concat([Uint8Array.of(0), content]), { params });
  const sha256 = createHash("sha256").update(content).digest("hex");
  const sizes = { directorySize: 10, recipeSize: 2, dataSize: content.length - 12 };
  const line = { from: FROM, to: TO, packageSize: 99, ...sizes, blocks: [block.length], sha256 };
  return Buffer.concat([TEXT.encode(formatHeader({ ...line, ...header })), block]);
}

Deno.test("readPatch() writes no more than the header says, and holds no more than allowed", async () => {
  await using temp = await tempDir();
  const content = new Uint8Array(5000);
  await read(temp, lying(content, {}));
  const lies: Partial<PatchHeader>[] = [
    { dataSize: 10 },
    { dataSize: 1e15 },
    { directorySize: 2 ** 40, dataSize: 0 },
    { recipeSize: 5 << 20 },
    { directorySize: 0, recipeSize: 12 },
    { packageSize: 9 },
    { sha256: "0".repeat(64) },
    { blocks: [] },
    { blocks: [-1] },
  ];
  for (const lie of lies) {
    await assert.rejects(read(temp, lying(content, lie)), isBad, JSON.stringify(lie));
  }
  // A bomb: 64 MB of zeros in some bytes.
  await assert.rejects(read(temp, lying(new Uint8Array(64 << 20), {})), isBad);
  assert((await Deno.stat(temp.at("out"))).size <= BLOCK_CONTENT);
});

Deno.test("parseHeader() refuses versions that it doesn't know and headers without an end", () => {
  for (const version of [1, 3]) {
    const other = TEXT.encode(`datahubsync-patch {"version":${version}}\n`);
    assert.throws(() => parseHeader(other, other.length), /another version/);
  }
  assert.throws(() => parseHeader(TEXT.encode("{"), 1), isBad);
  for (const line of ["[]", "datahubsync-patch []", "datahubsync-patch {", `{"version":2}`]) {
    const bytes = TEXT.encode(`${line}\n`);
    assert.throws(() => parseHeader(bytes, bytes.length), isBad, line);
  }
});

Deno.test("parseRecipe() takes what formatRecipe() writes, and refuses what doesn't add up", () => {
  const piece = fc.record({ from: fc.nat(), length: fc.nat(1000), insert: fc.nat(1000) }, {
    noNullPrototype: true,
  });
  const recipe = fc.array(fc.array(piece, { maxLength: 4 }), { maxLength: 10 });
  fc.assert(fc.property(recipe, (entries) => {
    const changes = entries.map((pieces, place) => ({
      index: place * 3,
      ...(place % 2 === 1 && { source: `日"${place}.csv` }),
      pieces,
    }));
    const sizes = new Map(changes.map(({ index, pieces }) => [
      index,
      pieces.reduce((sum, { length, insert }) => sum + length + insert, 0),
    ]));
    const dataSize = entries.flat().reduce((sum, { insert }) => sum + insert, 0);
    const options = { sizes: (index: number) => sizes.get(index), dataSize };
    assert.deepEqual(parseRecipe(formatRecipe(changes), options), changes);
    assert.throws(() => parseRecipe(formatRecipe(changes), { ...options, dataSize: -1 }), isBad);
  }));
  const wrong = ["", "{}", "[1]", "[[1,0,5]]", "[[1,0,-5,10]]", "[[1,0,5,0],[0,0,5,0]]", "[[1,6]]"];
  const more = ["[[1,0,4,0]]", '[["0",0,5,0]]', "[[1,0,5.5,0]]", "[[]]", "[[1]]", "[[0,0,5,0]]"];
  const names = ['[[1,"",0,5,0]]', '[[1,0,"a",5,0]]', '[[1,"a","b",0,5,0]]', '[["a",0,0,5,0]]'];
  for (const text of [...wrong, ...more, ...names, '[[1,"a",0,5]]', '[[1,["a"],0,5,0]]']) {
    assert.throws(() => parseRecipe(text, { sizes: () => 5, dataSize: 0 }), isBad, text);
  }
});
