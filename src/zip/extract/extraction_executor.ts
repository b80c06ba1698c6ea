/**
 * The executor extracts or checks batches of entries; there is one per worker and one on the main
 * thread. It reads the partial and writes staging.
 *
 * Guarantees: a result is returned once its file is verified and, from `flushFrom` bytes, flushed.
 * A bad entry fails alone; the rest of its batch continues.
 *
 * @module
 */
import { openPlain } from "../../plain_file.ts";
import { ArchiveError } from "../../errors.ts";
import { CRC_BUFFER_SIZE, crcOfFile } from "../../fs/crc_file.ts";
import { asDiskError, diskError } from "../../fs/disk_error.ts";
import { flushOpen } from "../../fs/flush.ts";
import { ZIP } from "../../messages/zip.ts";
import { EntryExtractor, type Extracted } from "./extract_entry.ts";
import type {
  CheckResult,
  CheckTask,
  ExtractTask,
  FromWorker,
  TaskResult,
  ToWorker,
} from "./extract_messages.ts";
import { describe } from "./failure.ts";
import { ZSTD } from "../local_header.ts";

/** Executes the messages sent to it. */
export class ExtractionExecutor implements Disposable {
  #options: (ToWorker & { kind: "open" }) | undefined;
  #partial: Deno.FsFile | undefined;
  #data: Deno.FsFile | undefined;
  #extractor: EntryExtractor | undefined;
  /** For zip.js, which reads a package's directory once per source. */
  #source: { file: Deno.FsFile; total: number } | undefined;
  /** Why the partial or the data couldn't be opened: every task fails with it. */
  #unopened: unknown;
  #checkBuffer: Uint8Array | undefined;
  #available = 0;
  #wake: () => void = () => {};

  /** Handles a message; resolves to the answer, if there is one. */
  async handle(message: ToWorker): Promise<FromWorker | undefined> {
    switch (message.kind) {
      case "open":
        try {
          this.#open(message);
          this.#unopened = undefined;
        } catch (error) {
          this.#unopened = asDiskError(error, message.partial);
        }
        return undefined;
      case "available":
        this.#available = message.until;
        this.#wake();
        return undefined;
      case "extract": {
        const results = await this.#extractBatch(message.tasks);
        return { kind: "extracted", batch: message.batch, results };
      }
      case "follow": {
        this.#available = message.available;
        const results = [await this.#follow(message.task)];
        return { kind: "extracted", batch: message.batch, results };
      }
      case "check":
        return {
          kind: "checked",
          batch: message.batch,
          results: message.tasks.map((task) => this.#check(task)),
        };
    }
  }

  /** Closes the partial and the data. */
  [Symbol.dispose](): void {
    this.#partial?.close();
    this.#data?.close();
    this.#partial = this.#data = undefined;
  }

  #open(message: ToWorker & { kind: "open" }): void {
    this[Symbol.dispose]();
    this.#options = message;
    this.#partial = openPlain(message.partial);
    if (message.data !== undefined) this.#data = openPlain(message.data);
    this.#source = { file: this.#partial, total: message.total };
    this.#extractor = new EntryExtractor(this.#partial, {
      ...(this.#data && { data: this.#data }),
      openFrom: message.flushFrom,
      reflinks: message.reflinks ?? false,
    });
  }

  /** Extracts a batch synchronously; awaits only the flushes. */
  #extractBatch(tasks: ExtractTask[]): Promise<TaskResult[]> {
    if (this.#unopened !== undefined) {
      return Promise.resolve(tasks.map((task) => failed(task, this.#unopened)));
    }
    const extractor = this.#extractor!;
    extractor.forget();
    const limit = Math.max(...tasks.map((task) => task.end));
    return Promise.all(tasks.map((task) => {
      try {
        if (task.patch === undefined && task.method === ZSTD) return this.#withZstd(task);
        if (this.#needsZipJs(task)) return this.#withZipJs(task);
        return this.#settle(task, extractor.extract(task, limit));
      } catch (error) {
        return failed(task, error);
      }
    }));
  }

  /** Extracts one big entry while it arrives. */
  async #follow(task: ExtractTask): Promise<TaskResult> {
    if (this.#unopened !== undefined) return failed(task, this.#unopened);
    const extractor = this.#extractor!;
    extractor.forget();
    const steps = extractor.steps(task, this.#available);
    try {
      for (let step = steps.next();; step = steps.next(this.#available)) {
        if (step.done) return await this.#settle(task, step.value);
        const before = this.#available;
        while (this.#available === before && before >= 0) {
          await new Promise<void>((resolve) => this.#wake = resolve);
        }
        if (this.#available < 0) {
          steps.return(undefined as never);
          throw new ArchiveError("bad_data", ZIP.never_arrived({ path: task.path }));
        }
      }
    } catch (error) {
      return failed(task, error);
    }
  }

  /** Flushes and closes a written file, unless it is closed. */
  #settle(task: ExtractTask, extracted: Extracted): TaskResult | Promise<TaskResult> {
    const { file, ...learnt } = extracted;
    const result = { id: task.id, ...learnt };
    return file === undefined ? result : this.#flushed(task, file, result);
  }

  async #flushed(task: ExtractTask, file: Deno.FsFile, result: TaskResult): Promise<TaskResult> {
    try {
      if (task.size >= this.#options!.flushFrom) await flushOpen(file);
    } catch (error) {
      return failed(task, diskError(error, task.target, ZIP.flush_staged()));
    } finally {
      file.close();
    }
    return result;
  }

  #needsZipJs(task: ExtractTask): boolean {
    if (task.patch !== undefined || task.tail !== undefined) return false;
    return this.#options!.byZipJs || (task.method !== 0 && task.method !== 8);
  }

  /** The slow path: imported only when an entry needs it. */
  async #withZipJs(task: ExtractTask): Promise<TaskResult> {
    const { extractToFile } = await import("./zipjs_file.ts");
    try {
      return await this.#settle(task, await extractToFile(task, this.#source!));
    } catch (error) {
      return failed(task, error);
    }
  }

  async #withZstd(task: ExtractTask): Promise<TaskResult> {
    const { extractZstd } = await import("./zstd_file.ts");
    try {
      return await this.#settle(task, await extractZstd(task, this.#partial!));
    } catch (error) {
      return failed(task, error);
    }
  }

  /** Reads one file and returns its CRC-32 and size. */
  #check(task: CheckTask): CheckResult {
    try {
      const before = Deno.lstatSync(task.path);
      if (!before.isFile) return { id: task.id };
      this.#checkBuffer ??= new Uint8Array(CRC_BUFFER_SIZE);
      const found = crcOfFile(task.path, this.#checkBuffer, task);
      return { id: task.id, ...found, mtimeMs: before.mtime?.getTime() ?? 0 };
    } catch {
      return { id: task.id }; // a file that can't be read is fetched again
    }
  }
}

function failed(task: ExtractTask, error: unknown): TaskResult {
  return { id: task.id, failure: describe(asDiskError(error, task.target)) };
}
