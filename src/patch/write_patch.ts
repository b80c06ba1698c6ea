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
import { BLOCK_CONTENT, packBlock } from "./block.ts";
import { contentSizeOf, formatHeader, LONGEST_HEADER, type PatchHeader } from "./patch_header.ts";
import { toDistances } from "./header_offsets.ts";
import { type EntryChange, formatRecipe } from "./recipe.ts";

/** What goes into a patch. */
interface PatchContent {
  /** Fingerprints of both packages, and the new one's length in bytes. */
  from: string;
  to: string;
  packageSize: number;
  /** The new package from its directory to its last byte. */
  directory: Uint8Array;
  changes: readonly EntryChange[];
  /** The file that holds the data, from its beginning to `dataSize`. */
  data: Deno.FsFile;
  dataSize: number;
}

/**
 * How content of a size is cut and compressed. What a block takes is memory on each core, and what is
 * between the blocks is not seen as repeated.
 *
 * A day of stock rows (1.8 MB, with directory and recipe 2.2 MB) takes 805, 718 and 710 KB at quality
 * 9, 10 and 11, in 0.7, 1.2 and 2.7 s of a processor: each is taken where two cores need about a
 * second at most. At 10 a block of 64 KB takes 5 MB of memory, one of 128 KB 8 MB for 1.1 % fewer bytes.
 * Of 11 MB, 6 with blocks of 256 KB makes 1.6 % more bytes than 9 with blocks of 8 MB, in a tenth of
 * the time and with 5 MB of memory instead of 80.
 */
export function compressionFor(size: number): { quality: number; block: number } {
  if (size <= 3 << 19) return { quality: 11, block: 128 << 10 };
  if (size <= 6 << 20) return { quality: 10, block: 64 << 10 };
  // Each block takes up to nine bytes of the header.
  const least = Math.ceil(size / MOST_BLOCKS);
  return { quality: 6, block: Math.min(BLOCK_CONTENT, Math.max(256 << 10, least)) };
}

/** With more blocks the header would be too long; larger ones are made instead. */
const MOST_BLOCKS = 6000;

/** Compresses a block, whose buffer it takes. */
export type Compress = (content: Uint8Array<ArrayBuffer>, quality: number) => Promise<Compressed>;

/** A compressed block. */
interface Compressed {
  bytes: Uint8Array;
  /** One that may be filled again once the bytes are written. */
  buffer: ArrayBuffer;
}

/** Options for {@linkcode writePatch}. */
interface WritePatchOptions {
  /** Default: {@linkcode packBlock}, on this thread. */
  compress?: Compress;
  /** How many blocks keep it busy; default 1. */
  atOnce?: number;
}

/** Writes a patch to `path`; returns its size in bytes. Throws what compressing and writing throw. */
export async function writePatch(
  path: string,
  content: PatchContent,
  options: WritePatchOptions = {},
): Promise<number> {
  const {
    compress = (content, quality) =>
      Promise.resolve({ bytes: packBlock(content, quality), buffer: content.buffer }),
    atOnce = 1,
  } = options;
  const recipe = new TextEncoder().encode(formatRecipe(content.changes));
  const { from, to, packageSize, dataSize } = content;
  const directory = content.directory.slice();
  toDistances(directory);
  const sizes = { directorySize: directory.length, recipeSize: recipe.length, dataSize };
  const header: PatchHeader = { from, to, packageSize, ...sizes, blocks: [], sha256: "" };
  const total = contentSizeOf(header);
  const { quality, block } = compressionFor(total);
  const hash = createHash("sha256");
  // The header comes first and is known last, so the blocks wait in a file of their own.
  const blocksPath = `${path}.blocks`;
  using blocks = await Deno.open(blocksPath, {
    read: true,
    write: true,
    createNew: true,
    mode: 0o600,
  });
  const running: Promise<Compressed>[] = [];
  const spare: ArrayBuffer[] = [];
  const room = () => new Uint8Array(spare.pop() ?? new ArrayBuffer(block), 0, block);
  try {
    const writeFirst = async () => {
      const { bytes, buffer } = await running.shift()!;
      writeFully(blocks, bytes);
      spare.push(buffer);
      header.blocks.push(bytes.length);
    };
    for (const piece of pieces([directory, recipe], content, room)) {
      hash.update(piece);
      running.push(compress(piece, quality));
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

/** The three parts, joined and cut into blocks, each as long as the room that it is given. */
function* pieces(
  before: readonly Uint8Array[],
  { data, dataSize }: Pick<PatchContent, "data" | "dataSize">,
  room: () => Uint8Array<ArrayBuffer>,
): Generator<Uint8Array<ArrayBuffer>> {
  let [piece, filled] = [room(), 0];
  for (const part of before) {
    for (let at = 0; at < part.length;) {
      const chunk = part.subarray(at, at + piece.length - filled);
      piece.set(chunk, filled);
      filled += chunk.length;
      at += chunk.length;
      if (filled < piece.length) continue;
      yield piece;
      [piece, filled] = [room(), 0];
    }
  }
  for (let at = 0; at < dataSize;) {
    const rest = piece.subarray(filled, filled + dataSize - at);
    const { length } = readFully(data, at, rest);
    if (length < rest.length) throw new Error(`the data ends after ${at + length} bytes`);
    filled += length;
    at += length;
    if (filled < piece.length) continue;
    yield piece;
    [piece, filled] = [room(), 0];
  }
  if (filled > 0) yield piece.subarray(0, filled);
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
