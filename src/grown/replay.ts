/**
 * Computes which symbols zlib chooses for content, without compressing it.
 *
 * zlib's choice of literals and matches depends only on the 32 KB before them and the 262 bytes
 * after them. So the content gives the symbols, and the block's header gives the code lengths;
 * symbol counts × code lengths give the bit offset where the unknown part of the stream starts.
 *
 * This is the lazy matching of levels 4 to 9 (`deflate_slow`), with its hash, chains and limits, as
 * in zlib 1.2 and 1.3 with a 15-bit window and the default memory level: what Python's `zipfile`
 * writes. Other compressors choose differently.
 *
 * The work is done in WebAssembly (`replay.as`), at 21 MB/s of content.
 *
 * It doesn't guarantee that the content was compressed like this: users of the counts must check a CRC.
 *
 * @module
 */
import { SymbolCounts } from "./symbol_counts.ts";
import { DISTANCES, LITERALS, LONGEST_MATCH, SHORTEST_MATCH } from "./symbols.ts";
import { ZLIB_REPLAY_WASM } from "./replay_wasm.ts";

/** The result of a replay. */
interface Replay {
  /** The block's symbols. */
  counts: SymbolCounts;
  /** How many symbols the block has. */
  symbols: number;
  /** The content offset at which the last counted symbol ends. */
  end: number;
  /** The number of symbols between `from` and `block`. */
  before: number;
}

/** Options for a replay. Positions are byte offsets in the given content. */
interface ReplayOptions {
  /** zlib's level, 4 to 9. */
  level: number;
  /** Whether the content begins where the stream does. */
  begins: boolean;
  /** Matching begins here; content before it is only history. */
  from: number;
  /** Counting begins here: a symbol must begin exactly here. */
  block: number;
}

/**
 * The look-ahead that zlib needs to decide, in bytes: its longest match and the start of the next.
 */
export const LOOK_AHEAD = LONGEST_MATCH + SHORTEST_MATCH + 1;

/**
 * How far before a block matching must begin, in bytes, to fall into the same sequence of symbols
 * as the original compressor. In all of 7,088 files it did within this distance.
 */
export const RUN_UP = 2048;

/** zlib ends a block after this many symbols. */
export const SYMBOLS_A_BLOCK = (1 << 14) - 1;

interface Level {
  good: number;
  lazy: number;
  nice: number;
  chain: number;
}

/**
 * zlib's parameters per level: a match of `good` shortens the chain search, `lazy` ends the lazy
 * search, `nice` is good enough.
 */
const LEVELS: Readonly<Record<number, Level>> = {
  4: { good: 4, lazy: 4, nice: 16, chain: 16 },
  5: { good: 8, lazy: 16, nice: 32, chain: 32 },
  6: { good: 8, lazy: 16, nice: 128, chain: 128 },
  7: { good: 8, lazy: 32, nice: 128, chain: 256 },
  8: { good: 32, lazy: 128, nice: 258, chain: 1024 },
  9: { good: 32, lazy: 258, nice: 258, chain: 4096 },
};

/** The most content per replay, in bytes. */
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

/** Replays one content at a time, reusing its memory (0.8 MB). */
export class ZlibReplay {
  readonly #exports: Exports;
  readonly #content: Uint8Array;
  /** Counts of literals and of distances, then the number of symbols before the block and in it. */
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
   * {@linkcode LOOK_AHEAD} bytes of look-ahead. `undefined` if no symbol begins at `block`.
   *
   * @throws {RangeError} at more content than {@linkcode MOST_REPLAYED}.
   */
  count(content: Uint8Array, options: ReplayOptions): Replay | undefined {
    const { from, block, begins } = options;
    const { good, lazy, nice, chain } = LEVELS[options.level]!;
    this.#content.set(content);
    // zlib uses position 0 for "none": nothing matches the very first byte of a stream.
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
