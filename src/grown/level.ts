/**
 * Finds out at which level zlib made the files' streams, from what is on the disk alone: a block of
 * zlib's ends after 16,383 symbols, and the manifest knows where in the content the last one began.
 *
 * Guarantees: nothing; a level that is found here is a good reason to guess, and no proof.
 *
 * @module
 */
import { readFully } from "../fs/whole_io.ts";
import type { LastBlock } from "./last_block.ts";
import { LOOK_AHEAD, RUN_UP, SYMBOLS_A_BLOCK, ZlibReplay } from "./replay.ts";
import { LONGEST_MATCH, WINDOW_SIZE } from "./symbols.ts";

/** What is known of a file that was extracted. */
export interface Sample {
  path: string;
  block: LastBlock;
}

/** Files that must agree. */
const SAMPLES = 3;
/** Old content that is replayed of one of them at most: 25 ms. */
const MOST_CONTENT = 512 << 10;
/**
 * Of longer files only the end is replayed, and symbols can't be counted. That one begins where the
 * block does happens by chance in one of four, so it takes more files.
 */
const LONG_SAMPLES = 12;

/** zlib's levels, the usual one first. */
const LEVELS = [6, 9, 5, 7, 8, 4];

/** The level, or `undefined` when it was none of them or too little is there to tell. */
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

/** Content up to the block, and as much more as shows that a symbol begins there. */
function pieceOf({ path, block: { out } }: Sample): Piece {
  const start = out <= MOST_CONTENT ? 0 : out - WINDOW_SIZE - RUN_UP;
  const buffer = new Uint8Array(out - start + LONGEST_MATCH + LOOK_AHEAD);
  let content: Uint8Array = buffer.subarray(0, 0);
  try {
    using file = Deno.openSync(path);
    content = readFully(file, start, buffer);
  } catch {
    // A file that can't be read tells nothing.
  }
  return { content, begins: start === 0, block: out - start };
}
