/**
 * Deflates contents into a given buffer.
 *
 * `deflateRawSync` makes a stream and an output for each content, which an isolate without pressure
 * keeps: 60 MB more at 5,600 files. Here one handle of the runtime's zlib is used again and again, as
 * in `handle_inflater.ts`; where it doesn't behave, the public call does the same work.
 *
 * Guarantees: the bytes are those of `deflateRawSync` at the same level, given room for all of them.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { createDeflateRaw, deflateRawSync } from "node:zlib";
import type { Appendable } from "./appendable.ts";
import { handleOf, type OpenHandle, Z_FINISH } from "./zlib_handle.ts";

/**
 * No stream is longer: level 1 takes nine bits for some bytes, the others store what they can't
 * compress. zlib makes other bytes where it has to wait for room, so there is always enough.
 */
export const longestOf = (size: number): number => size + (size >> 3) + 64;

/** Deflates at one level. */
export class Deflater {
  readonly #level: number;
  readonly #open: OpenHandle | undefined;
  #failure: string | undefined;

  /** With `handle: false` only the public call is used. */
  constructor(level: number, options: { handle?: boolean } = {}) {
    this.#level = level;
    if (options.handle ?? true) this.#open = this.#openHandle();
  }

  /** Appends the stream of a content. */
  deflate(content: Uint8Array, to: Appendable): void {
    if (this.#open === undefined) {
      const chunkSize = longestOf(content.length);
      return to.append(deflateRawSync(content, { level: this.#level, chunkSize }));
    }
    const { handle, left } = this.#open;
    handle.reset();
    for (let at = 0;;) {
      to.reserve(longestOf(content.length - at));
      const room = to.buffer.length - to.length;
      const given = content.length - at;
      handle.writeSync(Z_FINISH, content, at, given, to.buffer, to.length, room);
      if (this.#failure !== undefined) throw new Error(`zlib: ${this.#failure}`);
      to.length += room - (left[0] ?? 0);
      at += given - (left[1] ?? 0);
      if (left[0] !== 0) return;
    }
  }

  /** The handle, if it is there and makes what the public call makes. */
  #openHandle(): OpenHandle | undefined {
    try {
      const stream = createDeflateRaw({ level: this.#level });
      const open = handleOf(stream, (message) => this.#failure = message);
      if (open === undefined) return undefined;
      const { handle, left } = open;
      const probe = Buffer.from("abcabcabcabc".repeat(20));
      const output = new Uint8Array(512);
      handle.writeSync(Z_FINISH, probe, 0, probe.length, output, 0, output.length);
      const made = output.subarray(0, output.length - left[0]!);
      const expected = deflateRawSync(probe, { level: this.#level });
      return Buffer.compare(made, expected) === 0 ? open : undefined;
    } catch {
      return undefined;
    }
  }
}
