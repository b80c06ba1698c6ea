/**
 * Decodes the end of a deflate stream, starting inside a block, symbol by symbol.
 *
 * Guarantees: never produces more content than asked for, and always terminates, since each step
 * consumes bits. Damage is an ArchiveError. Much slower than zlib, which can't start inside a
 * block; made for the few hundred bytes that a row takes.
 *
 * @module
 */
import { BitReader } from "./bit_reader.ts";
import { type CodeLengths, FIXED_CODES, readCodes } from "./block_header.ts";
import { damaged, tooLong } from "../deflate/inflater.ts";
import { STREAM } from "../messages/stream.ts";
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
  /** The bit offset of the first symbol in them. */
  bit: number;
  /** The codes of the block that the symbol belongs to. */
  codes: CodeLengths;
  /** Whether that block is the stream's last. */
  last: boolean;
  /** The content before it: the window that matches may reach back into. */
  window: Uint8Array;
  /** Bytes of content still to come. */
  size: number;
  /** The block's symbols so far; those that follow are added to them. */
  counts: SymbolCounts;
  /** A buffer to decode into, at least as large as window and content together. */
  memory?: Uint8Array;
}

/** The decoded end of a stream. */
interface DecodedEnd {
  /** A view of `memory`, if that was given. */
  content: Uint8Array;
  /** The bit offset after the stream's last bit. */
  bit: number;
  /**
   * The block to start from when the stream grows again: its bit offset and its content offset, if
   * it begins in this part.
   */
  block: { bit: number; out: number } | undefined;
  /** That block's symbols, as far as a longer stream can't change them. */
  counts: SymbolCounts;
  /** The content offset at which those symbols end. */
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
    if (type === 3) throw damaged(STREAM.unknown_block());
    if (type === 0) {
      decoder.stored();
      continue;
    }
    const codes = type === 1 ? FIXED_CODES : readCodes(decoder.bits);
    if (codes === undefined) throw damaged(STREAM.bad_codes());
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
  /** The last position at which a symbol can begin and be the same in a longer stream. */
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

  /** The content offset at which the last counted symbol ends. */
  get settled(): number {
    return this.#settled - this.#window;
  }

  /** Whether a symbol that begins here would also begin here in a longer stream. */
  get isSettled(): boolean {
    return this.#at <= this.#settledUntil;
  }

  get content(): Uint8Array {
    return this.#buffer.subarray(this.#window, this.#at);
  }

  /** Restarts the counts for another block. */
  countAnew(): void {
    this.#counts.clear();
    this.#settled = this.#at;
  }

  /** Decodes the symbols of a block, up to its end. */
  block(codes: CodeLengths): void {
    const { bits } = this;
    const literals = new PrefixCode(codes.literals);
    const distances = new PrefixCode(codes.distances);
    for (;;) {
      const symbol = literals.read(bits);
      if (symbol === undefined || bits.exhausted) throw damaged(STREAM.ends_too_soon());
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
      if (index >= LENGTH_BASE.length) throw damaged(STREAM.no_such_length());
      const length = LENGTH_BASE[index]! + bits.take(LENGTH_EXTRA[index]!);
      const distance = distances.read(bits);
      if (distance === undefined || distance >= DISTANCE_BASE.length) {
        throw damaged(STREAM.no_such_distance());
      }
      this.#copy(length, DISTANCE_BASE[distance]! + bits.take(DISTANCE_EXTRA[distance]!));
      if (!counts) continue;
      this.#counts.addDistance(distance);
      this.#settled = this.#at;
    }
  }

  /** Copies a stored block. */
  stored(): void {
    const { bits } = this;
    bits.alignToByte();
    const length = bits.take(16);
    if ((bits.take(16) ^ 0xffff) !== length) throw damaged(STREAM.stored_length());
    const start = bits.bit / 8;
    bits.skip(length * 8);
    if (bits.exhausted) throw damaged(STREAM.ends_too_soon());
    this.#room(length);
    this.#buffer.set(this.#bytes.subarray(start, start + length), this.#at);
    this.#at += length;
  }

  #copy(length: number, distance: number): void {
    if (distance > this.#at) throw damaged(STREAM.before_beginning());
    this.#room(length);
    for (let from = this.#at - distance, left = length; left > 0; left--) {
      this.#buffer[this.#at++] = this.#buffer[from++]!;
    }
  }

  #room(count: number): void {
    if (this.#at + count > this.#buffer.length) throw tooLong(this.#buffer.length - this.#window);
  }
}
