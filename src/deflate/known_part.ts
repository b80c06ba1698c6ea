/**
 * Finds up to which bit the last block of a grown stream is known: its symbols are those that zlib
 * makes of the content that we hold, and its header says how many bits each of them takes.
 *
 * Doesn't guarantee that it is so: whoever decodes from there checks the content's CRC.
 *
 * @module
 */
import { BitReader } from "./bit_reader.ts";
import { type CodeLengths, readCodes } from "./block_header.ts";
import { damaged } from "./inflater.ts";
import { DISTANCE_EXTRA, FIRST_LENGTH, LENGTH_EXTRA } from "./symbols.ts";
import {
  type ReplayOptions,
  type SymbolCounts,
  SYMBOLS_A_BLOCK,
  type ZlibReplay,
} from "./zlib_replay.ts";

/** A block and the content that it was made of. */
export interface GrownBlock {
  /** The old content, from some way before the block on, and where in it the block begins. */
  content: Uint8Array;
  replay: ReplayOptions;
  /** The grown stream, from the byte on in which the block begins. */
  header: Uint8Array;
  /** The bit of that byte at which it begins. */
  bit: number;
}

/** The first of a block that its content doesn't tell. */
export interface KnownPart {
  /** The block's codes, and whether it is the stream's last. */
  codes: CodeLengths;
  last: boolean;
  /** Where the first unknown symbol begins: the bit, counted from the header's first byte. */
  bit: number;
  /** The content before it: bytes of the given one. */
  kept: number;
}

/** Finds where the unknown begins. Throws ArchiveError `bad_data` where zlib didn't make the block. */
export function findKnownPart(block: GrownBlock, replay: ZlibReplay): KnownPart {
  const bits = new BitReader(block.header, block.bit);
  const last = bits.take(1) === 1;
  const codes = bits.take(2) === 2 ? readCodes(bits) : undefined;
  if (codes === undefined) throw damaged("no block begins where one did");
  const counts = replay.count(block.content, block.replay);
  if (counts === undefined || counts.symbols > SYMBOLS_A_BLOCK) {
    throw damaged("its last block isn't what zlib makes of the content");
  }
  const size = sizeInBits(counts, codes);
  if (size === undefined) throw damaged("its last block has other symbols than the content");
  return { codes, last, bit: bits.bit + size, kept: counts.end };
}

/** How many bits the symbols take, or `undefined` when one of them has no code. */
function sizeInBits(counts: SymbolCounts, codes: CodeLengths): number | undefined {
  let bits = 0;
  for (const [symbol, count] of counts.literals.entries()) {
    if (count === 0) continue;
    const length = codes.literals[symbol];
    if (!length) return undefined;
    bits += count * (length + (LENGTH_EXTRA[symbol - FIRST_LENGTH] ?? 0));
  }
  for (const [symbol, count] of counts.distances.entries()) {
    if (count === 0) continue;
    const length = codes.distances[symbol];
    if (!length) return undefined;
    bits += count * (length + DISTANCE_EXTRA[symbol]!);
  }
  return bits;
}
