/**
 * Reads a stream of chunks in pieces of another size, so that two streams can be compared.
 *
 * @module
 */

/** A stream of chunks, read in pieces of the caller's sizes. */
export class ChunkReader {
  readonly #chunks: AsyncGenerator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array();

  /** Reads these. */
  constructor(chunks: AsyncGenerator<Uint8Array>) {
    this.#chunks = chunks;
  }

  /** At most `most` bytes; none at the end. */
  async next(most: number): Promise<Uint8Array> {
    if (this.#rest.length === 0) {
      const { value, done } = await this.#chunks.next();
      if (done) return new Uint8Array();
      this.#rest = value;
    }
    const piece = this.#rest.subarray(0, most);
    this.#rest = this.#rest.subarray(piece.length);
    return piece;
  }

  /** Ends the stream. */
  async close(): Promise<void> {
    await this.#chunks.return(undefined);
  }
}
