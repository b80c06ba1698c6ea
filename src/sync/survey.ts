/**
 * The survey: what is on the disk at a package's paths, from the manifest if the file is as the
 * last sync left it, otherwise by reading it once. This is also how a folder filled by another
 * program is adopted.
 *
 * Guarantees: a recorded CRC-32 is trusted only if the file's size and mtime are the same as when
 * it was written or read. A wrong or missing manifest costs reading, never a wrong answer.
 *
 * @module
 */
import { flushAll } from "../fs/flush.ts";
import type { Layout } from "../store/layout.ts";
import { StagedBlocks } from "../store/staged_blocks.ts";
import { listStaging, type StagingNames } from "../store/staging.ts";
import type { Entry } from "../types.ts";
import type { CheckTask } from "../zip/extract_messages.ts";
import type { WorkerPool } from "../zip/worker_pool.ts";
import type { DiskFact } from "./step.ts";
import { Presence } from "./presence.ts";

/** Options for reading files. */
export interface ReadContext {
  pool: () => WorkerPool;
  /** Called with the number of files read so far, of those that must be. */
  onProgress: (done: number, total: number) => void;
}

/** Options for a survey. */
export interface SurveyContext extends ReadContext {
  layout: Layout;
  /**
   * Whether to flush staged files one by one: the run that wrote them may have died before
   * flushing. Not needed if the publish flushes all of staging.
   */
  flush: boolean;
  /** A file's content when it was last written or read; valid while size and mtime are the same. */
  known: (path: string) => DiskFact | undefined;
}

/**
 * What to assume about a file before looking at it: what was just read, otherwise what is recorded.
 * If files were read but this one couldn't be, its record isn't trusted.
 */
export function believed(
  path: string,
  from: {
    read: ReadonlyMap<string, DiskFact> | undefined;
    recorded: { get(path: string): DiskFact | undefined } | undefined;
  },
): DiskFact | undefined {
  const recorded = from.recorded?.get(path);
  if (from.read === undefined) return recorded;
  const read = from.read.get(path);
  const same = read !== undefined && recorded?.crc === read.crc && recorded?.size === read.size;
  return same ? { ...recorded, ...read } : read; // where its last block begins still holds
}

/** Files per batch for a worker. */
const CHECK_BATCH = 32;

/** Finds out what is on the disk at the entries' paths. Throws StoreError. */
export async function surveyFiles(
  entries: readonly Pick<Entry, "path" | "size">[],
  context: SurveyContext,
): Promise<Map<string, DiskFact>> {
  const { layout, known: lookUp } = context;
  const present = new Presence(layout.localDir, entries.map(({ path }) => path));
  const facts = new Map<string, DiskFact>();
  const unread: string[] = [];
  for (const { path, size } of entries) {
    const info = present.stat(path);
    if (info === undefined) continue;
    const known = lookUp(path);
    const fact = { size: info.size, mtimeMs: info.mtime?.getTime() ?? 0 };
    if (known !== undefined && known.size === fact.size && known.mtimeMs === fact.mtimeMs) {
      facts.set(path, { ...known });
      continue;
    }
    facts.set(path, fact);
    if (fact.size === size) unread.push(path); // of another size it can't be the entry's content
  }
  const checked = await readFiles(unread.map((path) => `${layout.localDir}/${path}`), context);
  for (const [index, path] of unread.entries()) {
    const result = checked[index];
    const known = lookUp(path);
    if (result === undefined) facts.delete(path);
    else if (known !== undefined && known.crc === result.crc && known.size === result.size) {
      facts.set(path, { ...known, ...result }); // only touched: where its last block begins still holds
    } else facts.set(path, result);
  }
  return facts;
}

/** Finds an earlier run's staged files whose content matches their names. Throws StoreError. */
export async function surveyStaging(
  entries: readonly Entry[],
  names: StagingNames,
  context: SurveyContext,
): Promise<Map<string, DiskFact>> {
  const there = listStaging(context.layout);
  if (there.size === 0) return new Map();
  const claimed = entries.filter((entry) => there.has(names.nameOf(entry)));
  const paths = claimed.map((entry) => `${context.layout.staging}/${names.nameOf(entry)}`);
  const checked = await readFiles(paths, context);
  const blocks = new StagedBlocks(context.layout).load();
  const facts = new Map<string, DiskFact>();
  for (const [index, entry] of claimed.entries()) {
    const fact = checked[index];
    if (fact?.crc !== entry.crc || fact.size !== entry.size) continue;
    const block = blocks.get(names.nameOf(entry));
    facts.set(entry.path, { ...fact, ...(block && { block }) });
  }
  if (context.flush) {
    await flushAll(paths.filter((_, index) => facts.has(claimed[index]!.path)));
  }
  return facts;
}

/**
 * Reads files in parallel, or the first bytes of each where `lengths` are given; `undefined` for
 * what isn't a readable file.
 */
export async function readFiles(
  paths: readonly string[],
  context: ReadContext & { lengths?: readonly number[] },
): Promise<(DiskFact | undefined)[]> {
  const facts: (DiskFact | undefined)[] = new Array(paths.length).fill(undefined);
  if (paths.length === 0) return facts;
  let done = 0;
  const batches: Promise<void>[] = [];
  for (let start = 0; start < paths.length; start += CHECK_BATCH) {
    const tasks: CheckTask[] = paths.slice(start, start + CHECK_BATCH)
      .map((path, index) => {
        const length = context.lengths?.[start + index];
        return { id: start + index, path, ...(length !== undefined && { length }) };
      });
    batches.push(
      context.pool().check(tasks).then((results) => {
        for (const { id, crc, size, mtimeMs } of results) {
          if (crc !== undefined) facts[id] = { crc, size: size!, mtimeMs: mtimeMs! };
        }
        done += tasks.length;
        context.onProgress(done, paths.length);
      }),
    );
  }
  await Promise.all(batches);
  return facts;
}
