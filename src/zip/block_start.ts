/**
 * Finds the exact bit at which a deflate block begins.
 *
 * zlib tells at which byte it stopped between two blocks, but Deno hides the bits that it has left
 * of that byte. So there are eight candidates, and the block's own header tells which one is right:
 * of random bits about one in 10⁷ passes as a dynamic block's header (its three code tables must
 * each be complete). A block with fixed codes or a stored one can't be told from noise, and no
 * answer is given for it.
 *
 * Doesn't guarantee that the answer is right: whoever decodes from it checks the content's CRC.
 *
 * @module
 */

/** The order in which a dynamic header lists the lengths of its code-length codes (RFC 1951, 3.2.7). */
const CODE_LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** The most bytes that a dynamic block's header takes: 2,285 bits, and the byte it begins in. */
export const BLOCK_HEADER_BYTES = 288;

/**
 * The bit, counted from the stream's first, at which the block after `consumed` bytes begins, or
 * `undefined` when it can't be told. `bytes` begins at the stream's byte `consumed - 1`; `last`
 * says whether the block is the stream's last one.
 */
export function findBlockStart(
  bytes: Uint8Array,
  options: { consumed: number; last: boolean },
): number | undefined {
  let found: number | undefined;
  for (let bit = 1; bit <= 8; bit++) {
    if (!isDynamicHeader(new BitReader(bytes, bit), options.last)) continue;
    if (found !== undefined) return undefined;
    found = (options.consumed - 1) * 8 + bit;
  }
  return found;
}

/** Reads bits, the lowest of each byte first; past the end it gives zeros and says `exhausted`. */
class BitReader {
  readonly #bytes: Uint8Array;
  #bit: number;

  constructor(bytes: Uint8Array, bit: number) {
    this.#bytes = bytes;
    this.#bit = bit;
  }

  get exhausted(): boolean {
    return this.#bit > this.#bytes.length * 8;
  }

  /** The next 14 bits and more, without moving on. */
  peek(): number {
    const at = this.#bit >> 3;
    const bytes = this.#bytes;
    const word = bytes[at]! | bytes[at + 1]! << 8 | bytes[at + 2]! << 16; // past the end: `| undefined`
    return word >> (this.#bit & 7);
  }

  skip(count: number): void {
    this.#bit += count;
  }

  /** The next bits as a number, at most 14. */
  take(count: number): number {
    const value = this.peek() & ((1 << count) - 1);
    this.#bit += count;
    return value;
  }
}

function isDynamicHeader(bits: BitReader, last: boolean): boolean {
  // Three bits of each candidate refuse seven of eight, before anything is allocated.
  if (bits.take(3) !== (last ? 0b101 : 0b100)) return false;
  const literals = bits.take(5) + 257;
  const distances = bits.take(5) + 1;
  const codes = bits.take(4) + 4;
  if (literals > 286 || distances > 30) return false;
  const codeLengths = new Uint8Array(19);
  for (let i = 0; i < codes; i++) codeLengths[CODE_LENGTH_ORDER[i]!] = bits.take(3);
  if (!isComplete(codeLengths, { from: 0, to: 19 })) return false;
  const lengths = readLengths(bits, codeLengths, literals + distances);
  if (lengths === undefined || lengths[256] === 0) return false;
  return isComplete(lengths, { from: 0, to: literals }) &&
    isComplete(lengths, { from: literals, to: lengths.length, orSingle: true });
}

/** Whether the lengths make a code in which every sequence of bits means something. */
function isComplete(
  lengths: Uint8Array,
  part: { from: number; to: number; orSingle?: boolean },
): boolean {
  let space = 0;
  let used = 0;
  for (let i = part.from; i < part.to; i++) {
    const length = lengths[i]!;
    if (length === 0) continue;
    space += 1 << (15 - length);
    used++;
  }
  return space === 1 << 15 || (part.orSingle === true && used <= 1);
}

/** Decodes the lengths of the literal and distance codes, or `undefined` when they can't be right. */
function readLengths(
  bits: BitReader,
  codeLengths: Uint8Array,
  count: number,
): Uint8Array | undefined {
  const table = codeTable(codeLengths);
  const lengths = new Uint8Array(count);
  let at = 0;
  while (at < count) {
    const packed = table[bits.peek() & 127]!;
    bits.skip(packed >> 5);
    const symbol = packed & 31;
    if (symbol < 16) {
      lengths[at++] = symbol;
      continue;
    }
    if (bits.exhausted || (symbol === 16 && at === 0)) return undefined;
    const times = symbol === 16
      ? 3 + bits.take(2)
      : symbol === 17
      ? 3 + bits.take(3)
      : 11 + bits.take(7);
    if (at + times > count) return undefined;
    if (symbol === 16) lengths.fill(lengths[at - 1]!, at, at + times);
    at += times;
  }
  return bits.exhausted ? undefined : lengths;
}

/** By the next seven bits: the code's length and symbol, as `length << 5 | symbol`. */
function codeTable(lengths: Uint8Array): Uint8Array {
  const table = new Uint8Array(128);
  let code = 0;
  for (let length = 1; length <= 7; length++) {
    for (let symbol = 0; symbol < 19; symbol++) {
      if (lengths[symbol] !== length) continue;
      // Codes come highest bit first, the stream lowest first.
      let reversed = 0;
      for (let i = 0; i < length; i++) reversed |= ((code >> i) & 1) << (length - 1 - i);
      for (let at = reversed; at < 128; at += 1 << length) table[at] = length << 5 | symbol;
      code++;
    }
    code <<= 1;
  }
  return table;
}
