/**
 * Reads the header of a deflate block: whether it is the last block, and its codes.
 *
 * Guarantees: a header is returned only if all its codes are complete. About one in 10⁷ random bit
 * strings passes, so noise isn't mistaken for a header.
 *
 * @module
 */
import { BitReader } from "./bit_reader.ts";
import { damaged } from "../deflate/inflater.ts";
import { STREAM } from "../messages/stream.ts";
import { DISTANCES, END_OF_BLOCK, LITERALS } from "./symbols.ts";

/** A block's code lengths, in bits; 0 = the symbol doesn't occur. */
export interface CodeLengths {
  literals: Uint8Array;
  distances: Uint8Array;
}

/**
 * The most bytes that a dynamic block's header takes: 2,285 bits, plus the byte that it begins in.
 */
export const BLOCK_HEADER_BYTES = 288;

/** The order in which a dynamic header lists the lengths of its code-length codes (RFC 1951, 3.2.7). */
const CODE_LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** The fixed codes (RFC 1951, 3.2.6). */
export const FIXED_CODES: CodeLengths = {
  literals: Uint8Array.from({ length: 288 }, (_, symbol) => {
    if (symbol < 144) return 8;
    return symbol < 256 ? 9 : symbol < 280 ? 7 : 8;
  }),
  distances: new Uint8Array(DISTANCES).fill(5),
};

/** A block's decoded header. */
interface BlockHead {
  codes: CodeLengths;
  /** Whether it is the stream's last block. */
  last: boolean;
  /** The bit offset of its first symbol in the given bytes. */
  bit: number;
}

/** Reads the header of the dynamic block at bit offset `bit`. Throws ArchiveError `bad_data`. */
export function readHead(bytes: Uint8Array, bit: number): BlockHead {
  const bits = new BitReader(bytes, bit);
  const last = bits.take(1) === 1;
  const codes = bits.take(2) === 2 ? readCodes(bits) : undefined;
  if (codes === undefined) throw damaged(STREAM.no_block_begins());
  return { codes, last, bit: bits.bit };
}

/**
 * Reads a dynamic block's codes, starting after its first three bits; `undefined` if they are
 * invalid.
 */
export function readCodes(bits: BitReader): CodeLengths | undefined {
  const literals = bits.take(5) + 257;
  const distances = bits.take(5) + 1;
  const codes = bits.take(4) + 4;
  if (literals > LITERALS || distances > DISTANCES) return undefined;
  const codeLengths = new Uint8Array(19);
  for (let i = 0; i < codes; i++) codeLengths[CODE_LENGTH_ORDER[i]!] = bits.take(3);
  if (!isComplete(codeLengths)) return undefined;
  const lengths = readLengths(bits, codeLengths, literals + distances);
  if (lengths === undefined || lengths[END_OF_BLOCK] === 0) return undefined;
  const both = { literals: lengths.subarray(0, literals), distances: lengths.subarray(literals) };
  return isComplete(both.literals) && isComplete(both.distances, { orSingle: true })
    ? both
    : undefined;
}

/** Whether the lengths form a complete code: every bit sequence decodes to something. */
function isComplete(lengths: Uint8Array, options: { orSingle?: boolean } = {}): boolean {
  let space = 0;
  let used = 0;
  // Asking for the array's length each time would double the time: nothing optimizes this.
  for (let i = 0, count = lengths.length; i < count; i++) {
    const length = lengths[i]!;
    if (length === 0) continue;
    space += 1 << 15 >> length;
    used++;
  }
  return space === 1 << 15 || (options.orSingle === true && used <= 1);
}

/**
 * Decodes the lengths of the literal and distance codes; `undefined` if they are invalid. Each entry
 * of several blocks comes by here, and nothing optimizes it: with its own variables instead of the
 * reader's methods a header takes 33 µs, not 55.
 */
function readLengths(
  bits: BitReader,
  codeLengths: Uint8Array,
  count: number,
): Uint8Array | undefined {
  const table = codeTable(codeLengths);
  const lengths = new Uint8Array(count);
  const { bytes } = bits;
  const end = bytes.length * 8;
  let { bit } = bits;
  for (let at = 0; at < count;) {
    const byte = bit >>> 3;
    // Past the end: `| undefined`.
    const word = (bytes[byte]! | bytes[byte + 1]! << 8 | bytes[byte + 2]! << 16) >> (bit & 7);
    const packed = table[word & 127]!;
    const symbol = packed & 31;
    bit += packed >> 5;
    if (symbol < 16) {
      lengths[at++] = symbol;
      continue;
    }
    if (bit > end || (symbol === 16 && at === 0)) return undefined;
    const extra = symbol === 16 ? 2 : symbol === 17 ? 3 : 7;
    const times = (symbol === 18 ? 11 : 3) + (word >> (packed >> 5) & ((1 << extra) - 1));
    bit += extra;
    if (at + times > count) return undefined;
    if (symbol === 16) lengths.fill(lengths[at - 1]!, at, at + times);
    at += times;
  }
  bits.skip(bit - bits.bit);
  return bits.exhausted ? undefined : lengths;
}

/** A lookup table indexed by the next seven bits; each entry is `length << 5 | symbol`. */
function codeTable(lengths: Uint8Array): Uint8Array {
  const table = new Uint8Array(128);
  const next = [0, 0, 0, 0, 0, 0, 0, 0];
  for (let symbol = 0; symbol < 19; symbol++) next[lengths[symbol]!]!++;
  for (let length = 1, code = 0; length <= 7; length++) {
    const count = next[length]!;
    next[length] = code;
    code = (code + count) << 1;
  }
  for (let symbol = 0; symbol < 19; symbol++) {
    const length = lengths[symbol]!;
    if (length === 0) continue;
    // Codes are packed from the most significant bit, everything else from the least.
    const code = next[length]!++;
    let reversed = 0;
    for (let i = 0; i < length; i++) reversed |= ((code >> i) & 1) << (length - 1 - i);
    for (let at = reversed; at < 128; at += 1 << length) table[at] = length << 5 | symbol;
  }
  return table;
}
