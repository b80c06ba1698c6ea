/**
 * SHA-256 (FIPS 180-4) that can be resumed from an earlier state. The runtime's own is several times as
 * fast but doesn't expose its state: this one is for the few new bytes at the end of content whose
 * beginning was hashed before. The work is done in WebAssembly (`sha256.as`).
 *
 * The state after the last whole block of 64 bytes is called the content's midstate. The midstate and
 * the bytes after that block give the content's digest, and that of anything appended to it.
 *
 * Guarantees: a digest is that of `createHash("sha256")`. Reading it changes nothing, so more content
 * may follow.
 *
 * @module
 */
import { SHA256_WASM } from "./sha256_wasm.ts";

/** Bytes that are hashed together. */
const BLOCK = 64;
const STATE_BYTES = 32;
/** Of a state in base64url. */
const CHARACTERS = 43;
/** The state before any content. */
const START = Uint8Array.fromHex(
  "6a09e667bb67ae853c6ef372a54ff53a510e527f9b05688c1f83d9ab5be0cd19",
);

/**
 * The runtime hashes this many bytes in 25 ms, as long as it takes to fetch a list of midstates: below
 * that, fetching one doesn't pay.
 */
export const HASHED_AT_ONCE: number = 32 << 20;

/** Content whose hash can be resumed. */
export interface Hashed {
  /** The content's length in bytes. */
  size: number;
  /** Its digest, in base64url. */
  sha256: string;
  /** In base64url. */
  midstate: string;
}

/** How many of a content's bytes its midstate covers. */
export function wholeBlocks(size: number): number {
  return size - size % BLOCK;
}

/**
 * A hash resumed from this content, for new content that begins with its whole blocks; the new content
 * is still to be passed from its first byte. `rest` is the old content after those blocks. Returns
 * `undefined` if the midstate isn't this content's.
 */
export function resumeFrom(
  { size, sha256, midstate }: Hashed,
  rest: Uint8Array,
): Sha256 | undefined {
  if (rest.length !== size % BLOCK) return undefined;
  const hash = Sha256.from(midstate, wholeBlocks(size))?.update(rest);
  return hash?.digest() === sha256 ? hash.fromTheStart() : undefined;
}

/** What `sha256.as` exports. */
interface Exports extends WebAssembly.Exports {
  memory: WebAssembly.Memory;
  stateAt(): number;
  contentAt(): number;
  room(): number;
  /** Hashes the content's whole blocks; returns how many bytes they were. */
  compress(length: number): number;
  /** Turns the state into the digest; `rest` is how many of the `total` bytes are still to be hashed. */
  finish(rest: number, total: number): void;
}

/** The WebAssembly and its memory, which all hashes of a thread share. */
class Compressor {
  readonly state: Uint8Array;
  readonly content: Uint8Array;
  readonly compress: Exports["compress"];
  readonly finish: Exports["finish"];

  constructor() {
    const module = new WebAssembly.Module(Uint8Array.fromBase64(SHA256_WASM));
    const exports = new WebAssembly.Instance(module).exports as Exports;
    const { buffer } = exports.memory;
    this.state = new Uint8Array(buffer, exports.stateAt(), STATE_BYTES);
    this.content = new Uint8Array(buffer, exports.contentAt(), exports.room());
    this.compress = exports.compress;
    this.finish = exports.finish;
  }
}

let compressor: Compressor | undefined;

/** A running hash. */
export class Sha256 {
  readonly #state = START.slice();
  /** Bytes of a block that isn't whole yet. */
  readonly #rest = new Uint8Array(BLOCK);
  #length = 0;
  /** How many of the bytes to come are in the state already. */
  #known = 0;

  /** The hash after `length` bytes, a multiple of the block; `undefined` if that is no midstate. */
  static from(midstate: string, length: number): Sha256 | undefined {
    if (midstate.length !== CHARACTERS || length % BLOCK !== 0) return undefined;
    const hash = new Sha256();
    try {
      hash.#state.setFromBase64(midstate, { alphabet: "base64url" });
    } catch {
      return undefined;
    }
    hash.#length = length;
    return hash;
  }

  /** Expects the content from its first byte: bytes that are in the state already are skipped. */
  fromTheStart(): this {
    this.#known = this.#length -= this.#length % BLOCK;
    return this;
  }

  /** Hashes more content. */
  update(bytes: Uint8Array): this {
    const known = Math.min(this.#known, bytes.length);
    this.#known -= known;
    let held = this.#length % BLOCK;
    this.#length += bytes.length - known;
    if (held + bytes.length - known < BLOCK) {
      this.#rest.set(known === 0 ? bytes : bytes.subarray(known), held);
      return this;
    }
    const { state, content, compress } = compressor ??= new Compressor();
    state.set(this.#state);
    content.set(this.#rest.subarray(0, held));
    for (let at = known; at < bytes.length;) {
      const piece = bytes.subarray(at, at + content.length - held);
      content.set(piece, held);
      at += piece.length;
      const whole = compress(held + piece.length);
      held += piece.length - whole;
      content.copyWithin(0, whole, whole + held);
    }
    this.#rest.set(content.subarray(0, held));
    this.#state.set(state);
    return this;
  }

  /** The digest of the content so far, in base64url. */
  digest(): string {
    const { state, content, finish } = compressor ??= new Compressor();
    const held = this.#length % BLOCK;
    state.set(this.#state);
    content.set(this.#rest.subarray(0, held));
    finish(held, this.#length);
    return state.toBase64({ alphabet: "base64url", omitPadding: true });
  }

  /** The state after the last whole block, in base64url. */
  get midstate(): string {
    return this.#state.toBase64({ alphabet: "base64url", omitPadding: true });
  }
}
