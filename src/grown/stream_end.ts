/**
 * Decodes the end of a deflate stream from the middle of a block on, symbol by symbol.
 *
 * Guarantees: never more content than was asked for, and an end: each step of it takes bits. Damage
 * is an ArchiveError. Slow beside zlib, which can't begin inside a block; made for the some hundred
 * bytes that a row takes.
 *
 * @module
 */
import { BitReader } from "./bit_reader.ts";
import { type CodeLengths, FIXED_CODES, readCodes } from "./block_header.ts";
import { damaged, tooLong } from "../deflate/inflater.ts";
import { PrefixCode } from "./prefix_code.ts";
import type { SymbolCounts } from "./symbol_counts.ts";
import {
  DISTANCE_BASE,
  DISTANCE_EXTRA,
  END_OF_BLOCK,
  FIRST_LENGTH,
  LENGTH_BASE,
  LENGTH_EXTRA,
} from "./symbols.ts";
import { LOOK_AHEAD } from "./replay.ts";

/** Where decoding begins. */
export interface StreamEnd {
  /** The stream's last bytes. */
  bytes: Uint8Array;
  /** The bit of them at which the first symbol begins. */
  bit: number;
  /** The codes of the block that it belongs to. */
  codes: CodeLengths;
  /** Whether that block is the stream's last. */
  last: boolean;
  /** The content before it, as far as matches may reach back. */
  window: Uint8Array;
  /** Bytes of content that are still to come. */
  size: number;
  /** The block's symbols so far; those that follow are added to them. */
  counts: SymbolCounts;
  /** Memory to decode into, of the window and the content at least. */
  memory?: Uint8Array;
}

/** What came out. */
export interface DecodedEnd {
  /** In the memory that was given, if any. */
  content: Uint8Array;
  /** The bit behind the stream's last one. */
  bit: number;
  /**
   * The block that a still longer stream would end in: its bit, and the content before it, when it
   * begins in here.
   */
  block: { bit: number; out: number } | undefined;
  /** That block's symbols, as far as they would stay the same in a longer stream. */
  counts: SymbolCounts;
  /** The content up to those symbols' end, in bytes. */
  settled: number;
}

/** Decodes a stream's end. Throws ArchiveError `bad_data` or `wrong_size`. */
export function decodeEnd(end: StreamEnd): DecodedEnd {
  const decoder = new Decoder(end);
  decoder.block(end.codes);
  let { last } = end;
  let block: DecodedEnd["block"];
  while (!last) {
    const { bit, out } = decoder;
    last = decoder.bits.take(1) === 1;
    const type = decoder.bits.take(2);
    if (type === 3) throw damaged("a block of an unknown type");
    if (type === 0) {
      decoder.stored();
      continue;
    }
    const codes = type === 1 ? FIXED_CODES : readCodes(decoder.bits);
    if (codes === undefined) throw damaged("a block whose codes make no sense");
    // A block that begins within the look-ahead might begin elsewhere in a longer stream.
    if (decoder.isSettled) {
      block = { bit, out };
      decoder.countAnew();
    }
    decoder.block(codes);
  }
  const { content, bit, settled } = decoder;
  return { content, bit, block, counts: end.counts, settled };
}

class Decoder {
  readonly bits: BitReader;
  readonly #bytes: Uint8Array;
  readonly #window: number;
  readonly #buffer: Uint8Array;
  readonly #counts: SymbolCounts;
  #at: number;
  /** Where a symbol has to begin at the latest to be the same in a longer stream. */
  readonly #settledUntil: number;
  #settled: number;

  constructor({ bytes, bit, window, size, counts, memory }: StreamEnd) {
    this.bits = new BitReader(bytes, bit);
    this.#bytes = bytes;
    this.#window = window.length;
    const length = window.length + size;
    this.#buffer = memory?.subarray(0, length) ?? new Uint8Array(length);
    this.#buffer.set(window);
    this.#counts = counts;
    this.#at = this.#settled = window.length;
    this.#settledUntil = this.#buffer.length - LOOK_AHEAD - 1; // zlib decides a byte later
  }

  get bit(): number {
    return this.bits.bit;
  }

  /** Bytes of content so far. */
  get out(): number {
    return this.#at - this.#window;
  }

  /** The content up to the end of the last symbol that is counted. */
  get settled(): number {
    return this.#settled - this.#window;
  }

  /** Whether what begins here would begin here in a longer stream, too. */
  get isSettled(): boolean {
    return this.#at <= this.#settledUntil;
  }

  get content(): Uint8Array {
    return this.#buffer.subarray(this.#window, this.#at);
  }

  /** Forgets what was counted: another block begins. */
  countAnew(): void {
    this.#counts.clear();
    this.#settled = this.#at;
  }

  /** The symbols of a block, up to its end. */
  block(codes: CodeLengths): void {
    const { bits } = this;
    const literals = new PrefixCode(codes.literals);
    const distances = new PrefixCode(codes.distances);
    for (;;) {
      const symbol = literals.read(bits);
      if (symbol === undefined || bits.exhausted) throw damaged("a stream that ends too soon");
      if (symbol === END_OF_BLOCK) return;
      const counts = this.isSettled;
      if (counts) this.#counts.addLiteral(symbol);
      if (symbol < END_OF_BLOCK) {
        this.#room(1);
        this.#buffer[this.#at++] = symbol;
        if (counts) this.#settled = this.#at;
        continue;
      }
      const index = symbol - FIRST_LENGTH;
      if (index >= LENGTH_BASE.length) throw damaged("a length that doesn't exist");
      const length = LENGTH_BASE[index]! + bits.take(LENGTH_EXTRA[index]!);
      const distance = distances.read(bits);
      if (distance === undefined || distance >= DISTANCE_BASE.length) {
        throw damaged("a distance that doesn't exist");
      }
      this.#copy(length, DISTANCE_BASE[distance]! + bits.take(DISTANCE_EXTRA[distance]!));
      if (!counts) continue;
      this.#counts.addDistance(distance);
      this.#settled = this.#at;
    }
  }

  /** A block that holds its content as it is. */
  stored(): void {
    const { bits } = this;
    bits.alignToByte();
    const length = bits.take(16);
    if ((bits.take(16) ^ 0xffff) !== length) throw damaged("a stored block with a wrong length");
    const start = bits.bit / 8;
    bits.skip(length * 8);
    if (bits.exhausted) throw damaged("a stream that ends too soon");
    this.#room(length);
    this.#buffer.set(this.#bytes.subarray(start, start + length), this.#at);
    this.#at += length;
  }

  #copy(length: number, distance: number): void {
    if (distance > this.#at) throw damaged("a match with what was before the beginning");
    this.#room(length);
    for (let from = this.#at - distance, left = length; left > 0; left--) {
      this.#buffer[this.#at++] = this.#buffer[from++]!;
    }
  }

  #room(count: number): void {
    if (this.#at + count > this.#buffer.length) throw tooLong(this.#buffer.length - this.#window);
  }
}
