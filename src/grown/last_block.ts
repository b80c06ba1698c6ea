/**
 * The last deflate block of an entry's stream: where it begins, and which symbols it holds. A file
 * that is only appended to keeps everything before that place, bit for bit.
 *
 * Guarantees: nothing about a longer stream. Whoever decodes from here checks a CRC-32.
 *
 * @module
 */
import type { Boundary } from "../deflate/inflater.ts";
import { BLOCK_HEADER_BYTES } from "./block_header.ts";
import { findBlockStart } from "./block_start.ts";
import { LOOK_AHEAD } from "./replay.ts";

/** Where a stream's last block begins. */
export interface LastBlock {
  /** Its first bit, counted from the stream's first. */
  bit: number;
  /** Bytes of content before it. */
  out: number;
}

/** The symbols of a last block, as far as they are known. */
export interface KnownSymbols {
  /** Bytes of the content up to which its symbols are known. */
  end: number;
  /** How often each symbol occurs up to there, as `SymbolCounts` puts it in bytes, in base64. */
  counts: string;
}

/** What extraction learns about an entry's last block. */
export interface LearntBlock {
  block?: LastBlock;
  known?: KnownSymbols;
}

/** The stream that boundaries were noted in. */
export interface NotedStream {
  /** Compressed bytes, and bytes of content. */
  compressedSize: number;
  size: number;
  /** A block that is known to begin before the noted ones. */
  earlier?: LastBlock;
  /** Reads compressed bytes, counted from the stream's first. */
  read: (offset: number, length: number) => Uint8Array;
}

/**
 * The exact start of the last block; of the one before where that can't be told, or where a longer
 * stream may have its boundary elsewhere.
 */
export function findLastBlock(boundaries: readonly Boundary[], stream: NotedStream): LearntBlock {
  const { compressedSize, size, earlier, read } = stream;
  for (const [index, { consumed, out }] of boundaries.entries()) {
    if (consumed === 0) return { block: { bit: 0, out } };
    const hasEarlier = index + 1 < boundaries.length || earlier !== undefined;
    if (hasEarlier && out > size - LOOK_AHEAD) continue;
    const from = consumed - 1;
    const bytes = read(from, Math.min(BLOCK_HEADER_BYTES, compressedSize - from));
    const bit = findBlockStart(bytes, { consumed, last: index === 0 });
    if (bit !== undefined) return { block: { bit, out } };
  }
  return earlier === undefined ? {} : { block: earlier };
}
