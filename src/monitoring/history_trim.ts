/**
 * Shortens a history without falsifying it.
 *
 * Guarantees: pure; keeps the newest records; removes first those past the age limit, then, if the
 * size requires it, "nothing to do" ones older than a month, then the oldest. The removed ones are
 * summed up in one line at the top, so that counters never fall. Lines from newer versions are
 * treated like any other; anything that isn't a record is dropped.
 *
 * @module
 */
import {
  counts,
  type HistoryRecord,
  parseObject,
  parseRecord,
  savedByPatch,
} from "./history_record.ts";

/** Per dataset, the totals of removed records. */
export type Totals = Record<string, {
  /** Runs by outcome. */
  outcomes: Record<string, number>;
  /** Sums: `bytesDownloaded`, `byPatch`, `savedByPatch`, `durationMs`, `fetched`, `deleted`, `retries`. */
  sums: Record<string, number>;
}>;

const MONTH = 30 * 86_400_000;

/** Parses the totals line; `undefined` if it is another line. */
export function parseTotals(line: string): Totals | undefined {
  const value = parseObject(line)?.["trimmed"];
  if (typeof value !== "object" || value === null) return undefined;
  const totals: Totals = {};
  for (const [dataset, entry] of Object.entries(value)) {
    totals[dataset] = { outcomes: counts(entry?.outcomes), sums: counts(entry?.sums) };
  }
  return totals;
}

/** Adds records to `totals` (changed and returned). */
export function addUp(records: Iterable<HistoryRecord>, totals: Totals = {}): Totals {
  for (const record of records) {
    const { outcomes, sums } = totals[record.dataset] ??= { outcomes: {}, sums: {} };
    add(outcomes, record.outcome, 1);
    add(sums, "bytesDownloaded", record.bytesDownloaded);
    if (record.byPatch !== undefined) {
      add(sums, "byPatch", 1);
      add(sums, "savedByPatch", savedByPatch(record));
    }
    add(sums, "durationMs", record.durationMs);
    add(sums, "fetched", record.fetched);
    add(sums, "deleted", record.deleted);
    add(sums, "retries", Object.values(record.retries).reduce((sum, n) => sum + n, 0));
  }
  return totals;
}

/**
 * The file's new text. `maxSize` in bytes; the result is well below it, so that trimming stays
 * rare.
 */
export function trimHistory(
  text: string,
  limits: { now: number; maxAgeMs: number; maxSize: number },
): string {
  const { now, maxAgeMs, maxSize } = limits;
  const totals: Totals = {};
  let lines: Line[] = [];
  for (const line of text.split("\n")) {
    const record = parseRecord(line);
    if (record !== undefined) {
      lines.push({ text: line, record, at: Date.parse(record.at), size: sizeOf(line) });
    } else {
      Object.assign(totals, parseTotals(line));
    }
  }
  const drop = (goes: (line: Line) => boolean): void => {
    addUp(lines.filter(goes).map((line) => line.record), totals);
    lines = lines.filter((line) => !goes(line));
  };
  drop((line) => line.at < now - maxAgeMs);
  const target = maxSize * 0.75;
  let excess = lines.reduce((sum, line) => sum + line.size, 0) - target;
  const dropExcess = (mayGo: (line: Line) => boolean): void => {
    const gone = new Set<Line>();
    for (const line of lines) {
      if (excess <= 0) break;
      if (!mayGo(line)) continue;
      gone.add(line);
      excess -= line.size;
    }
    drop((line) => gone.has(line));
  };
  dropExcess((line) => line.record.outcome === "up_to_date" && line.at < now - MONTH);
  const newest = lines.at(-1);
  dropExcess((line) => line !== newest);
  const head = Object.keys(totals).length > 0 ? [JSON.stringify({ v: 1, trimmed: totals })] : [];
  return [...head, ...lines.map((line) => line.text)].join("\n") + "\n";
}

/** A record with the line it came from. */
interface Line {
  text: string;
  record: HistoryRecord;
  at: number;
  size: number;
}

function add(sums: Record<string, number>, key: string, value: number): void {
  sums[key] = (sums[key] ?? 0) + value;
}

function sizeOf(line: string): number {
  return new TextEncoder().encode(line).length + 1;
}
