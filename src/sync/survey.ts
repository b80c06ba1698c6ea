/**
 * The survey: what is on the disk at the paths of a package, by manifest where the file is as we
 * left it, else by reading it once. This is also how a folder that another program filled is
 * adopted.
 *
 * Guarantees: a CRC-32 is only believed of a file whose size and mtime are still what they were
 * when we wrote or read it. A wrong or missing manifest costs reading, never a wrong answer.
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

/** What reading files needs. */
export interface ReadContext {
  pool: () => WorkerPool;
  /** Told how many of the files that must be read have been. */
  onProgress: (done: number, total: number) => void;
}

/** What a survey needs. */
export interface SurveyContext extends ReadContext {
  layout: Layout;
  /**
   * Whether what is found in staging is flushed one by one: the run that wrote it may have died before
   * that. Not needed where the publish flushes all of staging.
   */
  flush: boolean;
  /** What a file held when somebody last wrote or read it; it still counts if it looks the same. */
  known: (path: string) => DiskFact | undefined;
}

/**
 * What is believed of a file before it is looked at: what was just read of it, else what is
 * recorded. When files were read, one that couldn't be is not believed to hold what is recorded.
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

/** Files that are read in one batch by a worker. */
const CHECK_BATCH = 32;

/** Finds out what is on the disk at the entries' paths. Throws StoreError. */
export async function surveyFiles(
  entries: readonly Entry[],
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

/** Finds the staged files of an earlier run that hold what their names say. Throws StoreError. */
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

/** Reads files in parallel; `undefined` for what isn't a readable file. */
export async function readFiles(
  paths: readonly string[],
  context: ReadContext,
): Promise<(DiskFact | undefined)[]> {
  const facts: (DiskFact | undefined)[] = new Array(paths.length).fill(undefined);
  if (paths.length === 0) return facts;
  let done = 0;
  const batches: Promise<void>[] = [];
  for (let start = 0; start < paths.length; start += CHECK_BATCH) {
    const tasks: CheckTask[] = paths.slice(start, start + CHECK_BATCH)
      .map((path, index) => ({ id: start + index, path }));
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
