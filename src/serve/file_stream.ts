/**
 * Streams parts of an open file to a client.
 *
 * Guarantees: one piece of it in memory; the file is closed when all is sent, when the client goes,
 * and when it takes less than the least speed for a while.
 *
 * @module
 */
import type { Range } from "../types.ts";

/** What is sent: bytes of the file, or a text between them. */
export type BodyPiece = Range | Uint8Array;

/** How a stream is sent. */
export interface StreamOptions {
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
  file: Deno.FsFile,
  pieces: readonly BodyPiece[],
  options: StreamOptions,
): ReadableStream<Uint8Array> {
  return new ReadableStream(new FileSource(file, pieces, options), { highWaterMark: 0 });
}

class FileSource implements UnderlyingDefaultSource<Uint8Array> {
  readonly #file: Deno.FsFile;
  readonly #left: BodyPiece[];
  readonly #options: StreamOptions;
  #sent = 0;
  /** Where the file stands. */
  #at = -1;
  #buffer = new Uint8Array(0);
  #watch: ReturnType<typeof setInterval> | undefined;
  #onAbort = (): void => {};
  #ended = false;

  constructor(file: Deno.FsFile, pieces: readonly BodyPiece[], options: StreamOptions) {
    this.#file = file;
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

  async pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    try {
      const chunk = await this.#next();
      if (this.#ended) return;
      if (chunk === undefined) {
        this.#end();
        return controller.close();
      }
      this.#sent += chunk.length;
      controller.enqueue(chunk);
      // Not at the next pull: the client has all that it asked for, and nobody may pull again.
      if (this.#left.length > 0) return;
      this.#end();
      controller.close();
    } catch (error) {
      if (this.#ended) return;
      this.#end();
      controller.error(error);
    }
  }

  cancel(): void {
    this.#end();
  }

  /** The next bytes; `undefined` at the end. Throws where the file is shorter than it was. */
  async #next(): Promise<Uint8Array | undefined> {
    const [next] = this.#left;
    if (next === undefined || next instanceof Uint8Array) {
      this.#left.shift();
      return next;
    }
    const length = Math.min(this.#options.pieceSize(this.#sent), next.end - next.start);
    if (this.#at !== next.start) await this.#file.seek(next.start, Deno.SeekMode.Start);
    // The piece before is the runtime's by now. Letting go of it here spares the collector: without
    // this a third of the time went there, and pieces that were sent took twice the memory.
    this.#buffer.buffer.transfer(0);
    this.#buffer = new Uint8Array(length);
    const count = await this.#file.read(this.#buffer);
    if (count === null) throw new Error("the file was cut short");
    this.#at = next.start + count;
    if (this.#at === next.end) this.#left.shift();
    else this.#left[0] = { start: this.#at, end: next.end };
    return this.#buffer.subarray(0, count);
  }

  #end(isSlow = false): void {
    if (this.#ended) return;
    this.#ended = true;
    clearInterval(this.#watch);
    this.#options.signal.removeEventListener("abort", this.#onAbort);
    this.#file.close();
    this.#options.onEnd(this.#sent, isSlow);
  }
}
