/**
 * Inflates through the runtime's public call, for where the handle doesn't behave.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { inflateRawSync } from "node:zlib";
import { ArchiveError } from "../errors.ts";
import { damaged, type Inflated, type Inflater, tooLong } from "./inflater.ts";

/** Keeps the whole stream in memory, and notes no boundaries. */
export class PublicInflater implements Inflater {
  #parts: Uint8Array[] = [];
  #limit = 0;
  #write: (chunk: Uint8Array) => void = () => {};

  start(limit: number, write: (chunk: Uint8Array) => void): void {
    this.#parts = [];
    this.#limit = limit;
    this.#write = write;
  }

  push(input: Uint8Array): void {
    this.#parts.push(input.slice());
  }

  finish(): Inflated {
    const input = Buffer.concat(this.#parts);
    this.#parts = [];
    try {
      const chunkSize = Math.max(64, Math.min(this.#limit + 1, 1 << 26));
      const maxOutputLength = this.#limit + 1;
      // `info` adds the engine, which knows how much of the input belonged to the stream.
      const { buffer, engine } = inflateRawSync(input, {
        chunkSize,
        maxOutputLength,
        info: true,
      }) as unknown as { buffer: Uint8Array; engine: { bytesWritten: number } };
      if (buffer.length > this.#limit) throw tooLong(this.#limit);
      this.#write(buffer);
      return { consumed: engine.bytesWritten, produced: buffer.length, boundaries: [] };
    } catch (error) {
      if (error instanceof ArchiveError) throw error;
      if ((error as { code?: string }).code === "ERR_BUFFER_TOO_LARGE") throw tooLong(this.#limit);
      throw damaged(error instanceof Error ? error.message : String(error), error);
    }
  }
}
