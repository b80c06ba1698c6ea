/**
 * Compares two contents that are too big for memory.
 *
 * Guarantees: the piece makes the new content out of the old one. Bounded memory. A row that was put
 * into the middle isn't looked for: all that follows it counts as new.
 *
 * @module
 */
import { writeFully } from "../../fs/whole_io.ts";
import { commonStart } from "../../patch/difference.ts";
import type { Piece } from "../../patch/recipe.ts";

/** Writes to `data` what follows the old content's part; ends early with more than `most` bytes of it. */
export async function compareStreams(
  old: AsyncGenerator<Uint8Array> | undefined,
  now: AsyncGenerator<Uint8Array>,
  { data, most }: { data: Deno.FsFile; most: number },
): Promise<Piece> {
  const before = old && new ChunkReader(old);
  let same = 0;
  let insert = 0;
  try {
    let differs = before === undefined;
    for await (const chunk of now) {
      let common = 0;
      while (!differs && common < chunk.length) {
        const beside = await before!.next(chunk.length - common);
        const length = commonStart(beside, chunk.subarray(common));
        common += length;
        differs = beside.length === 0 || length < beside.length;
      }
      same += common;
      insert += chunk.length - common;
      writeFully(data, chunk.subarray(common));
      if (insert > most) break;
    }
  } finally {
    await before?.close();
  }
  return { from: 0, length: same, insert };
}

/** A stream of chunks, read in pieces of the caller's sizes. */
class ChunkReader {
  readonly #chunks: AsyncGenerator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array();

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

  async close(): Promise<void> {
    await this.#chunks.return(undefined);
  }
}
