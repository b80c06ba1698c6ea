/**
 * Extracts entries during the download: each goes to a worker as soon as its bytes are there, a big one
 * while they arrive.
 *
 * Guarantees: a verified entry is in staging with the right CRC-32 and size (and flushed, if the
 * workers were configured to). A bad entry is collected and the rest continues; a failing disk
 * stops everything through `onFatal`.
 *
 * @module
 */
import type { RangeSet } from "../../ranges.ts";
import type { Layout } from "../../store/layout.ts";
import { StagingFolders } from "../../store/staged_tree.ts";
import type { StagingNames } from "../../store/staging.ts";
import type { Hashed } from "../../trust/sha256.ts";
import type { ExtractTask, TaskResult } from "../../zip/extract/extract_messages.ts";
import { toError } from "../../zip/extract/failure.ts";
import type { WorkerPool } from "../../zip/extract/worker_pool.ts";
import type { Step } from "../plan/strategy.ts";
import type { DiskFact } from "../on_disk/survey.ts";

/** An entry that failed verification. */
export interface BadEntry {
  step: Step;
  error: Error;
}

/** Options for an extraction. */
export interface ExtractionContext {
  layout: Layout;
  names: StagingNames;
  have: RangeSet;
  pool: WorkerPool;
  /** Whether to compute the SHA-256 of each entry. */
  digests?: boolean;
  /** From where to resume the hash of the old file that a patch builds a step's entry from. */
  hashedOf?: ((step: Step) => Hashed | undefined) | undefined;
  /** Called when a verified entry is in staging, under the name `staged`. */
  onVerified: (step: Step, fact: DiskFact, staged: string) => void;
  /** Called when an entry failed verification. */
  onBad: (bad: BadEntry) => void;
  /** Called when the disk failed or a worker died, so that nothing else can succeed. */
  onFatal: (error: Error) => void;
}

/** An entry with more compressed bytes than this is extracted while it arrives. */
const FOLLOW_FROM = 8 << 20;
/** How many new bytes before a follower is notified again. */
const TELL_EVERY = 1 << 20;

/** Extracts a plan's steps while their bytes arrive. */
export class Extraction {
  readonly #steps: readonly Step[];
  readonly #context: ExtractionContext;
  readonly #begun: Uint8Array;
  readonly #folders: StagingFolders;
  #ready: number[] = [];
  /** How many of `#ready` are taken; `shift()` would move a long array each time. */
  #taken = 0;
  readonly #running = new Set<Promise<void>>();
  #followed: { step: Step; told: number } | undefined;
  #stopped = false;

  /** `steps` must be in the package's order. */
  constructor(steps: readonly Step[], context: ExtractionContext) {
    this.#steps = steps;
    this.#context = context;
    this.#folders = new StagingFolders(context.layout);
    this.#begun = new Uint8Array(steps.length);
    for (const range of [...context.have.ranges]) this.grew(range.start, range.end);
  }

  /** Call when bytes from `start` to `end` have arrived. */
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

  /** Call when everything has arrived: starts what is left and waits for all of it. */
  async settle(): Promise<void> {
    // A step's first bytes may have arrived after its last ones.
    for (const index of this.#steps.keys()) if (this.#isThere(index)) this.#makeReady(index);
    this.#pump();
    await this.#finish();
  }

  async #finish(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  /** Starts nothing further, gives up the followed entry, and waits for the rest. */
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
      const nextBatchSize = pool.nextBatchSize;
      if (nextBatchSize === undefined) return;
      const batch: Step[] = [];
      let bytes = 0;
      while (batch.length < nextBatchSize.entries && bytes < nextBatchSize.bytes) {
        const index = this.#ready[this.#taken];
        if (index === undefined) break;
        this.#taken++;
        const step = this.#steps[index]!;
        batch.push(step);
        bytes += step.entry.size;
      }
      const staged = batch.map(({ entry }) => this.#context.names.nameOf(entry));
      const tasks = batch.map((step, id) => this.#taskOf(step, { id, staged: staged[id]! }));
      this.#run({ batch, staged }, pool.extract(tasks));
    }
  }

  /** Starts following a big entry that has begun to arrive, or notifies the current follower. */
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
    const staged = this.#context.names.nameOf(entry);
    const results = pool.follow(this.#taskOf(step, { id: 0, staged }), end);
    this.#run({ batch: [step], staged: [staged] }, results, () => this.#followed = undefined);
  }

  #run(
    { batch, staged }: { batch: Step[]; staged: string[] },
    results: Promise<TaskResult[]>,
    after?: () => void,
  ): void {
    const done = results.then(
      (results) => {
        for (const result of results) this.#take(batch[result.id]!, result, staged[result.id]!);
      },
      (error) => this.#context.onFatal(error),
    ).finally(() => {
      after?.();
      this.#running.delete(done);
      this.#pump();
    });
    this.#running.add(done);
  }

  #take(step: Step, result: TaskResult, staged: string): void {
    const { entry } = step;
    if ("failure" in result) {
      const error = toError(result.failure);
      if (result.failure.area !== "archive") this.#context.onFatal(error);
      else if (!this.#stopped) this.#context.onBad({ step, error });
      return;
    }
    const { id: _, ...learnt } = result;
    const { size, crc } = entry;
    this.#context.onVerified(step, { size, crc, ...learnt }, staged);
  }

  #taskOf(step: Step, { id, staged }: { id: number; staged: string }): ExtractTask {
    const { entry, end, tail, segments, source } = step;
    const { layout, digests = false, hashedOf } = this.#context;
    this.#folders.makeFor(staged);
    const old = `${layout.localDir}/${source ?? entry.path}`;
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
      target: `${layout.staging}/${staged}`,
      ...(digests && { digest: { expected: entry.sha256, old: segments && hashedOf?.(step) } }),
      ...(tail && { tail: { path: old, ...tail } }),
      ...(segments && { patch: { old, segments } }),
    };
  }

  /** The index of the first step whose bytes end after `offset`. */
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
