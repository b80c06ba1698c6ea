/**
 * SHA-256 (FIPS 180-4) that can be gone on with from where an earlier hash stood. The runtime's own is
 * several times as fast, but doesn't hand out its state: this one is for the few new bytes at the end
 * of content whose beginning was hashed before. The work is done in WebAssembly (`sha256.as`).
 *
 * The state after the last whole block of 64 bytes is called the content's midstate. Whoever has it,
 * and the bytes behind that block, gets the content's digest, and that of anything appended to it.
 *
 * Guarantees: a digest is that of `createHash("sha256")`. Asking for it changes nothing, so that more
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
 * The hash of what begins with this content's whole blocks; it is to come from its first byte on.
 * `rest` are the content's bytes behind these blocks; `undefined` if the midstate isn't this content's.
 */
export function goOnFrom({ size, sha256, midstate }: Hashed, rest: Uint8Array): Sha256 | undefined {
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
  /** Takes whole blocks into the state; answers how many bytes of the content that were. */
  compress(length: number): number;
  /** Makes the state the digest; `rest` bytes of the content are left of `total`. */
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
  /** Bytes to come that are in the state already. */
  #known = 0;

  /** As it stands after `length` bytes, whole blocks; `undefined` if that is no midstate. */
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

  /** Lets the content come from its first byte on: what is in the state already is passed over. */
  fromTheStart(): this {
    this.#known = this.#length -= this.#length % BLOCK;
    return this;
  }

  /** Takes more content. */
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

  /** The digest of what came so far, in base64url. */
  digest(): string {
    const { state, content, finish } = compressor ??= new Compressor();
    const held = this.#length % BLOCK;
    state.set(this.#state);
    content.set(this.#rest.subarray(0, held));
    finish(held, this.#length);
    return state.toBase64({ alphabet: "base64url", omitPadding: true });
  }

  /** The state behind the last whole block, in base64url. */
  get midstate(): string {
    return this.#state.toBase64({ alphabet: "base64url", omitPadding: true });
  }
}
