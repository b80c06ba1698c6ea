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
export type Piece = Range | Uint8Array;

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
  /** Told when it has ended: with the bytes that were handed over, and whether the client is too slow. */
  onEnd: (sent: number, isSlow: boolean) => void;
}

/** Streams the pieces in their order. */
export function streamPieces(
  file: Deno.FsFile,
  pieces: readonly Piece[],
  options: StreamOptions,
): ReadableStream<Uint8Array> {
  const left = [...pieces];
  let sent = 0;
  let counted = 0;
  let ended = false;
  let at = -1;
  let buffer = new Uint8Array(0);
  let watch: ReturnType<typeof setInterval> | undefined;
  const end = (isSlow = false): void => {
    if (ended) return;
    ended = true;
    clearInterval(watch);
    options.signal.removeEventListener("abort", onAbort);
    file.close();
    options.onEnd(sent, isSlow);
  };
  let onAbort = (): void => {};
  return new ReadableStream<Uint8Array>({
    start(controller) {
      const fail = (reason: Error, isSlow = false): void => {
        if (ended) return;
        end(isSlow);
        controller.error(reason);
      };
      onAbort = () => fail(new Error("the server stops"));
      options.signal.addEventListener("abort", onAbort);
      if (options.signal.aborted) return onAbort();
      const least = options.leastSpeed * options.patienceMs / 1000;
      watch = setInterval(() => {
        if (sent - counted < least) fail(new Error("the client is too slow"), true);
        counted = sent;
      }, options.patienceMs);
      Deno.unrefTimer(watch as unknown as number);
    },
    async pull(controller) {
      try {
        const next = left[0];
        if (next === undefined) {
          end();
          controller.close();
          return;
        }
        if (next instanceof Uint8Array) {
          left.shift();
          sent += next.length;
          controller.enqueue(next);
          return;
        }
        const length = Math.min(options.pieceSize(sent), next.end - next.start);
        if (at !== next.start) await file.seek(next.start, Deno.SeekMode.Start);
        // The piece before is the runtime's by now. Letting go of it here spares the collector: without
        // this a third of the time went there, and pieces that were sent took twice the memory.
        buffer.buffer.transfer(0);
        buffer = new Uint8Array(length);
        const count = await file.read(buffer);
        if (ended) return;
        if (count === null) throw new Error("the file was cut short");
        at = next.start + count;
        if (at === next.end) left.shift();
        else left[0] = { start: at, end: next.end };
        sent += count;
        controller.enqueue(buffer.subarray(0, count));
      } catch (error) {
        if (ended) return;
        end();
        controller.error(error);
      }
    },
    cancel: () => end(),
  }, { highWaterMark: 0 });
}
