/**
 * Streams parts of an open file to a client.
 *
 * Guarantees: one piece of it in memory; the file is closed when all is sent, when the client goes,
 * and when it takes less than the least speed for a while. A file that was written to meanwhile ends
 * the connection before its last piece, so nobody takes a mixture for the whole.
 *
 * @module
 */
import type { Range } from "../types.ts";
import type { PieceReader } from "./shared_pieces.ts";

/** What is sent: bytes of the file, or a text between them. */
export type BodyPiece = Range | Uint8Array;

/** How a stream is sent. */
interface StreamOptions {
  /** Bytes of the next piece, by those that were sent. */
  pieceSize: (sent: number) => number;
  /** Bytes per second that a client must take, over {@linkcode StreamOptions.patienceMs}. */
  leastSpeed: number;
  /** How long a client may be slower, in ms. */
  patienceMs: number;
  /** Ends it early. */
  signal: AbortSignal;
  /** Settles when the answer was sent or its connection has ended: then nobody may ask for the rest. */
  over: Promise<void>;
  /** Told when it has ended: with the bytes that were handed over, and whether the client is too slow. */
  onEnd: (sent: number, isSlow: boolean) => void;
}

/** Streams the pieces in their order. */
export function streamPieces(
  reader: PieceReader,
  pieces: readonly BodyPiece[],
  options: StreamOptions,
): ReadableStream<Uint8Array> {
  return new ReadableStream(new FileSource(reader, pieces, options), { highWaterMark: 0 });
}

class FileSource implements UnderlyingDefaultSource<Uint8Array> {
  readonly #reader: PieceReader;
  readonly #left: BodyPiece[];
  readonly #options: StreamOptions;
  #sent = 0;
  #watch: ReturnType<typeof setInterval> | undefined;
  #onAbort = (): void => {};
  #ended = false;

  constructor(reader: PieceReader, pieces: readonly BodyPiece[], options: StreamOptions) {
    this.#reader = reader;
    this.#left = [...pieces];
    this.#options = options;
  }

  start(controller: ReadableStreamDefaultController<Uint8Array>): void {
    const { signal, leastSpeed, patienceMs } = this.#options;
    const fail = (reason: Error, isSlow = false): void => {
      if (this.#ended) return;
      this.#end(isSlow);
      controller.error(reason);
    };
    this.#onAbort = () => fail(new Error("the server stops"));
    this.#options.over.catch(() => {}).finally(() => fail(new Error("the connection has ended")));
    signal.addEventListener("abort", this.#onAbort);
    if (signal.aborted) return this.#onAbort();
    let counted = 0;
    this.#watch = setInterval(() => {
      if (this.#sent - counted < leastSpeed * patienceMs / 1000) {
        fail(new Error("the client is too slow"), true);
      }
      counted = this.#sent;
    }, patienceMs);
    Deno.unrefTimer(this.#watch as unknown as number);
  }

  pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> | undefined {
    const next = this.#next();
    if (!(next instanceof Promise)) {
      this.#send(next, controller);
      return undefined;
    }
    return next.then((chunk) => this.#send(chunk, controller)).catch((error) => {
      if (this.#ended) return;
      this.#end();
      controller.error(error);
    });
  }

  cancel(): void {
    this.#end();
  }

  #send(
    chunk: Uint8Array | undefined,
    controller: ReadableStreamDefaultController<Uint8Array>,
  ): void {
    if (this.#ended) return;
    if (chunk !== undefined) {
      this.#sent += chunk.length;
      controller.enqueue(chunk);
    }
    // Not at the next pull: the client has all that it asked for, and nobody may pull again.
    if (this.#left.length > 0) return;
    this.#end();
    controller.close();
  }

  /** The next bytes; `undefined` where there are none. Throws where the file isn't what it was. */
  #next(): Uint8Array | Promise<Uint8Array> | undefined {
    const [next] = this.#left;
    if (next === undefined || next instanceof Uint8Array) {
      this.#left.shift();
      return next;
    }
    const { start } = next;
    const size = this.#options.pieceSize(this.#sent);
    // Everybody's pieces end at the same places, so that they can be shared.
    const end = Math.min(start - start % size + size, next.end);
    if (end === next.end) this.#left.shift();
    else this.#left[0] = { start: end, end: next.end };
    const piece = this.#reader.read({ start, end });
    return this.#left.some((one) => !(one instanceof Uint8Array)) ? piece : this.#checked(piece);
  }

  async #checked(piece: Uint8Array | Promise<Uint8Array>): Promise<Uint8Array> {
    const bytes = await piece;
    await this.#reader.check();
    return bytes;
  }

  #end(isSlow = false): void {
    if (this.#ended) return;
    this.#ended = true;
    clearInterval(this.#watch);
    this.#options.signal.removeEventListener("abort", this.#onAbort);
    this.#reader.close();
    this.#options.onEnd(this.#sent, isSlow);
  }
}
