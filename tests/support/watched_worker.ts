/**
 * A worker that goes through many cases, watched from outside: its memory, and whether it goes on.
 *
 * @module
 */

/** The least that a worker says of itself. `memory` is this process's highest, in bytes. */
export interface WorkerSummary {
  cases: number;
  memory: number;
}

/** 500 cases take seconds; on a machine with much else to do they take their time. */
const HANGS_AFTER_MS = 600_000;

/**
 * Starts a worker with this message. It answers with `{ summary, done }` from time to time. Throws
 * what it throws, and when it takes more memory than `memoryCap` bytes or hangs.
 */
export async function watchedWorker<S extends WorkerSummary>(
  url: string,
  message: unknown,
  { memoryCap, onProgress }: { memoryCap: number; onProgress?: (summary: S) => void },
): Promise<S> {
  const worker = new Worker(url, { type: "module" });
  const { promise, resolve, reject } = Promise.withResolvers<S>();
  let last = performance.now();
  let known: S | undefined;
  let memory = 0;
  const watch = setInterval(() => {
    memory = Math.max(memory, Deno.memoryUsage().rss);
    if (memory > memoryCap) reject(new Error(`memory reached ${memory} bytes`));
    if (performance.now() - last > HANGS_AFTER_MS) {
      reject(new Error(`it hangs in one of the cases after case ${known?.cases ?? 0}`));
    }
  }, 50);
  worker.onmessage = ({ data }: MessageEvent<{ summary: S; done: boolean }>) => {
    last = performance.now();
    known = { ...data.summary, memory };
    if (data.done) resolve(known);
    else onProgress?.(known);
  };
  worker.onerror = (event) => {
    event.preventDefault();
    reject(new Error(event.message));
  };
  worker.postMessage(message);
  try {
    return await promise;
  } finally {
    clearInterval(watch);
    worker.terminate();
  }
}
