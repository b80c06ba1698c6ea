/**
 * Writes a patch file: header, then the three parts in brotli blocks.
 *
 * Guarantees: the same input makes the same bytes, whatever the machine's cores. Bounded memory: a
 * few blocks at a time. The file is complete or an error is thrown; flushing and naming it is the
 * caller's.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { brotliCompress, constants } from "node:zlib";
import { readFully, writeFully } from "../fs/whole_io.ts";
import {
  BLOCK_CONTENT,
  contentSizeOf,
  formatHeader,
  LONGEST_HEADER,
  type PatchHeader,
} from "./patch_header.ts";
import { type Change, formatRecipe } from "./recipe.ts";

/** What goes into a patch. */
export interface PatchContent {
  /** Fingerprints of both packages, and the new one's length in bytes. */
  from: string;
  to: string;
  packageSize: number;
  /** The new package from its directory to its last byte. */
  directory: Uint8Array;
  changes: readonly Change[];
  /** The file that holds the data, from its beginning to `dataSize`. */
  data: Deno.FsFile;
  dataSize: number;
}

/**
 * Content is cut into blocks of this size while it is small, so that two cores have work; blocks of
 * twice the size make 0.2 % fewer bytes.
 */
const SMALL_BLOCK = 512 << 10;

/**
 * Brotli's quality for this many bytes of content. Of a day of stock rows (1.7 MB, with directory and
 * recipe 2.1 MB) 9, 10 and 11 make 839, 733 and 717 KB in 0.4, 1.5 and 3.7 s of a processor: each is
 * taken where two cores need about two seconds at most.
 */
function qualityFor(size: number): number {
  return size <= 1 << 20 ? 11 : size <= 6 << 20 ? 10 : size <= 64 << 20 ? 9 : 5;
}

/** Blocks that are compressed at once: two cores, and one that waits. */
const PARALLEL = 3;

/** Writes a patch to `path`; returns its size in bytes. Throws what writing throws. */
export async function writePatch(path: string, content: PatchContent): Promise<number> {
  const recipe = new TextEncoder().encode(formatRecipe(content.changes));
  const { from, to, packageSize, directory, dataSize } = content;
  const sizes = { directorySize: directory.length, recipeSize: recipe.length, dataSize };
  const header: PatchHeader = { from, to, packageSize, ...sizes, blocks: [], sha256: "" };
  const total = contentSizeOf(header);
  const block = total <= BLOCK_CONTENT ? SMALL_BLOCK : BLOCK_CONTENT;
  const hash = createHash("sha256");
  // The header comes first and is known last, so the blocks wait in a file of their own.
  const blocksPath = `${path}.blocks`;
  using blocks = await Deno.open(blocksPath, {
    read: true,
    write: true,
    createNew: true,
    mode: 0o600,
  });
  try {
    const running: Promise<Uint8Array>[] = [];
    const writeFirst = async () => {
      const bytes = await running.shift()!;
      writeFully(blocks, bytes);
      header.blocks.push(bytes.length);
    };
    for (const piece of pieces([directory, recipe], content, block)) {
      hash.update(piece);
      running.push(compress(piece, qualityFor(total)));
      if (running.length >= PARALLEL) await writeFirst();
    }
    while (running.length > 0) await writeFirst();
    header.sha256 = hash.digest("hex");
    return copyBehind(path, new TextEncoder().encode(formatHeader(header)), blocks);
  } finally {
    await Deno.remove(blocksPath).catch(() => {});
  }
}

/** The three parts, joined and cut into blocks. */
function* pieces(
  before: readonly Uint8Array[],
  { data, dataSize }: Pick<PatchContent, "data" | "dataSize">,
  size: number,
): Generator<Uint8Array> {
  let buffer = new Uint8Array(size);
  let filled = 0;
  for (const part of before) {
    for (let at = 0; at < part.length;) {
      const chunk = part.subarray(at, at + size - filled);
      buffer.set(chunk, filled);
      filled += chunk.length;
      at += chunk.length;
      if (filled < size) continue;
      yield buffer;
      [buffer, filled] = [new Uint8Array(size), 0];
    }
  }
  for (let at = 0; at < dataSize;) {
    const room = buffer.subarray(filled, filled + Math.min(size - filled, dataSize - at));
    const { length } = readFully(data, at, room);
    if (length < room.length) throw new Error(`the data ends after ${at + length} bytes`);
    filled += length;
    at += length;
    if (filled < size) continue;
    yield buffer;
    [buffer, filled] = [new Uint8Array(size), 0];
  }
  if (filled > 0) yield buffer.subarray(0, filled);
}

async function compress(bytes: Uint8Array, quality: number): Promise<Uint8Array> {
  // A window that is larger than the block takes memory (64 MB at 11) and saves nothing.
  const window = Math.min(23, Math.max(16, Math.ceil(Math.log2(bytes.length))));
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: quality,
    [constants.BROTLI_PARAM_LGWIN]: window,
    [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
  };
  return await promisify<Uint8Array, object, Uint8Array>(brotliCompress)(bytes, { params });
}

function copyBehind(path: string, header: Uint8Array, blocks: Deno.FsFile): number {
  if (header.length > LONGEST_HEADER) throw new RangeError("the patch has too many blocks");
  using file = Deno.openSync(path, { write: true, createNew: true, mode: 0o600 });
  writeFully(file, header);
  const buffer = new Uint8Array(1 << 20);
  for (let at = 0;;) {
    const chunk = readFully(blocks, at, buffer);
    if (chunk.length === 0) return header.length + at;
    writeFully(file, chunk);
    at += chunk.length;
  }
}
