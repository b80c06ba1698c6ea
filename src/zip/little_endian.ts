/**
 * The numbers of ZIP records. Pure; reading beyond the bytes gives nonsense, not an error.
 *
 * @module
 */

/** Two bytes, least significant first. */
export function u16(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8);
}

/** Four bytes, least significant first, unsigned. */
export function u32(bytes: Uint8Array, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>>
    0;
}

/** Eight bytes, least significant first; beyond 2^53 the low bits are lost, and every check fails. */
export function u64(bytes: Uint8Array, at: number): number {
  return u32(bytes, at) + u32(bytes, at + 4) * 0x100000000;
}
