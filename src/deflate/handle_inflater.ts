/**
 * Inflates through the runtime's own zlib handle, into one reused buffer.
 *
 * @module
 */
import { createInflateRaw } from "node:zlib";
import { type Boundary, damaged, type Inflated, type Inflater, tooLong } from "./inflater.ts";
import { handleOf, type OpenHandle, Z_FINISH } from "./zlib_handle.ts";

/** zlib's flush values: as far as possible, up to the end of a block. */
const Z_NO_FLUSH = 0;
const Z_BLOCK = 5;

/**
 * How far before a stream's end inflating starts to stop at block boundaries, in bytes: two zlib
 * blocks take 60 KB at most. A stop costs 20 µs; stopping at every block took a tenth of the time.
 */
const NEAR_END = 80 << 10;

const NOTHING = new Uint8Array(1);

function openHandle(onError: (message: string) => void): OpenHandle | undefined {
  return handleOf(createInflateRaw(), onError);
}

/** `abc`, as one final block with fixed codes. */
const PROBE = new Uint8Array([0x4b, 0x4c, 0x4a, 0x06, 0x00]);

/** Whether the runtime's zlib handle exists and behaves as expected. */
export function handleWorks(): boolean {
  try {
    const open = openHandle(() => {});
    if (open === undefined) return false;
    const output = new Uint8Array(8);
    open.handle.writeSync(Z_BLOCK, PROBE, 0, PROBE.length, output, 0, output.length);
    const works = open.left[0] === 5 && open.left[1] === 0 && output[0] === 97 && output[2] === 99;
    open.handle.close();
    return works;
  } catch {
    return false;
  }
}

/** Inflates through the handle; use only if {@linkcode handleWorks}. */
export class HandleInflater implements Inflater {
  readonly #output: Uint8Array;
  #open: OpenHandle | undefined;
  #failure: string | undefined;
  #write: (chunk: Uint8Array) => void = () => {};
  #limit = 0;
  #length = 0;
  #stopFrom = 0;
  #filled = 0;
  #flushed = 0;
  #consumed = 0;
  /** `checked` where zlib has also said that the last block was marked as such. */
  #ended: boolean | "checked" = false;
  #boundaries: Boundary[] = [];

  constructor(bufferSize: number) {
    this.#output = new Uint8Array(bufferSize);
  }

  start(limit: number, write: (chunk: Uint8Array) => void, length = 0): void {
    this.#failure = undefined;
    this.#length = length;
    this.#stopFrom = length - NEAR_END;
    if (this.#open === undefined) {
      this.#open = openHandle((message) => this.#failure = message);
    } else {
      this.#open.handle.reset();
    }
    this.#write = write;
    this.#limit = limit;
    this.#filled = this.#flushed = this.#consumed = 0;
    this.#ended = false;
    // In a short stream every block is noted, including the first.
    this.#boundaries = length > 0 && length <= NEAR_END ? [{ consumed: 0, out: 0 }] : [];
  }

  push(input: Uint8Array): void {
    if (this.#isOneBlock(input)) return this.#pushOneBlock(input);
    const { handle, left } = this.#open!;
    const output = this.#output;
    let at = 0;
    while (!this.#ended) {
      const room = output.length - this.#filled;
      const far = this.#stopFrom - this.#consumed;
      const given = far > 0 ? Math.min(far, input.length - at) : input.length - at;
      const flush = far > 0 ? Z_NO_FLUSH : Z_BLOCK;
      handle.writeSync(flush, input, at, given, output, this.#filled, room);
      this.#throwFailure();
      const took = given - (left[1] ?? 0);
      const made = room - (left[0] ?? 0);
      at += took;
      this.#consumed += took;
      this.#filled += made;
      if (this.#flushed + this.#filled > this.#limit) throw tooLong(this.#limit);
      if (this.#filled === output.length) {
        this.#flush();
      } else if (at === input.length) {
        return;
      } else if (took === 0 && made === 0) {
        this.#ended = true; // the rest of the input isn't part of the stream
      } else if (far <= 0) {
        this.#note(); // stopped with room and input left: a block ended here
      }
    }
  }

  finish(): Inflated {
    this.#flush();
    if (this.#ended === "checked") return this.#result();
    // zlib reports only here that no block was marked as the last.
    this.#open!.handle.writeSync(Z_FINISH, NOTHING, 0, 0, this.#output, 0, 1);
    this.#throwFailure();
    return this.#result();
  }

  /** Whether it is a whole stream whose first block is the last, and whose content fits in the buffer. */
  #isOneBlock(input: Uint8Array): boolean {
    return input.length === this.#length && this.#consumed === 0 && (input[0]! & 1) === 1 &&
      this.#limit < this.#output.length;
  }

  /** In one call instead of three: there is no boundary at which to stop. */
  #pushOneBlock(input: Uint8Array): void {
    const { handle, left } = this.#open!;
    const output = this.#output;
    handle.writeSync(Z_FINISH, input, 0, input.length, output, 0, output.length);
    this.#throwFailure();
    this.#consumed = input.length - (left[1] ?? 0);
    this.#filled = output.length - (left[0] ?? 0);
    if (this.#filled > this.#limit) throw tooLong(this.#limit);
    this.#ended = "checked";
  }

  #result(): Inflated {
    const produced = this.#flushed;
    // A boundary at the very end is the end of the last block, not the start of one.
    const boundaries = this.#boundaries.filter(({ out }) => out < produced).slice(0, 2);
    return { consumed: this.#consumed, produced, boundaries };
  }

  #note(): void {
    const boundary = { consumed: this.#consumed, out: this.#flushed + this.#filled };
    this.#boundaries = [boundary, ...this.#boundaries.slice(0, 2)];
  }

  #flush(): void {
    if (this.#filled === 0) return;
    this.#write(this.#output.subarray(0, this.#filled));
    this.#flushed += this.#filled;
    this.#filled = 0;
  }

  #throwFailure(): void {
    if (this.#failure === undefined) return;
    this.#open?.handle.close();
    this.#open = undefined; // after an error the handle stays broken
    throw damaged(this.#failure);
  }
}
