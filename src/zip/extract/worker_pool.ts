/**
 * Distributes extraction to executors: a batch goes to the executor with the least to do and
 * resolves a promise. The first executor is on this thread, which has little else to do while bytes
 * arrive: with it, two cores need only one worker, and a worker costs 15 to 30 MB.
 *
 * Guarantees: a worker has at most {@linkcode BATCHES_AHEAD} batches, so that the next one is ready
 * when one ends and no worker hoards what another could do. Disposing of the pool ends the workers
 * at once, whatever they are doing; a half-written file is never used.
 *
 * @module
 */
import type {
  CheckResult,
  CheckTask,
  ExtractTask,
  FromWorker,
  TaskResult,
  ToWorker,
} from "./extract_messages.ts";
import { type Lane, type LaneEnds, localLane, workerLane } from "./lane.ts";

/** Batches per worker: the current one and the next. */
const BATCHES_AHEAD = 2;

/** How the workers read and write. */
type PoolOptions = Omit<ToWorker & { kind: "open" }, "kind" | "byZipJs">;

interface Executor {
  lane: Lane;
  waiting: number;
  /** Whether it follows an entry that is still arriving. */
  follows: boolean;
}

/** The callbacks of the promise of a batch's results. */
interface Answer {
  resolve: (results: never) => void;
  reject: (error: Error) => void;
}

interface Job {
  message: ToWorker;
  follows: boolean;
}

/** The size limits of a batch. */
interface BatchSize {
  entries: number;
  /** Of content. */
  bytes: number;
}

/** A worker's batch: about 10 ms of its time. */
const WORKER_BATCH: BatchSize = { entries: 32, bytes: 4 << 20 };
/** Less is done before a thread has started: 35 ms of this thread's time, 100 until it works. */
const WORTH_A_THREAD: BatchSize = { entries: 256, bytes: 16 << 20 };
/** A batch on this thread, which blocks the network for about 3 ms. */
const LOCAL_BATCH: BatchSize = { entries: 8, bytes: 1 << 20 };

/** A pool of executors. */
export class WorkerPool implements Disposable {
  readonly #executors: Executor[] = [];
  readonly #threads: number;
  readonly #byZipJs: boolean;
  #opened: ToWorker | undefined;
  readonly #queue: Job[] = [];
  readonly #answers = new Map<number, Answer>();
  #nextBatch = 0;
  #available = 0;
  #death: Error | undefined;

  /**
   * An executor on this thread, and with {@linkcode start} others, `count` in all. With `byZipJs`
   * zip.js decodes all entries, to compare it with the fast path, instead of only those that the fast
   * path doesn't support.
   */
  constructor(count: number, { byZipJs = false }: { byZipJs?: boolean } = {}) {
    this.#threads = count - 1;
    this.#byZipJs = byZipJs;
    this.#executors.push(this.#startExecutor(localLane));
  }

  /** Starts the threads, unless they run. Throws StoreError at a limit on threads or open files. */
  start(): this {
    try {
      while (this.#executors.length <= this.#threads) {
        const executor = this.#startExecutor(workerLane);
        this.#executors.push(executor);
        if (this.#opened !== undefined) executor.lane.send(this.#opened);
      }
    } catch (error) {
      this.#die(error as Error);
      throw error;
    }
    return this;
  }

  /** Starts the threads if there is enough work for them to be there before it is done. */
  expect({ files, bytes }: { files: number; bytes: number }): void {
    if (files >= WORTH_A_THREAD.entries || bytes >= WORTH_A_THREAD.bytes) this.start();
  }

  /** Whether an executor has died; the pool is then unusable. */
  get isDead(): boolean {
    return this.#death !== undefined;
  }

  /** The number of executors. */
  get size(): number {
    return this.#executors.length;
  }

  /** The best size of the next batch; `undefined` if it would have to wait. */
  get nextBatchSize(): BatchSize | undefined {
    if (this.#queue.length > 0) return undefined;
    const executor = this.#freest();
    return executor && (executor.lane.here ? LOCAL_BATCH : WORKER_BATCH);
  }

  /** Points the workers at a partial. */
  open(options: PoolOptions): void {
    const message = this.#opened = { kind: "open", byZipJs: this.#byZipJs, ...options } as const;
    for (const { lane } of this.#executors) lane.send(message);
  }

  /** Extracts entries whose bytes are all there. */
  extract(tasks: ExtractTask[]): Promise<TaskResult[]> {
    const batch = this.#nextBatch++;
    return this.#submit(batch, { kind: "extract", batch, tasks });
  }

  /** Extracts an entry while it arrives, one at a time; report progress with `available`. */
  follow(task: ExtractTask, available: number): Promise<TaskResult[]> {
    this.#available = available;
    const batch = this.#nextBatch++;
    return this.#submit(batch, { kind: "follow", batch, task, available }, true);
  }

  /** Whether another entry can be followed without stopping all other work. */
  get canFollow(): boolean {
    const free = this.#executors.filter(({ follows }) => !follows).length;
    return free > 1 || (free === 1 && this.#executors.length === 1);
  }

  /** Tells the followers how many bytes of the package have arrived; negative = give up. */
  available(until: number): void {
    this.#available = until;
    for (const { lane, follows } of this.#executors) {
      if (follows) lane.send({ kind: "available", until });
    }
  }

  /** Reads files and returns their CRC-32s and sizes. */
  check(tasks: CheckTask[]): Promise<CheckResult[]> {
    const batch = this.#nextBatch++;
    return this.#submit(batch, { kind: "check", batch, tasks });
  }

  /** Ends the workers. */
  [Symbol.dispose](): void {
    for (const { lane } of this.#executors) lane[Symbol.dispose]();
    this.#executors.length = 0;
  }

  #startExecutor(start: (ends: LaneEnds) => Lane): Executor {
    const ends: LaneEnds = {
      onAnswer: (message) => this.#receive(executor, message),
      onDeath: (error) => this.#die(error),
    };
    const executor: Executor = { lane: start(ends), waiting: 0, follows: false };
    return executor;
  }

  #submit<T>(batch: number, message: ToWorker, follows = false): Promise<T> {
    if (this.#death !== undefined) return Promise.reject(this.#death);
    // No `Promise.race` with a promise of the pool's death: that would retain every answer until then.
    const answer = new Promise<T>((resolve, reject) =>
      this.#answers.set(batch, { resolve, reject })
    );
    this.#queue.push({ message, follows });
    this.#dispatch();
    return answer;
  }

  /** Rejects everything pending after an executor died, so that nothing waits for ever. */
  #die(error: Error): void {
    this.#death ??= error;
    const waiting = [...this.#answers.values()];
    this.#answers.clear();
    for (const { reject } of waiting) reject(error);
  }

  #dispatch(): void {
    for (let job = this.#queue[0]; job !== undefined; job = this.#queue[0]) {
      const executor = this.#freest(job.follows);
      if (executor === undefined) return;
      this.#queue.shift();
      const { message, follows } = job;
      // More may have arrived while it was queued, or everything was given up.
      if (message.kind === "follow") message.available = this.#available;
      executor.waiting++;
      executor.follows ||= follows;
      executor.lane.send(message);
    }
  }

  /** The executor with the least to do, preferring workers; for a long follow, only a worker. */
  #freest(follow = false): Executor | undefined {
    let best: Executor | undefined;
    for (const executor of this.#executors) {
      const { here } = executor.lane;
      if (executor.follows || executor.waiting >= (here ? 1 : BATCHES_AHEAD)) continue;
      if (follow && here && this.#executors.length > 1) continue;
      const better = best === undefined || executor.waiting < best.waiting ||
        (executor.waiting === best.waiting && best.lane.here);
      if (better) best = executor;
    }
    return best;
  }

  #receive(executor: Executor, message: FromWorker): void {
    if (message.kind === "ready") return;
    executor.waiting--;
    if (executor.follows && executor.waiting === 0) executor.follows = false;
    const answer = this.#answers.get(message.batch);
    this.#answers.delete(message.batch);
    answer?.resolve(message.results as never);
    this.#dispatch();
  }
}
