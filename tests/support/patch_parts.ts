/**
 * Patches taken apart and put together again by someone who knows the format and may mean harm.
 *
 * Guarantees: the same numbers make the same patch.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { brotliCompressSync, brotliDecompressSync, constants } from "node:zlib";
import { packBlock, unpackBlock } from "../../src/patch/block.ts";
import { toDistances, toOffsets } from "../../src/patch/header_offsets.ts";
import { between } from "./random.ts";

/** A patch in its parts; the header's figures as they stand in it. */
export interface Parts {
  header: Record<string, unknown>;
  directory: Buffer;
  /** Each `[index, from, length, insert, …]`, or with a name in the second place. */
  rows: unknown[][];
  data: Buffer;
}

/** What a patch says about itself. */
export function headerOf(patch: Uint8Array): Record<string, unknown> {
  const line = Buffer.from(patch.subarray(0, patch.indexOf(10))).toString();
  return JSON.parse(line.slice(line.indexOf(" ") + 1));
}

/** Takes a patch apart. */
export function partsOf(patch: Uint8Array): Parts {
  const header = headerOf(patch);
  const blocks: Uint8Array[] = [];
  let at = patch.indexOf(10) + 1;
  for (const size of header["blocks"] as number[]) {
    blocks.push(unpackBlock(patch.subarray(at, at + size)));
    at += size;
  }
  const content = Buffer.concat(blocks);
  const directoryEnd = Number(header["directory_size"]);
  const recipeEnd = directoryEnd + Number(header["recipe_size"]);
  const directory = content.subarray(0, directoryEnd);
  toOffsets(directory);
  const rows: unknown[][] = JSON.parse(content.subarray(directoryEnd, recipeEnd).toString());
  const sizes = sizesIn(directory);
  let index = -1;
  return {
    header,
    directory,
    rows: rows.map(([step, ...rest]) => {
      index += Number(step);
      const [insert] = rest as number[];
      return rest.length === 1 ? [index, 0, sizes[index]! - insert!, insert] : [index, ...rest];
    }),
    data: content.subarray(recipeEnd),
  };
}

/** The sizes of a directory's entries, as far as it is one. */
function sizesIn(directory: Buffer): number[] {
  const sizes: number[] = [];
  for (let at = 0; at + 46 <= directory.length && directory.readUInt32LE(at) === 0x02014b50;) {
    sizes.push(directory.readUInt32LE(at + 24));
    at += 46 + [28, 30, 32].reduce((sum, field) => sum + directory.readUInt16LE(at + field), 0);
  }
  return sizes;
}

/** The rows as they stand in a recipe; most of those that may be short are. */
function written(rows: unknown[][], directory: Buffer, random: () => number): unknown[][] {
  const sizes = sizesIn(directory);
  let before = -1;
  return rows.map(([index, ...rest]) => {
    const step = typeof index === "number" ? index - before : index;
    if (typeof index === "number") before = index;
    const [from, length, insert] = rest as number[];
    const isShort = rest.length === 3 && from === 0 && length! + insert! === sizes[before];
    return [step, ...(isShort && random() < 0.9 ? [insert] : rest)];
  });
}

/** A block; now and then its layout isn't what it says. */
function blockOf(content: Uint8Array, random: () => number): Uint8Array {
  const block = packBlock(content, 1);
  if (random() < 0.95) return block;
  const bytes = brotliDecompressSync(block);
  bytes[between(random, 0, Math.min(200, bytes.length))] = between(random, 0, 256);
  return brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } });
}

/** The parts as a file: sizes and digest fit, but for what stands in the header as `set`. */
export function joined({ header, directory, rows, data }: Parts, random: () => number): Uint8Array {
  const text = rows.length === 0 && random() < 0.5
    ? "null"
    : JSON.stringify(written(rows, directory, random));
  const recipe = Buffer.from(random() < 0.02 ? text.slice(0, -1) : text);
  const content = Buffer.concat([directory, recipe, data]);
  toDistances(content.subarray(0, directory.length));
  const cuts = Array.from(
    { length: between(random, 0, 4) },
    () => between(random, 0, content.length),
  );
  const places = [0, ...cuts.sort((a, b) => a - b), content.length];
  const blocks = places.slice(1).map((end, index) =>
    blockOf(content.subarray(places[index], end), random)
  );
  const { set = {}, ...words } = header as Record<string, unknown> & { set?: object };
  const line = {
    ...words,
    directory_size: directory.length,
    recipe_size: recipe.length,
    data_size: data.length,
    blocks: blocks.map(({ length }) => length),
    sha256: createHash("sha256").update(content).digest("hex"),
    ...set,
  };
  return Buffer.concat([Buffer.from(`datahubsync-patch ${JSON.stringify(line)}\n`), ...blocks]);
}
