/**
 * The two kinds of executors in a pool: one in its own thread, and one on this thread that works in
 * between network events.
 *
 * @module
 */
import { StoreError } from "../../errors.ts";
import { errnoOf } from "../../fs/disk_error.ts";
import { FILES_OF_A_THREAD, requireOpenFiles } from "../../fs/open_files.ts";
import { DISK } from "../../messages/disk.ts";
import { Turns } from "../../turns.ts";
import type { FromWorker, ToWorker } from "./extract_messages.ts";
import { isOwnBinary } from "../../version.ts";

/** An executor, wherever it runs. Answers may come in any order. */
export interface Lane extends Disposable {
  /** Whether it shares this thread: keep its batches short. */
  readonly here: boolean;
  send(message: ToWorker): void;
}

/** Callbacks for a lane's answers and its death. */
export interface LaneEnds {
  onAnswer: (message: FromWorker) => void;
  onDeath: (error: Error) => void;
}

/** An executor in a worker. */
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
 * The permissions that a worker needs to read the package and write its content. If a hub's bytes
 * exploit it, they reach no network, no environment variable and nothing else on the machine.
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
 * Starts a worker, in the binary with few permissions. A program that uses the library may run
 * without `--unstable-worker-options`; restricting permissions would then end the process, and so
 * would a limit on open files. Throws StoreError at that limit, and at one on threads.
 */
export function startWorker(url: URL): Worker {
  requireOpenFiles(FILES_OF_A_THREAD);
  const few = isOwnBinary() ? { deno: { permissions: WORKER_PERMISSIONS } } : {};
  try {
    return new Worker(url, { type: "module", ...few });
  } catch (cause) {
    if (errnoOf(cause) !== "EAGAIN") throw cause;
    throw new StoreError("io", DISK.cant_start_thread(), { hint: DISK.raise_processes(), cause });
  }
}

/** An executor on this thread. */
export function localLane({ onAnswer, onDeath }: LaneEnds): Lane {
  // Loaded here: a run with nothing to do needs no decoder. All messages wait for it, in their order.
  const loading = import("./extraction_executor.ts")
    .then(({ ExtractionExecutor }) => new ExtractionExecutor());
  let closed = false;
  const turns = new Turns();
  const work = async (message: ToWorker): Promise<void> => {
    if (closed) return;
    try {
      const executor = await loading;
      if (closed) return;
      const answer = await executor.handle(message);
      if (answer !== undefined && !closed) onAnswer(answer);
    } catch (error) {
      onDeath(error instanceof Error ? error : new Error(String(error)));
    }
  };
  return {
    here: true,
    // Defers the work, so that data that has arrived meanwhile is read first.
    send: (message) => {
      const isWork = message.kind === "extract" || message.kind === "check";
      if (isWork) turns.next(() => work(message));
      else work(message);
    },
    [Symbol.dispose]: () => {
      closed = true;
      turns[Symbol.dispose]();
      loading.then((executor) => executor[Symbol.dispose](), () => {});
    },
  };
}
