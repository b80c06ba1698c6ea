/**
 * Streams parts of an open file to a client.
 *
 * Guarantees: one piece is in memory; the file is closed when all is sent, when the client goes away,
 * and when it stays below the least speed for a while. If the file is written to meanwhile, the
 * connection ends before the last piece, so no client mistakes a mixture for the file.
 *
 * @module
 */
import type { Range } from "../types.ts";
import type { PieceReader } from "./shared_pieces.ts";

/** A piece of a body: bytes of the file, or a text between them. */
export type BodyPiece = Range | Uint8Array;

/** Options for a stream. */
interface StreamOptions {
  /** The size of the next piece, given the bytes sent so far. */
  pieceSize: (sent: number) => number;
  /** Bytes per second that a client must take, over {@linkcode StreamOptions.patienceMs}. */
  leastSpeed: number;
  /** How long a client may be slower, in ms. */
  patienceMs: number;
  /** Ends the stream early. */
  signal: AbortSignal;
  /** Settles when the answer is sent or its connection has ended; nothing may be pulled after that. */
  over: Promise<void>;
  /** Called at the end, with the bytes handed over and whether the client is too slow. */
  onEnd: (sent: number, isSlow: boolean) => void;
}

/** Streams the pieces in order. */
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
    // Not at the next pull: the client has all that it asked for, so there may be none.
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
    // All clients' pieces end at the same offsets, so that they can be shared.
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
