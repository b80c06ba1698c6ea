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
import { readFully, writeFully } from "../fs/whole_io.ts";
import { compressBlock } from "./compress_block.ts";
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
 * Content is cut into blocks of this size while it is small, so that two cores have work, and because
 * brotli's memory goes with a block's size: 20 MB per core less than with four times as much, for 0.9 %
 * more bytes.
 */
const SMALL_BLOCK = 128 << 10;

/**
 * Brotli's quality for this many bytes of content. Of a day of stock rows (1.7 MB, with directory and
 * recipe 2.1 MB) 9, 10 and 11 make 839, 733 and 717 KB in 0.4, 1.5 and 3.7 s of a processor: each is
 * taken where two cores need about two seconds at most.
 */
function qualityFor(size: number): number {
  return size <= 1 << 20 ? 11 : size <= 6 << 20 ? 10 : size <= 64 << 20 ? 9 : 5;
}

/** Compresses a block, whose buffer it may keep. */
export type Compress = (
  content: Uint8Array<ArrayBuffer>,
  quality: number,
) => Promise<Uint8Array>;

/** Options for {@linkcode writePatch}. */
export interface WriteOptions {
  /** Default: {@linkcode compressBlock}, on this thread. */
  compress?: Compress;
  /** How many blocks keep it busy; default 1. */
  atOnce?: number;
}

/** Writes a patch to `path`; returns its size in bytes. Throws what compressing and writing throw. */
export async function writePatch(
  path: string,
  content: PatchContent,
  options: WriteOptions = {},
): Promise<number> {
  const {
    compress = (...block) => Promise.resolve(compressBlock(...block)),
    atOnce = 1,
  } = options;
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
  const running: Promise<Uint8Array>[] = [];
  try {
    const writeFirst = async () => {
      const bytes = await running.shift()!;
      writeFully(blocks, bytes);
      header.blocks.push(bytes.length);
    };
    for (const piece of pieces([directory, recipe], content, block)) {
      hash.update(piece);
      running.push(compress(piece, qualityFor(total)));
      if (running.length > atOnce) await writeFirst();
    }
    while (running.length > 0) await writeFirst();
    header.sha256 = hash.digest("hex");
    return copyBehind(path, new TextEncoder().encode(formatHeader(header)), blocks);
  } finally {
    await Promise.allSettled(running);
    await Deno.remove(blocksPath).catch(() => {});
  }
}

/** The three parts, joined and cut into blocks. */
function* pieces(
  before: readonly Uint8Array[],
  { data, dataSize }: Pick<PatchContent, "data" | "dataSize">,
  size: number,
): Generator<Uint8Array<ArrayBuffer>> {
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
