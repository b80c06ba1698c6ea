/**
 * The two kinds of desk that a pool hands work to: one in a thread of its own, and one on this
 * thread, which works between the network's turns.
 *
 * @module
 */
import { setImmediate } from "node:timers";
import type { FromWorker, ToWorker } from "./extract_messages.ts";
import { isOwnBinary } from "../version.ts";
import { ExtractionDesk } from "./extraction_desk.ts";

/** A desk, wherever it is. Answers come in no promised order. */
export interface Lane extends Disposable {
  /** Whether it shares this thread: its batches should be short ones. */
  readonly here: boolean;
  send(message: ToWorker): void;
}

/** What a lane does with an answer, and when it dies. */
export interface LaneEnds {
  onAnswer: (message: FromWorker) => void;
  onDeath: (error: Error) => void;
}

/** A desk in a worker. */
export function workerLane({ onAnswer, onDeath }: LaneEnds): Lane {
  const worker = startWorker(new URL("./extract_worker.ts", import.meta.url));
  worker.onmessage = (event: MessageEvent<FromWorker>) => onAnswer(event.data);
  worker.onerror = (event) => {
    event.preventDefault();
    onDeath(new Error(`an extraction worker died: ${event.message}`));
  };
  return {
    here: false,
    send: (message) => worker.postMessage(message),
    [Symbol.dispose]: () => worker.terminate(),
  };
}

/**
 * What a worker needs: it reads the package and writes what it holds. Bytes from a hub that got the
 * better of it reach no network, no variable and nothing of the machine.
 */
export const WORKER_PERMISSIONS: Deno.PermissionOptionsObject = {
  read: "inherit",
  write: "inherit",
  net: false,
  env: false,
  sys: false,
  run: false,
  ffi: false,
};

/**
 * Starts a worker, in the binary with few permissions. A program that uses the library may run without
 * `--unstable-worker-options`, where asking for fewer would end the process.
 */
function startWorker(url: URL): Worker {
  const few = isOwnBinary() ? { deno: { permissions: WORKER_PERMISSIONS } } : {};
  return new Worker(url, { type: "module", ...few });
}

/** A desk on this thread. */
export function localLane({ onAnswer, onDeath }: LaneEnds): Lane {
  const desk = new ExtractionDesk();
  let closed = false;
  const work = async (message: ToWorker): Promise<void> => {
    if (closed) return;
    try {
      const answer = await desk.handle(message);
      if (answer !== undefined && !closed) onAnswer(answer);
    } catch (error) {
      onDeath(error instanceof Error ? error : new Error(String(error)));
    }
  };
  return {
    here: true,
    // Work waits for its turn, so that what has arrived meanwhile is read first.
    send: (message) => {
      const isWork = message.kind === "extract" || message.kind === "check";
      if (isWork) setImmediate(() => work(message));
      else work(message);
    },
    [Symbol.dispose]: () => {
      closed = true;
      desk[Symbol.dispose]();
    },
  };
}
