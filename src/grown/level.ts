/**
 * Finds the zlib level that compressed the files' streams, using only what is on the disk: zlib
 * ends a block after 16,383 symbols, and the manifest knows where in the content the last block
 * began.
 *
 * Guarantees: nothing; the level found is a good guess, not a proof.
 *
 * @module
 */
import { openPlain } from "../plain_file.ts";
import { readFully } from "../fs/whole_io.ts";
import type { LastBlock } from "./last_block.ts";
import { LOOK_AHEAD, RUN_UP, SYMBOLS_A_BLOCK, ZlibReplay } from "./replay.ts";
import { WINDOW_SIZE } from "../deflate/inflater.ts";
import { LONGEST_MATCH } from "./symbols.ts";

/** An extracted file. */
export interface Sample {
  path: string;
  block: LastBlock;
}

/** How many files must agree. */
const SAMPLES = 3;
/** The most content to replay per file, in bytes: 25 ms. */
const MOST_CONTENT = 512 << 10;
/**
 * For longer files only the end is replayed, so the symbols can't be counted, only checked to begin
 * where the block does. By chance one in four does, so more files must agree.
 */
const LONG_SAMPLES = 12;

/** zlib's levels, the usual one first. */
const LEVELS = [6, 9, 5, 7, 8, 4];

/** The level, or `undefined` if none fits or there is too little content to decide. */
export function findZlibLevel(samples: Iterable<Sample>): number | undefined {
  const shortest = [...samples]
    .filter(({ block: { out } }) => out > 0)
    .sort((a, b) => a.block.out - b.block.out)
    .slice(0, LONG_SAMPLES);
  const short = shortest.filter(({ block: { out } }) => out <= MOST_CONTENT).slice(0, SAMPLES);
  if (short.length === 0 && shortest.length < LONG_SAMPLES) return undefined;
  const pieces = (short.length > 0 ? short : shortest).map(pieceOf);
  const replay = new ZlibReplay();
  return LEVELS.find((level) => pieces.every((piece) => isMadeAt(level, piece, replay)));
}

/** Content around the beginning of a block. */
interface Piece {
  content: Uint8Array;
  /** Whether it begins where the file does. */
  begins: boolean;
  /** Where in it the block begins. */
  block: number;
}

function isMadeAt(level: number, { content, begins, block }: Piece, replay: ZlibReplay): boolean {
  const from = begins ? 0 : WINDOW_SIZE;
  const found = replay.count(content, { level, begins, from, block });
  if (found === undefined || !begins) return found !== undefined;
  return found.before > 0 && found.before % SYMBOLS_A_BLOCK === 0;
}

/** The content up to the block, and enough after it to see that a symbol begins there. */
function pieceOf({ path, block: { out } }: Sample): Piece {
  const start = out <= MOST_CONTENT ? 0 : out - WINDOW_SIZE - RUN_UP;
  const buffer = new Uint8Array(out - start + LONGEST_MATCH + LOOK_AHEAD);
  let content: Uint8Array = buffer.subarray(0, 0);
  try {
    using file = openPlain(path);
    content = readFully(file, start, buffer);
  } catch {
    // An unreadable file gives an empty sample.
  }
  return { content, begins: start === 0, block: out - start };
}
