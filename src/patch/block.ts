/**
 * The blocks of a patch: content, laid out so that it compresses well, as a brotli stream.
 *
 * A block begins with a byte that tells its layout. 0: the content follows as it is. Any other is the
 * separator of a table's fields, whose columns follow one after another: dates beside dates take some 5 %
 * fewer bytes than dates beside prices.
 *
 * Guarantees: what is unpacked is what was packed, and the same content and quality make the same bytes.
 * A damaged block is an error or wrong content, never more content than a block may hold; whoever reads
 * it checks a digest.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { brotliCompressSync, brotliDecompressSync, constants } from "node:zlib";
import { COLUMNS_WASM } from "./columns_wasm.ts";

/** Content of one block, in bytes, at most: what a reader needs memory for. */
export const BLOCK_CONTENT = 8 << 20;

/** The layout byte of content as it is. */
const AS_IS = 0;

/** The quality at which the two layouts are compared: their order is the same at the others. */
const TRIAL_QUALITY = 4;

/** Packs content into a block. */
export function packBlock(content: Uint8Array, quality: number): Uint8Array {
  const [plain, columns] = layoutsOf(content);
  if (columns === undefined) return compress(plain, quality);
  const [short, long] = [columns, plain].map((layout) => compress(layout, TRIAL_QUALITY).length);
  return compress(short! < long! ? columns : plain, quality);
}

/** Unpacks a block. Throws RangeError for what is none, and what the decoder throws. */
export function unpackBlock(packed: Uint8Array): Uint8Array {
  const bytes = Buffer.from(packed.buffer, packed.byteOffset, packed.byteLength);
  const block = brotliDecompressSync(bytes, { maxOutputLength: 1 + BLOCK_CONTENT });
  const [layout] = block;
  if (layout === undefined) throw new RangeError("an empty block");
  return layout === AS_IS ? block.subarray(1) : outOfColumns(block.subarray(1), layout);
}

function compress(bytes: Uint8Array, quality: number): Uint8Array {
  // A window that is larger than the block takes memory (64 MB at 11) and saves nothing.
  const window = Math.min(23, Math.max(16, Math.ceil(Math.log2(bytes.length))));
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: quality,
    [constants.BROTLI_PARAM_LGWIN]: window,
    [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
  };
  return brotliCompressSync(bytes, { params });
}

/** What `columns.as` exports. */
interface Exports extends WebAssembly.Exports {
  memory: WebAssembly.Memory;
  contentAt(): number;
  columnsAt(): number;
  room(): number;
  separatorOf(length: number): number;
  split(length: number, separator: number): number;
  join(length: number, separator: number): number;
}

let exports: Exports | undefined;

function columnsModule(): Exports {
  return exports ??= new WebAssembly.Instance(
    new WebAssembly.Module(Uint8Array.fromBase64(COLUMNS_WASM)),
  ).exports as Exports;
}

/** Content as it is, and in columns if it is a table that isn't too long; valid until the next call. */
function layoutsOf(content: Uint8Array): [plain: Uint8Array, columns?: Uint8Array] {
  const { memory, contentAt, columnsAt, room, separatorOf, split } = columnsModule();
  if (content.length > room()) {
    const plain = new Uint8Array(1 + content.length);
    plain.set(content, 1);
    return [plain];
  }
  const [contentStart, columnsStart] = [contentAt(), columnsAt()];
  const bytes = new Uint8Array(memory.buffer);
  bytes.set(content, contentStart);
  const separator = separatorOf(content.length);
  bytes[contentStart - 1] = AS_IS;
  const plain = bytes.subarray(contentStart - 1, contentStart + content.length);
  if (separator === AS_IS) return [plain];
  bytes[columnsStart - 1] = separator;
  return [plain, bytes.subarray(columnsStart - 1, columnsStart + split(content.length, separator))];
}

function outOfColumns(columns: Uint8Array, separator: number): Uint8Array {
  const { memory, contentAt, columnsAt, join } = columnsModule();
  const bytes = new Uint8Array(memory.buffer);
  const fits = columns.length <= bytes.length - columnsAt();
  if (fits) bytes.set(columns, columnsAt());
  const length = fits ? join(columns.length, separator) : -1;
  if (length < 0) throw new RangeError("columns that don't make a table");
  return bytes.slice(contentAt(), contentAt() + length);
}
