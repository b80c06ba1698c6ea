/**
 * Extraction that follows the download: an entry goes to a worker as soon as its bytes are there,
 * a big one even while they come.
 *
 * Guarantees: what it calls verified is in staging with the right CRC-32 and size (and flushed, when
 * the workers were told so). A bad entry is collected and the rest goes on; a disk that fails
 * stops everything through `onFatal`.
 *
 * @module
 */
import type { RangeSet } from "../ranges.ts";
import type { Layout } from "../store/layout.ts";
import type { StagingNames } from "../store/staging.ts";
import type { ExtractTask, TaskResult } from "../zip/extract_messages.ts";
import { toError, type WorkerPool } from "../zip/worker_pool.ts";
import type { DiskFact, Step } from "./step.ts";

/** An entry that didn't come out right. */
export interface BadEntry {
  step: Step;
  error: Error;
}

/** What an extraction works with. */
export interface ExtractionContext {
  layout: Layout;
  names: StagingNames;
  have: RangeSet;
  pool: WorkerPool;
  /** A verified entry is in staging. */
  onVerified: (step: Step, fact: DiskFact) => void;
  /** An entry didn't come out right. */
  onBad: (bad: BadEntry) => void;
  /** The disk failed, or a worker died: nothing further makes sense. */
  onFatal: (error: Error) => void;
}

/** An entry with more compressed bytes than this is extracted while it arrives. */
const FOLLOW_FROM = 8 << 20;
/** How far the download must be ahead before a follower is told again. */
const TELL_EVERY = 1 << 20;

/** Extracts a plan's steps while their bytes arrive. */
export class Extraction {
  readonly #steps: readonly Step[];
  readonly #context: ExtractionContext;
  readonly #begun: Uint8Array;
  #ready: number[] = [];
  /** How many of `#ready` are taken; a shift of a long array would move it all. */
  #taken = 0;
  readonly #running = new Set<Promise<void>>();
  #followed: { step: Step; told: number } | undefined;
  #stopped = false;

  /** `steps` in the package's order. */
  constructor(steps: readonly Step[], context: ExtractionContext) {
    this.#steps = steps;
    this.#context = context;
    this.#begun = new Uint8Array(steps.length);
    for (const range of [...context.have.ranges]) this.grew(range.start, range.end);
  }

  /** Bytes from `start` to `end` have arrived. */
  grew(start: number, end: number): void {
    const run = this.#context.have.rangeAt(start);
    if (run === undefined || end <= start) return;
    let index = this.#firstEndingAfter(start);
    for (; index < this.#steps.length; index++) {
      const { needs } = this.#steps[index]!;
      if (needs.end > run.end) break;
      if (needs.start >= run.start && this.#isThere(index)) this.#makeReady(index);
    }
    this.#follow(index, run.start, run.end);
    this.#pump();
  }

  /** Everything has arrived: begins what is left, and waits until all that has begun is done. */
  async settle(): Promise<void> {
    // A step's first bytes may have come after its last ones.
    for (const index of this.#steps.keys()) if (this.#isThere(index)) this.#makeReady(index);
    this.#pump();
    await this.#finish();
  }

  async #finish(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  /** Begins nothing further, gives up a followed entry, and waits for the rest. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#ready = [];
    this.#taken = 0;
    this.#context.pool.available(-1);
    await this.#finish();
  }

  #isThere(index: number): boolean {
    const { needs, needsBefore } = this.#steps[index]!;
    const { have } = this.#context;
    return have.has(needs) && (needsBefore === undefined || have.has(needsBefore));
  }

  #makeReady(index: number): void {
    if (this.#begun[index] === 1) return;
    this.#begun[index] = 1;
    this.#ready.push(index);
  }

  #pump(): void {
    const { pool } = this.#context;
    while (!this.#stopped && this.#taken < this.#ready.length) {
      const appetite = pool.appetite;
      if (appetite === undefined) return;
      const batch: Step[] = [];
      let bytes = 0;
      while (batch.length < appetite.entries && bytes < appetite.bytes) {
        const index = this.#ready[this.#taken];
        if (index === undefined) break;
        this.#taken++;
        const step = this.#steps[index]!;
        batch.push(step);
        bytes += step.entry.size;
      }
      const tasks = batch.map((step, id) => this.#taskOf(step, id));
      this.#run(batch, pool.extract(tasks));
    }
  }

  /** Starts on a big entry that has begun to arrive, or tells the one that is being followed. */
  #follow(index: number, start: number, end: number): void {
    const { pool } = this.#context;
    const followed = this.#followed;
    if (followed !== undefined) {
      const { needs } = followed.step;
      if (needs.start < start || needs.start >= end) return;
      if (end - followed.told < TELL_EVERY && end < needs.end) return;
      followed.told = end;
      pool.available(end);
      return;
    }
    const step = this.#steps[index];
    if (step === undefined || this.#begun[index] === 1 || this.#stopped) return;
    const { entry, needs, tail } = step;
    if (entry.compressedSize < FOLLOW_FROM || tail !== undefined || entry.method !== 8) return;
    if (needs.start < start || needs.start >= end || !pool.canFollow) return;
    this.#begun[index] = 1;
    this.#followed = { step, told: end };
    this.#run([step], pool.follow(this.#taskOf(step, 0), end), () => this.#followed = undefined);
  }

  #run(batch: Step[], results: Promise<TaskResult[]>, after?: () => void): void {
    const done = results.then(
      (results) => results.forEach((result) => this.#take(batch[result.id]!, result)),
      (error) => this.#context.onFatal(error),
    ).finally(() => {
      after?.();
      this.#running.delete(done);
      this.#pump();
    });
    this.#running.add(done);
  }

  #take(step: Step, result: TaskResult): void {
    const { entry } = step;
    if ("failure" in result) {
      const error = toError(result.failure);
      if (result.failure.area !== "archive") this.#context.onFatal(error);
      else if (!this.#stopped) this.#context.onBad({ step, error });
      return;
    }
    const { id: _, ...learnt } = result;
    const { size, crc } = entry;
    this.#context.onVerified(step, { size, crc, ...learnt });
  }

  #taskOf(step: Step, id: number): ExtractTask {
    const { entry, end, tail, segments } = step;
    const { layout, names } = this.#context;
    const old = `${layout.localDir}/${entry.path}`;
    return {
      id,
      path: entry.path,
      method: entry.method,
      flags: entry.flags,
      crc: entry.crc,
      compressedSize: entry.compressedSize,
      size: entry.size,
      headerOffset: entry.headerOffset,
      nameCrc: entry.nameCrc,
      end,
      target: `${layout.staging}/${names.nameOf(entry)}`,
      ...(tail && { tail: { path: old, ...tail } }),
      ...(segments && { patch: { old, segments } }),
    };
  }

  /** Index of the first step whose bytes end after `offset`. */
  #firstEndingAfter(offset: number): number {
    let low = 0;
    let high = this.#steps.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#steps[middle]!.needs.end <= offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
