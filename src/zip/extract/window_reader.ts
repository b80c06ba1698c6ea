/**
 * Reads a file by absolute offset through one buffer, so that small neighbouring entries share a read.
 *
 * Guarantees: a returned array is valid until the next call. Synchronous, for workers.
 *
 * @module
 */
import { ArchiveError } from "../../errors.ts";
import { readFully } from "../../fs/whole_io.ts";
import { ZIP } from "../../messages/zip.ts";

/** A file and the window of it that is in memory. */
export class WindowReader {
  readonly #file: Deno.FsFile;
  readonly #buffer: Uint8Array;
  #start = 0;
  #end = 0;

  /** Reads through a new buffer of this size in bytes, or through the caller's own. */
  constructor(file: Deno.FsFile, buffer: number | Uint8Array) {
    this.#file = file;
    this.#buffer = typeof buffer === "number" ? new Uint8Array(buffer) : buffer;
  }

  /** Whether the byte at `offset` is in memory. */
  holds(offset: number): boolean {
    return offset >= this.#start && offset < this.#end;
  }

  /**
   * Bytes from `offset`: at least one, at most `length`, fewer where the buffer or `limit` (up to
   * which the file's bytes are known to be there) ends. Reads ahead up to `limit`.
   */
  some(offset: number, length: number, limit: number): Uint8Array {
    if (!this.holds(offset)) this.#fill(offset, limit);
    const from = offset - this.#start;
    return this.#buffer.subarray(from, Math.min(from + length, this.#end - this.#start));
  }

  /** Exactly `length` bytes from `offset`, where the buffer holds that many; `limit` as above. */
  exactly(offset: number, length: number, limit: number): Uint8Array {
    if (offset < this.#start || offset + length > this.#end) this.#fill(offset, limit);
    const from = offset - this.#start;
    if (from + length > this.#end - this.#start) {
      throw new ArchiveError("bad_local_header", ZIP.ends_inside(), {
        expected: `${length} bytes`,
        found: `${this.#end - offset} bytes`,
        offset,
      });
    }
    return this.#buffer.subarray(from, from + length);
  }

  /** Discards the buffer, because the file has changed. */
  forget(): void {
    this.#start = this.#end = 0;
  }

  #fill(offset: number, limit: number): void {
    const wanted = Math.min(this.#buffer.length, limit - offset);
    const { length } = readFully(this.#file, offset, this.#buffer.subarray(0, wanted));
    this.#start = offset;
    this.#end = offset + length;
    if (length > 0) return;
    throw new ArchiveError("bad_local_header", ZIP.ends_before({ offset }), {
      offset,
    });
  }
}
