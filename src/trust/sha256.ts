/**
 * SHA-256 (FIPS 180-4) that can be gone on with from where an earlier hash stood. The runtime's own is
 * some seven times as fast, but doesn't hand out its state: this one is for the few new bytes at the
 * end of content whose beginning was hashed before.
 *
 * The state after the last whole block of 64 bytes is called the content's midstate. Whoever has it,
 * and the bytes behind that block, gets the content's digest, and that of anything appended to it.
 *
 * Guarantees: a digest is that of `createHash("sha256")`. Asking for it changes nothing, so that more
 * may follow.
 *
 * @module
 */

/** Bytes that are hashed together. */
const BLOCK = 64;
/** The length in bits ends the last block, in 8 bytes. */
const LENGTH_BYTES = 8;

/** The fractions of the first 64 primes' cube roots, and of the first 8 primes' square roots. */
const K = new Int32Array(64);
const START = new Int32Array(8);
for (let candidate = 2, found = 0; found < K.length; candidate++) {
  if (!isPrime(candidate)) continue;
  if (found < START.length) START[found] = fraction(candidate, 2n);
  K[found++] = fraction(candidate, 3n);
}

/** The first 32 bits behind the point of a number's root. */
function fraction(number: number, degree: bigint): number {
  const scaled = BigInt(number) << (32n * degree);
  let [low, high] = [0n, 1n << 40n];
  while (high - low > 1n) {
    const middle = (low + high) >> 1n;
    if (middle ** degree <= scaled) low = middle;
    else high = middle;
  }
  return Number(BigInt.asIntN(32, low));
}

function isPrime(number: number): boolean {
  for (let divisor = 2; divisor * divisor <= number; divisor++) {
    if (number % divisor === 0) return false;
  }
  return true;
}

/**
 * Content of this many bytes is hashed in 25 ms by the runtime: to have its midstates costs a request,
 * which takes as long.
 */
export const HASHED_AT_ONCE: number = 32 << 20;

/** Content whose hash can be gone on with. */
export interface Hashed {
  /** The content's length in bytes. */
  size: number;
  /** Its digest, in base64url. */
  sha256: string;
  /** In base64url. */
  midstate: string;
}

/** How many of a content's bytes its midstate stands for. */
export function wholeBlocks(size: number): number {
  return size - size % BLOCK;
}

/**
 * The hash of content whose last bytes, those behind its whole blocks, are `rest`, as it stands behind
 * these blocks; `undefined` if the midstate isn't this content's.
 */
export function goOnFrom({ size, sha256, midstate }: Hashed, rest: Uint8Array): Sha256 | undefined {
  if (rest.length !== size % BLOCK) return undefined;
  const from = () => Sha256.from(midstate, wholeBlocks(size));
  return from()?.update(rest).digest() === sha256 ? from() : undefined;
}

/** A running hash. */
export class Sha256 {
  readonly #state = START.slice();
  /** Bytes of a block that isn't whole yet. */
  readonly #rest = new Uint8Array(BLOCK);
  #length = 0;
  /** Bytes to come that are in the state already. */
  #known = 0;

  /** As it stands after `length` bytes, whole blocks; `undefined` if that is no midstate. */
  static from(midstate: string, length: number): Sha256 | undefined {
    const hash = new Sha256();
    const bytes = new Uint8Array(hash.#state.length * 4);
    try {
      const { written } = bytes.setFromBase64(midstate, { alphabet: "base64url" });
      if (written !== bytes.length || length % BLOCK !== 0) return undefined;
    } catch {
      return undefined;
    }
    const view = new DataView(bytes.buffer);
    for (let word = 0; word < hash.#state.length; word++) {
      hash.#state[word] = view.getInt32(word * 4);
    }
    hash.#length = length;
    return hash;
  }

  /** Lets the content come from its first byte on: what is in the state already is passed over. */
  fromTheStart(): this {
    this.#known = this.#length;
    return this;
  }

  /** Takes more content. */
  update(bytes: Uint8Array): this {
    if (this.#known > 0) {
      const passed = Math.min(this.#known, bytes.length);
      this.#known -= passed;
      bytes = bytes.subarray(passed);
    }
    const held = this.#length % BLOCK;
    this.#length += bytes.length;
    let at = 0;
    if (held > 0) {
      at = Math.min(BLOCK - held, bytes.length);
      this.#rest.set(bytes.subarray(0, at), held);
      if (held + at < BLOCK) return this;
      compress(this.#state, this.#rest, 0);
    }
    for (; at + BLOCK <= bytes.length; at += BLOCK) compress(this.#state, bytes, at);
    this.#rest.set(bytes.subarray(at));
    return this;
  }

  /** The digest of what came so far, in base64url. */
  digest(): string {
    const held = this.#length % BLOCK;
    const end = new Uint8Array(held + 1 + LENGTH_BYTES <= BLOCK ? BLOCK : 2 * BLOCK);
    end.set(this.#rest.subarray(0, held));
    end[held] = 0x80;
    const bits = BigInt(this.#length) * 8n;
    new DataView(end.buffer).setBigUint64(end.length - LENGTH_BYTES, bits);
    const state = this.#state.slice();
    for (let at = 0; at < end.length; at += BLOCK) compress(state, end, at);
    return textOf(state);
  }

  /** The state behind the last whole block, in base64url. */
  get midstate(): string {
    return textOf(this.#state);
  }
}

function textOf(state: Int32Array): string {
  const bytes = new Uint8Array(state.length * 4);
  const view = new DataView(bytes.buffer);
  for (const [word, value] of state.entries()) view.setInt32(word * 4, value);
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}

const schedule = new Int32Array(64);

/** Takes one block into a state. */
function compress(state: Int32Array, bytes: Uint8Array, at: number): void {
  const w = schedule;
  for (let i = 0; i < 16; i++, at += 4) {
    w[i] = bytes[at]! << 24 | bytes[at + 1]! << 16 | bytes[at + 2]! << 8 | bytes[at + 3]!;
  }
  for (let i = 16; i < 64; i++) {
    const [early, late] = [w[i - 15]!, w[i - 2]!];
    const s0 = rotated(early, 7) ^ rotated(early, 18) ^ early >>> 3;
    const s1 = rotated(late, 17) ^ rotated(late, 19) ^ late >>> 10;
    w[i] = w[i - 16]! + s0 + w[i - 7]! + s1 | 0;
  }
  let [a, b, c, d] = [state[0]!, state[1]!, state[2]!, state[3]!];
  let [e, f, g, h] = [state[4]!, state[5]!, state[6]!, state[7]!];
  for (let i = 0; i < 64; i++) {
    const s1 = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25);
    const t1 = h + s1 + (e & f ^ ~e & g) + K[i]! + w[i]! | 0;
    const s0 = rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22);
    const t2 = s0 + (a & b ^ a & c ^ b & c) | 0;
    h = g;
    g = f;
    f = e;
    e = d + t1 | 0;
    d = c;
    c = b;
    b = a;
    a = t1 + t2 | 0;
  }
  state[0] = state[0]! + a | 0;
  state[1] = state[1]! + b | 0;
  state[2] = state[2]! + c | 0;
  state[3] = state[3]! + d | 0;
  state[4] = state[4]! + e | 0;
  state[5] = state[5]! + f | 0;
  state[6] = state[6]! + g | 0;
  state[7] = state[7]! + h | 0;
}

/** Rotated to the right. */
function rotated(word: number, by: number): number {
  return word >>> by | word << 32 - by;
}
