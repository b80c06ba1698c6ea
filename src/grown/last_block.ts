/**
 * The last deflate block of an entry's stream: where it begins, and which symbols it holds. If a
 * file is only appended to, its stream stays the same, bit for bit, up to there.
 *
 * Guarantees: nothing about a longer stream; decoders that start here must check a CRC-32.
 *
 * @module
 */
import type { Boundary } from "../deflate/inflater.ts";
import { BLOCK_HEADER_BYTES } from "./block_header.ts";
import { findBlockStart } from "./block_start.ts";
import { LOOK_AHEAD } from "./replay.ts";

/** Where a stream's last block begins. */
export interface LastBlock {
  /** Its bit offset in the stream. */
  bit: number;
  /** Its offset in the content, in bytes. */
  out: number;
}

/** The symbols of a last block, up to where they are known. */
export interface KnownSymbols {
  /** The content offset up to which its symbols are known. */
  end: number;
  /** How often each symbol occurs up to there: `SymbolCounts.toBytes()` in base64. */
  counts: string;
}

/** What extraction learns about an entry's last block. */
export interface LearntBlock {
  block?: LastBlock;
  known?: KnownSymbols;
}

/** The stream in which the boundaries were noted. */
interface NotedStream {
  /** Sizes in bytes, compressed and uncompressed. */
  compressedSize: number;
  size: number;
  /** A known block before the noted ones. */
  earlier?: LastBlock;
  /** Reads compressed bytes at an offset in the stream. */
  read: (offset: number, length: number) => Uint8Array;
}

/**
 * The exact start of the last block. Falls back to an earlier one if that can't be determined, or
 * if a longer stream may put the boundary elsewhere.
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
