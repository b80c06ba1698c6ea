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
import { flushAll } from "../../fs/flush.ts";
import type { OldFile } from "../../grown/memory.ts";
import { Presence } from "../../store/folder_state.ts";
import type { Layout } from "../../store/layout.ts";
import { StagedBlocks } from "../../store/staged_blocks.ts";
import { listStaging, type StagingNames } from "../../store/staging.ts";
import type { Entry } from "../../types.ts";
import type { CheckTask } from "../../zip/extract/extract_messages.ts";
import type { WorkerPool } from "../../zip/extract/worker_pool.ts";

/** What is known about a file on the disk. */
export interface DiskFact extends OldFile {
  size: number;
  mtimeMs: number;
  /** SHA-256 in base64url, if computed. */
  sha256?: string;
  /** The midstate of that, if known: it isn't recorded in the manifest (see midstates.ts). */
  midstate?: string;
}

/** Whether a file has an entry's content, by everything known about both. */
export function hasContent(fact: DiskFact | undefined, entry: Entry): boolean {
  if (fact?.crc !== entry.crc || fact.size !== entry.size) return false;
  return (fact.sha256 ?? entry.sha256) === (entry.sha256 ?? fact.sha256);
}

interface ReadContext {
  pool: () => WorkerPool;
  /** Called with the number of files read so far, and of files to read. */
  onProgress?: (done: number, total: number) => void;
  /** Whether to compute the SHA-256 of each. */
  digests?: boolean;
}

/** Options for a survey. */
export interface SurveyContext extends ReadContext {
  layout: Layout;
  /**
   * Whether to flush staged files one by one: the run that wrote them may have died before
   * flushing. Not needed if the publish flushes all of staging.
   */
  flush: boolean;
  /** Whether to read a recorded file that has no digest. */
  readForDigest?: boolean;
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
  return withRecorded(read, recorded);
}

/** The fact that was read, with the recorded last block if the content is still the recorded one. */
function withRecorded<T extends DiskFact | undefined>(read: T, recorded: DiskFact | undefined): T {
  if (read === undefined || recorded === undefined) return read;
  if (recorded.crc !== read.crc || recorded.size !== read.size) return read;
  const { sha256 = read.sha256 } = recorded;
  return sha256 === (read.sha256 ?? sha256) ? { ...recorded, ...read } : read;
}

/** Files per batch for a worker. */
const CHECK_BATCH = 32;

/** Finds out what is on the disk at the entries' paths. Throws StoreError. */
export async function surveyFiles(
  entries: readonly (Pick<Entry, "path" | "size"> & { crc?: number })[],
  context: SurveyContext,
): Promise<Map<string, DiskFact>> {
  const { layout, known: lookUp } = context;
  const present = new Presence(layout.localDir, entries.map(({ path }) => path));
  const facts = new Map<string, DiskFact>();
  const unread: string[] = [];
  let digests = context.digests ?? false;
  for (const { path, size, crc } of entries) {
    const known = lookUp(path);
    const info = present.stat(path, known !== undefined);
    if (info === undefined) continue;
    const fact = { size: info.size, mtimeMs: info.mtime?.getTime() ?? 0 };
    digests ||= known?.sha256 !== undefined;
    if (known !== undefined && known.size === fact.size && known.mtimeMs === fact.mtimeMs) {
      facts.set(path, { ...known });
      const unproven = known.sha256 === undefined && known.crc === crc && known.size === size;
      if (unproven && context.readForDigest) unread.push(path);
      continue;
    }
    facts.set(path, fact);
    if (fact.size === size) unread.push(path); // of another size it can't be the entry's content
  }
  const checked = await readFiles(unread.map((path) => `${layout.localDir}/${path}`), {
    ...context,
    digests,
  });
  for (const [index, path] of unread.entries()) {
    const result = checked[index];
    if (result === undefined) facts.delete(path);
    else facts.set(path, withRecorded(result, lookUp(path)));
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
    if (fact === undefined || !hasContent(fact, entry)) continue;
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
  const pool = context.pool().start(); // large files would keep this thread from signals
  let done = 0;
  const batches: Promise<void>[] = [];
  for (let start = 0; start < paths.length; start += CHECK_BATCH) {
    const tasks: CheckTask[] = paths.slice(start, start + CHECK_BATCH)
      .map((path, index) => {
        const length = context.lengths?.[start + index];
        const digest = context.digests ?? false;
        return { id: start + index, path, digest, ...(length !== undefined && { length }) };
      });
    batches.push(
      pool.check(tasks).then((results) => {
        for (const { id, crc, size, mtimeMs, sha256 } of results) {
          if (crc === undefined) continue;
          facts[id] = { crc, size: size!, mtimeMs: mtimeMs!, ...(sha256 && { sha256 }) };
        }
        done += tasks.length;
        context.onProgress?.(done, paths.length);
      }),
    );
  }
  await Promise.all(batches);
  return facts;
}
