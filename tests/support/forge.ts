/**
 * Forges content under a CRC-32: what somebody in the way of a download can do in a millisecond.
 *
 * @module
 */
import { crc32 } from "node:zlib";

/** `forged`, with its last four bytes chosen so that it has the CRC-32 of `content`. */
export function forgeCrc(content: Uint8Array, forged: Uint8Array): Uint8Array {
  if (content.length !== forged.length) throw new RangeError("both have to have one length");
  const result = forged.slice();
  const end = result.subarray(-4);
  end.fill(0);
  const base = crc32(result);
  // CRC-32 is linear: each bit of the last four bytes flips a known set of the sum's bits.
  const basis = new Map<number, { sum: number; bits: number }>();
  for (let bit = 0; bit < 32; bit++) {
    end.fill(0);
    end[bit >> 3]! |= 1 << (bit & 7);
    let sum = (crc32(result) ^ base) >>> 0;
    let bits = (1 << bit) >>> 0;
    for (let top = topOf(sum); basis.has(top); top = topOf(sum)) {
      sum = (sum ^ basis.get(top)!.sum) >>> 0;
      bits = (bits ^ basis.get(top)!.bits) >>> 0;
    }
    basis.set(topOf(sum), { sum, bits });
  }
  let wanted = (crc32(content) ^ base) >>> 0;
  let chosen = 0;
  while (wanted !== 0) {
    const { sum, bits } = basis.get(topOf(wanted))!;
    wanted = (wanted ^ sum) >>> 0;
    chosen = (chosen ^ bits) >>> 0;
  }
  new DataView(end.buffer, end.byteOffset).setUint32(0, chosen, true);
  return result;
}

function topOf(value: number): number {
  return 31 - Math.clz32(value);
}
