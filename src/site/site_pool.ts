/**
 * Spreads a site's tasks over the cores: this thread does some, workers the others.
 *
 * Guarantees: results come in any order, each to its caller; a worker that dies rejects everything.
 * Buffers are reused, so a pool holds no more of them than were in use at once. With one core, or with
 * one task at a time, no worker is started.
 *
 * @module
 */
import { Turns } from "../turns.ts";
import { toError } from "../zip/extract/failure.ts";
import { startWorker } from "../zip/extract/lane.ts";
import { type Results, type Task, type TaskAnswer, Work } from "./tasks.ts";

/** Tasks per worker: the current one and the next. */
const TASKS_AHEAD = 2;
/** Bytes that suffice for most tasks. */
const FIRST_BUFFER = 768 << 10;
/** Larger buffers, in bytes, aren't kept: a single odd entry may have needed one. */
const LARGEST_KEPT = 6 << 20;
/** Content of the orders that wait for each other at one place, bytes: big files wait in small numbers. */
export const MOST_WAITING = 8 << 20;
/** More threads than this only take memory: the disk is the bottleneck. */
const MOST_THREADS = 4;

/** A task without the buffer that the pool adds. */
type Order<K extends Task["kind"]> = Omit<Extract<Task, { kind: K }>, "buffer">;

/** What an order made. `bytes` may be given back by {@linkcode SitePool.recycle}. */
export interface Done<K extends Task["kind"]> {
  result: Results[K];
  bytes: Uint8Array<ArrayBuffer>;
}

interface Job {
  task: Omit<Task, "buffer">;
  room: Room;
  resolve: (answer: TaskAnswer) => void;
  reject: (error: Error) => void;
}

/** Room for a task: a buffer that holds its input, or about how many bytes it will need. */
type Room = { buffer: ArrayBuffer } | { bytes: number };

interface Thread {
  worker: Worker;
  /** What it was given, the oldest first. */
  jobs: Job[];
}

/** Threads for a site's tasks. */
export class SitePool implements Disposable {
  /** How many tasks are done at once. */
  readonly size: number;
  readonly #threads: Thread[] = [];
  readonly #queue: Job[] = [];
  /** The smallest first. */
  readonly #free: ArrayBuffer[] = [];
  #work: Work | undefined;
  #turns: Turns | undefined;
  /** What this thread is about to do. */
  #here: Job | undefined;
  #death: Error | undefined;
  #closed = false;

  /** `count` threads, this one included. */
  constructor(count: number = Math.min(MOST_THREADS, navigator.hardwareConcurrency)) {
    this.size = Math.max(1, count);
  }

  /** How many orders keep everybody busy. */
  get ahead(): number {
    return this.size === 1 ? 1 : 1 + (this.size - 1) * TASKS_AHEAD;
  }

  /** Does a task. Throws what the task throws. */
  async order<K extends Task["kind"]>(task: Order<K>, room: Room): Promise<Done<K>> {
    if (this.#death !== undefined) throw this.#death;
    const answer = await new Promise<TaskAnswer>((resolve, reject) => {
      this.#queue.push({ task, room, resolve, reject });
      this.#dispatch();
    });
    if (answer.failure !== undefined) {
      throw toError(answer.failure);
    }
    return { result: answer.result as Results[K], bytes: new Uint8Array(answer.buffer) };
  }

  /** Takes back a result's bytes, to be used for another task. */
  recycle({ bytes }: { bytes: Uint8Array<ArrayBuffer> }): void {
    if (bytes.length > LARGEST_KEPT) return;
    const after = this.#free.findIndex(({ byteLength }) => byteLength > bytes.length);
    this.#free.splice(after < 0 ? this.#free.length : after, 0, bytes.buffer);
  }

  /** Lets go of all memory between two kinds of work; call it while nothing is under way. */
  rest(): void {
    this.#free.length = 0;
    for (const { worker } of this.#threads.splice(0)) worker.terminate();
    this.#work?.[Symbol.dispose]();
    this.#work = undefined;
  }

  /** Ends the workers, whatever they are doing. */
  [Symbol.dispose](): void {
    this.#closed = true;
    this.#die(new Error("the pool was closed"));
    for (const { worker } of this.#threads) worker.terminate();
    this.#threads.length = 0;
    this.#turns?.[Symbol.dispose]();
    this.#work?.[Symbol.dispose]();
    this.#turns = this.#work = undefined;
  }

  #dispatch(): void {
    while (this.#queue.length > 0) {
      const isFirst = this.#threads.length === 0 && this.#here === undefined;
      let thread: Thread | undefined;
      try {
        if (!isFirst) thread = this.#freest();
      } catch (error) {
        return this.#die(error as Error);
      }
      if (thread === undefined && this.#here !== undefined) return;
      const job = this.#queue.shift()!;
      if (thread === undefined) {
        this.#here = job;
        // Deferred, so that the workers' answers are read first.
        this.#turns ??= new Turns();
        this.#turns.next(() => this.#doHere(job));
        continue;
      }
      thread.jobs.push(job);
      const task = this.#taskOf(job);
      thread.worker.postMessage(task, [task.buffer]);
    }
  }

  /** The worker with the least to do; one is started where all are busy and more may be. */
  #freest(): Thread | undefined {
    const best = this.#threads.toSorted((a, b) => a.jobs.length - b.jobs.length)[0];
    if (best !== undefined && best.jobs.length === 0) return best;
    if (this.#threads.length < this.size - 1) return this.#start();
    return best !== undefined && best.jobs.length < TASKS_AHEAD ? best : undefined;
  }

  #start(): Thread {
    const thread: Thread = {
      worker: startWorker(new URL("./site_worker.ts", import.meta.url)),
      jobs: [],
    };
    thread.worker.onmessage = (event: MessageEvent<TaskAnswer>) => {
      thread.jobs.shift()?.resolve(event.data);
      this.#dispatch();
    };
    thread.worker.onerror = (event) => {
      event.preventDefault();
      this.#die(new Error(`a worker died: ${event.message}`));
    };
    this.#threads.push(thread);
    return thread;
  }

  #doHere(job: Job): void {
    if (this.#closed) return;
    this.#work ??= new Work();
    const answer = this.#work.do(this.#taskOf(job));
    this.#here = undefined;
    job.resolve(answer);
    this.#dispatch();
  }

  #taskOf({ task, room }: Job): Task {
    return { ...task, buffer: "buffer" in room ? room.buffer : this.#room(room.bytes) } as Task;
  }

  /** The smallest buffer that suffices, so that small tasks leave large ones to large tasks. */
  #room(bytes: number): ArrayBuffer {
    const at = this.#free.findIndex(({ byteLength }) => byteLength >= bytes);
    if (at >= 0) return this.#free.splice(at, 1)[0]!;
    // A larger one takes the place of one that didn't suffice.
    this.#free.pop();
    let size = FIRST_BUFFER;
    while (size < bytes) size *= 2;
    return new ArrayBuffer(size);
  }

  #die(error: Error): void {
    this.#death ??= error;
    const given = this.#threads.flatMap(({ jobs }) => jobs.splice(0));
    const here = this.#here === undefined ? [] : [this.#here];
    for (const { reject } of [...this.#queue.splice(0), ...given, ...here]) reject(error);
  }
}
