/**
 * The history: one line per dataset and run, in the `history.jsonl` of {@linkcode recordsFolder}.
 *
 * Guarantees: concurrent runs lose no lines (append and trim hold the lock beside it); a crash costs
 * at most the line being written, and the next record starts on a new line; unreadable lines are
 * skipped, and lines from newer versions are kept. Trimmed records stay in the totals, so that
 * counters never fall. Lines aren't flushed to the disk: a power cut may lose the newest.
 *
 * @module
 */
import { join } from "node:path";
import { recordsFolder } from "../config/records_folder.ts";
import { writeFileAtomic } from "../fs/atomic_write.ts";
import { openOwn, readOwnText } from "../fs/own_file.ts";
import { ifThereAsync } from "../fs/if_there.ts";
import { waitForLock } from "../fs/file_lock.ts";
import { type HistoryRecord, parseRecord } from "./history_record.ts";
import { parseTotals, type Totals, trimHistory } from "./history_trim.ts";
import { jsonText } from "../plain_text.ts";

/** What a history file holds. */
export interface History {
  /** Oldest first, as they were written. */
  records: HistoryRecord[];
  /** What was counted in records that have been trimmed. */
  trimmed: Totals;
}

/** The limits of a history's age and size. */
interface HistoryLimits {
  /** Records older than this are dropped (ms). */
  maxAgeMs: number;
  /** The size at which the file is trimmed, in bytes. */
  maxSize: number;
}

/** How far past its age limit a history is trimmed, so that not every run rewrites it. */
const SLACK = 1.05;
const DAY = 86_400_000;
/** Six years: a report over five stays possible. 16 MB is about 35,000 runs. */
const LIMITS: HistoryLimits = { maxAgeMs: 6 * 366 * DAY, maxSize: 16 * 1024 * 1024 };

/** The path of a configuration's history. `configPath` is absolute. */
export function historyPathFor(configPath: string): string {
  return join(recordsFolder(configPath), "history.jsonl");
}

/** Appends one line, and trims the file if due. Throws file system errors. */
export async function appendHistory(
  path: string,
  record: HistoryRecord,
  limits: HistoryLimits = LIMITS,
): Promise<void> {
  using _lock = await waitForLock(`${path}.lock`);
  using file = openOwn(path, { access: "append", create: 0o644 });
  const { size } = await file.stat();
  const torn = size > 0 && await lastByte(file, size) !== 0x0a;
  const line = new TextEncoder().encode(`${torn ? "\n" : ""}${jsonText(record)}\n`);
  for (let at = 0; at < line.length;) at += await file.write(line.subarray(at));
  const now = Date.parse(record.at);
  if (
    size + line.length > limits.maxSize || await beginsBefore(file, now - limits.maxAgeMs * SLACK)
  ) {
    const trimmed = trimHistory(await readOwnText(path), { now, ...limits });
    await writeFileAtomic(path, trimmed, { mode: 0o644 });
  }
}

/** The records, oldest first; none if there is no file. */
export async function readHistory(path: string): Promise<HistoryRecord[]> {
  return (await readWholeHistory(path)).records;
}

/** The records and the totals of trimmed ones; both empty if there is no file. */
export async function readWholeHistory(path: string): Promise<History> {
  const history: History = { records: [], trimmed: {} };
  const text = await ifThereAsync(() => readOwnText(path)) ?? "";
  for (const line of text.split("\n")) {
    if (line === "") continue;
    const record = parseRecord(line);
    if (record !== undefined) history.records.push(record);
    else Object.assign(history.trimmed, parseTotals(line));
  }
  return history;
}

async function lastByte(file: Deno.FsFile, size: number): Promise<number> {
  const byte = new Uint8Array(1);
  await file.seek(size - 1, Deno.SeekMode.Start);
  await file.read(byte);
  return byte[0] ?? 0;
}

/** Whether the oldest record is older than `limit`: only the file's beginning is read. */
async function beginsBefore(file: Deno.FsFile, limit: number): Promise<boolean> {
  const head = new Uint8Array(8192);
  await file.seek(0, Deno.SeekMode.Start);
  const read = await file.read(head) ?? 0;
  const lines = new TextDecoder().decode(head.subarray(0, read)).split("\n");
  // The first line may be the totals.
  for (const line of lines.slice(0, 3)) {
    const record = parseRecord(line);
    if (record !== undefined) return Date.parse(record.at) < limit;
  }
  return false;
}
