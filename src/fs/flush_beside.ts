/**
 * Flushes a file system while files are still being written to it, so that the disk doesn't idle and the
 * last flush has little left to write.
 *
 * Guarantees: at most one flush runs at a time. Each may receive write errors, which the kernel reports
 * only once: after a failure the files must be flushed one by one, as {@linkcode FlushBeside.ended}
 * says. It does nothing where many files can't be flushed in one call.
 *
 * @module
 */
import { canSyncFileSystem, syncFileSystem } from "./file_system_sync.ts";
import { SYNC_PROGRAM } from "./system_program.ts";

/**
 * Bytes written between two flushes, at least. A flush costs 3 ms on this thread and a commit of the
 * file system's journal. A first sync of 577 MB took 3.13 s without, 2.45 s with 16, 32 or 64 MB; one
 * of 44 MB took 0.80 s without and 0.75 s with 32 MB.
 */
export const WORTH_FLUSHING: number = 32 << 20;

/** The time limit of a flush before the last, for which nothing waits. */
const LONGEST_MS = 600_000;

/** Flushes beside the writing of files below one folder. */
export class FlushBeside {
  readonly #folder: string;
  readonly #program: string;
  readonly #can: boolean;
  /** Bytes since the last flush began. */
  #unflushed = 0;
  #running: Promise<void> | undefined;
  #isSound = true;

  /** Below an existing folder; `program` as for `syncFileSystem`. */
  constructor(
    folder: string,
    { durable, program = SYNC_PROGRAM }: { durable: boolean; program?: string },
  ) {
    this.#folder = folder;
    this.#program = program;
    this.#can = durable && canSyncFileSystem(folder, program);
  }

  /** Call after a file was written. */
  wrote(bytes: number): void {
    if (!this.#can) return;
    this.#unflushed += bytes;
    if (this.#running === undefined && this.#unflushed >= WORTH_FLUSHING) this.#start();
  }

  /** Waits for the last flush; `false` = one of them failed, so a later one proves nothing. */
  async ended(): Promise<boolean> {
    await this.#running;
    return this.#isSound;
  }

  #start(): void {
    const options = { withinMs: LONGEST_MS, program: this.#program };
    this.#unflushed = 0;
    this.#running = syncFileSystem(this.#folder, options).then((flushed) => {
      this.#isSound &&= flushed;
      this.#running = undefined;
    });
  }
}
