/**
 * Finds out at which level zlib made the files' streams, from what is on the disk alone: a block of
 * zlib's ends after 16,383 symbols, and the manifest knows where in the content the last one began.
 *
 * Guarantees: nothing; a level that is found here is a good reason to guess, and no proof.
 *
 * @module
 */
import { LONGEST_MATCH } from "../deflate/symbols.ts";
import { LOOK_AHEAD, SYMBOLS_A_BLOCK, ZlibReplay } from "../deflate/zlib_replay.ts";
import type { DiskFact } from "./step.ts";

/** What is known of a file that was extracted. */
export interface Sample {
  path: string;
  block: NonNullable<DiskFact["block"]>;
}

/** Files that must agree. */
const SAMPLES = 3;
/** Old content that is replayed of one of them at most: 25 ms. */
const MOST_CONTENT = 512 << 10;

/** zlib's levels, the usual one first. */
const LEVELS = [6, 9, 5, 7, 8, 4];

/** The level, or `undefined` when it was none of them or too little is there to tell. */
export function findZlibLevel(samples: Iterable<Sample>): number | undefined {
  const shortest = [...samples]
    .filter(({ block: { out } }) => out > 0 && out <= MOST_CONTENT)
    .sort((a, b) => a.block.out - b.block.out)
    .slice(0, SAMPLES);
  const contents = shortest.map(({ path, block }) => ({ block, content: beginning(path, block) }));
  if (contents.length === 0) return undefined;
  const replay = new ZlibReplay();
  return LEVELS.find((level) =>
    contents.every(({ content, block: { out } }) => {
      const found = replay.count(content, { level, begins: true, from: 0, block: out });
      return found !== undefined && found.before > 0 && found.before % SYMBOLS_A_BLOCK === 0;
    })
  );
}

/** Content up to the block, and as much more as shows that a symbol begins there. */
function beginning(path: string, { out }: Sample["block"]): Uint8Array {
  const content = new Uint8Array(out + LONGEST_MATCH + LOOK_AHEAD);
  let filled = 0;
  try {
    using file = Deno.openSync(path);
    for (let count: number | null = 0; count !== null && filled < content.length; filled += count) {
      count = file.readSync(content.subarray(filled));
      if (count === null) break;
    }
  } catch {
    // Of a file that can't be read nothing is found.
  }
  return content.subarray(0, filled);
}
