/**
 * Tells which symbols zlib makes of content, without compressing it.
 *
 * zlib's choice of literals and matches depends on the 32 KB before them and the 262 bytes after
 * them, and on nothing else. So of a stream that ends in content which we hold, we know the symbols,
 * though not the bits that each takes: those are in the block's header. With both, the bit at which
 * the stream stops being known is a sum.
 *
 * This is the lazy matching of levels 4 to 9 (`deflate_slow`), with its hash, its chains and its
 * limits, as in zlib 1.2 and 1.3 with 15 bits of window and the default memory level: what Python's
 * `zipfile` writes. Other compressors choose otherwise.
 *
 * The work is done in WebAssembly (`replay.as`), at 21 MB/s of content.
 *
 * Doesn't guarantee that the content was compressed so: whoever uses the counts checks a CRC.
 *
 * @module
 */
import { SymbolCounts } from "./symbol_counts.ts";
import { DISTANCES, LITERALS, LONGEST_MATCH, SHORTEST_MATCH } from "./symbols.ts";
import { ZLIB_REPLAY_WASM } from "./replay_wasm.ts";

/** What a replay found. */
export interface Replay {
  /** The block's symbols. */
  counts: SymbolCounts;
  /** How many they are. */
  symbols: number;
  /** Where in the content the last counted symbol ends. */
  end: number;
  /** How many symbols there are between `from` and `block`. */
  before: number;
}

/** Where to look. Positions are in bytes of the given content. */
export interface ReplayOptions {
  /** zlib's level, 4 to 9. */
  level: number;
  /** Whether the content begins where the stream does, and isn't cut off before. */
  begins: boolean;
  /** Matching begins here; what is before is history. */
  from: number;
  /** Counting begins here: a symbol has to begin right there. */
  block: number;
}

/** zlib decides with this many bytes at hand: its longest match, and the beginning of the next. */
export const LOOK_AHEAD = LONGEST_MATCH + SHORTEST_MATCH + 1;

/**
 * Matching has to begin this far before a block, in bytes: after some symbols it goes the way it went
 * when what is before the block was packed. Of 7,088 files all did within these.
 */
export const RUN_UP = 2048;

/** A block of zlib's is ended when it has this many symbols. */
export const SYMBOLS_A_BLOCK = (1 << 14) - 1;

interface Level {
  good: number;
  lazy: number;
  nice: number;
  chain: number;
}

/** What a level means: chains are cut from `good` on, no lazy search from `lazy` on, enough at `nice`. */
const LEVELS: Readonly<Record<number, Level>> = {
  4: { good: 4, lazy: 4, nice: 16, chain: 16 },
  5: { good: 8, lazy: 16, nice: 32, chain: 32 },
  6: { good: 8, lazy: 16, nice: 128, chain: 128 },
  7: { good: 8, lazy: 32, nice: 128, chain: 256 },
  8: { good: 32, lazy: 128, nice: 258, chain: 1024 },
  9: { good: 32, lazy: 258, nice: 258, chain: 4096 },
};

/** The most content that is replayed at once, in bytes. */
export const MOST_REPLAYED = 560 << 10;

/** What `replay.as` exports. */
interface Exports extends WebAssembly.Exports {
  memory: WebAssembly.Memory;
  contentAt(): number;
  count: (
    size: number,
    from: number,
    block: number,
    none: number,
    good: number,
    lazy: number,
    nice: number,
    chain: number,
  ) => number;
}

/** Replays one content after another in the same memory (0.8 MB). */
export class ZlibReplay {
  readonly #exports: Exports;
  readonly #content: Uint8Array;
  /** Counts of literals, of distances, then symbols before the block, and in it. */
  readonly #results: Uint32Array;

  constructor() {
    const module = new WebAssembly.Module(Uint8Array.fromBase64(ZLIB_REPLAY_WASM));
    this.#exports = new WebAssembly.Instance(module).exports as Exports;
    const { buffer } = this.#exports.memory;
    this.#content = new Uint8Array(buffer, this.#exports.contentAt(), MOST_REPLAYED);
    this.#results = new Uint32Array(buffer, 0, LITERALS + DISTANCES + 2);
  }

  /**
   * Counts the symbols from `block` up to the first that zlib would choose with less than
   * {@linkcode LOOK_AHEAD} bytes at hand. `undefined` when no symbol begins at `block`.
   *
   * @throws {RangeError} at more content than {@linkcode MOST_REPLAYED}.
   */
  count(content: Uint8Array, options: ReplayOptions): Replay | undefined {
    const { from, block, begins } = options;
    const { good, lazy, nice, chain } = LEVELS[options.level]!;
    this.#content.set(content);
    // zlib takes position 0 for "none": nothing matches the very first byte of a stream.
    const none = begins ? 0 : -1;
    const end = this.#exports.count(content.length, from, block, none, good, lazy, nice, chain);
    if (end < 0) return undefined;
    const [before, symbols] = this.#results.subarray(LITERALS + DISTANCES);
    return {
      counts: new SymbolCounts(this.#results.slice(0, LITERALS + DISTANCES)),
      before: before!,
      symbols: symbols!,
      end,
    };
  }
}
