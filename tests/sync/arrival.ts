/**
 * A package whose bytes arrive in a file as a test wishes, for the tests of the extraction.
 *
 * @module
 */
import { RangeSet } from "../../src/ranges.ts";
import { ensureLayout, type Layout, resolveLayout } from "../../src/store/layout.ts";
import { StagingNames } from "../../src/store/staging.ts";
import { type BadEntry, Extraction } from "../../src/sync/fetch/extraction.ts";
import type { Step } from "../../src/sync/plan/strategy.ts";
import type { DiskFact } from "../../src/sync/on_disk/survey.ts";
import { locate } from "../../src/sync/look/look.ts";
import { entryEnds } from "../../src/zip/directory/entry_ends.ts";
import type { WorkerPool } from "../../src/zip/extract/worker_pool.ts";
import type { TempDir } from "../support/temp.ts";
import { directoryOf, filesOf } from "../zip/reading.ts";

/** A package that arrives in a file, and what an extraction makes of it. */
export class Arrival implements Disposable {
  readonly have = new RangeSet();
  readonly verified = new Map<string, DiskFact>();
  readonly bad: BadEntry[] = [];
  readonly fatal: Error[] = [];
  readonly names = new StagingNames();
  readonly path: string;
  readonly #file: Deno.FsFile;
  readonly #bytes: Uint8Array;

  constructor(path: string, bytes: Uint8Array) {
    this.path = path;
    this.#bytes = bytes;
    this.#file = Deno.openSync(path, { write: true, create: true, truncate: true });
  }

  /** Writes bytes to their place; `grew` tells the extraction. */
  put(start: number, end: number): void {
    this.hide(start, end);
    this.have.add({ start, end });
  }

  /** Writes bytes to their place, and says to nobody that they are there. */
  hide(start: number, end: number): void {
    this.#file.seekSync(start, Deno.SeekMode.Start);
    for (let at = start; at < end;) at += this.#file.writeSync(this.#bytes.subarray(at, end));
  }

  /** Begins an extraction of what is there and comes. */
  extraction(steps: Step[], use: { layout: Layout; pool: WorkerPool }): Extraction {
    use.pool.open({ partial: this.path, flushFrom: Infinity, total: this.#bytes.length });
    return new Extraction(steps, {
      ...use,
      names: this.names,
      have: this.have,
      onVerified: ({ entry }, fact) => void this.verified.set(entry.path, fact),
      onBad: (bad) => void this.bad.push(bad),
      onFatal: (error) => void this.fatal.push(error),
    });
  }

  /** Closes the file. */
  [Symbol.dispose](): void {
    this.#file.close();
  }
}

/** The steps of getting all entries of a package. */
export async function stepsOf(bytes: Uint8Array): Promise<Step[]> {
  const ends = entryEnds(await directoryOf(bytes));
  return locate(await filesOf(bytes), ends).map(({ entry, end }) => ({
    entry,
    end,
    needs: { start: entry.headerOffset, end },
  }));
}

/** Makes the folders of a dataset. */
export async function layoutIn(temp: TempDir): Promise<Layout> {
  const layout = await resolveLayout(temp.at("data"));
  await ensureLayout(layout);
  return layout;
}
