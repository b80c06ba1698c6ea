/**
 * One line of the history: what one run did to one dataset.
 *
 * Guarantees: {@linkcode parseRecord} accepts what any version of this program wrote and never
 * throws; a newer version's line is read as far as its fields have the types known here, and an
 * unreadable one is `undefined`. Unknown fields are dropped when reading, but stay in the file.
 * Texts are sanitised and shortened, both when written and when read.
 *
 * @module
 */
import { given } from "../given.ts";
import { orElse } from "../or_else.ts";
import type { DatasetResult, Phase, Status } from "../types.ts";
import { messageText, nameText } from "../plain_text.ts";
import { redactor } from "../redact.ts";

/** One run of one dataset. Durations are in ms, sizes in bytes. */
export interface HistoryRecord {
  /** The line's format; newer ones only add fields. */
  v: number;
  /** When the sync began, as UTC text (`2026-11-22T00:15:00.000Z`). */
  at: string;
  dataset: string;
  outcome: Status;
  success: boolean;
  durationMs: number;
  phases: Partial<Record<Phase, number>>;
  /** The hub, without secrets. */
  hub: string;
  /** The version of this program. */
  client: string;
  versionBefore: string | null;
  version: string | null;
  /** Entries in the package; fetched, left as they were, and removed. */
  entries: number;
  fetched: number;
  kept: number;
  deleted: number;
  /** Size of the package. */
  bytesTotal: number;
  bytesDownloaded: number;
  /** What patches made: files, and the bytes received for the patches; without, no patch was used. */
  byPatch?: { entries: number; bytes: number };
  /** Size of the dataset's files afterwards. */
  bytesOnDisk?: number;
  /** The date of the newest row in what went live, as UTC text, where `expect` looks for it. */
  newestRow?: string;
  /** The causes of retried requests, with their counts. */
  retries: Record<string, number>;
  error?: string;
  hint?: string;
}

/** The record of a result. `secrets` are removed from the error and the hint. */
export function recordOf(
  result: DatasetResult,
  about: { hub: string; binaryVersion: string; secrets?: readonly string[] },
): HistoryRecord {
  const redact = redactor(about.secrets ?? []);
  const { newestRow, error, hint } = result;
  return {
    v: 1,
    at: new Date(result.startedAt).toISOString(),
    dataset: nameText(result.dataset),
    outcome: result.status,
    success: result.success,
    durationMs: Math.round(result.durationMs),
    phases: result.phases,
    hub: redact(about.hub),
    client: about.binaryVersion,
    versionBefore: nameOf(result.versionBefore && redact(result.versionBefore)),
    version: nameOf(result.version && redact(result.version)),
    entries: result.entries,
    fetched: result.entriesFetched,
    kept: Math.max(0, result.entries - result.entriesFetched),
    deleted: result.entriesDeleted,
    bytesTotal: result.bytesTotal,
    bytesDownloaded: result.bytesDownloaded,
    ...given({
      byPatch: result.byPatch,
      bytesOnDisk: result.bytesOnDisk,
      newestRow: newestRow === undefined ? undefined : new Date(newestRow).toISOString(),
    }),
    retries: result.retries,
    ...given({ error: error && redact(error), hint: hint && redact(hint) }),
  };
}

/** Parses one line; `undefined` if it isn't a record. */
export function parseRecord(line: string): HistoryRecord | undefined {
  const value = parseObject(line);
  if (value === undefined) return undefined;
  const { v, at, dataset, outcome } = value;
  if (typeof v !== "number" || typeof dataset !== "string" || typeof outcome !== "string") return;
  if (typeof at !== "string" || Number.isNaN(Date.parse(at))) return undefined;
  const bytesOnDisk = value["bytesOnDisk"];
  const { entries, bytes = 0 } = counts(value["byPatch"]);
  return {
    v,
    at,
    dataset: nameText(dataset),
    outcome: nameText(outcome) as Status,
    success: value["success"] === true,
    durationMs: count(value["durationMs"]),
    phases: counts(value["phases"]),
    hub: text(value["hub"]) ?? "",
    client: nameOf(text(value["client"])) ?? "",
    versionBefore: nameOf(text(value["versionBefore"])),
    version: nameOf(text(value["version"])),
    entries: count(value["entries"]),
    fetched: count(value["fetched"]),
    kept: count(value["kept"]),
    deleted: count(value["deleted"]),
    bytesTotal: count(value["bytesTotal"]),
    bytesDownloaded: count(value["bytesDownloaded"]),
    ...given({
      byPatch: entries ? { entries, bytes } : undefined,
      bytesOnDisk: typeof bytesOnDisk === "number" ? count(bytesOnDisk) : undefined,
      newestRow: timeIn(value["newestRow"]),
    }),
    retries: counts(value["retries"]),
    ...given({ error: text(value["error"]), hint: text(value["hint"]) }),
  };
}

/**
 * Bytes that an update by patch saved: the package's size minus everything received. What another
 * strategy would have fetched isn't known, and many hubs support no other.
 */
export function savedByPatch({ byPatch, bytesTotal, bytesDownloaded }: HistoryRecord): number {
  return byPatch === undefined ? 0 : Math.max(0, bytesTotal - bytesDownloaded);
}

/** Parses a line as a JSON object; `undefined` for anything else. */
export function parseObject(line: string): Record<string, unknown> | undefined {
  const value: unknown = orElse(() => JSON.parse(line), undefined);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return value as Record<string, unknown>;
}

/** An object's fields that are counts. */
export function counts(value: unknown): Record<string, number> {
  if (typeof value !== "object" || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).filter(([, number]) => Number.isFinite(number) && number >= 0)
      .map(([key, number]) => [nameText(key), number]),
  );
}

function count(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) && value > 0 ? value : 0;
}

/** Earlier versions stored a hub's texts verbatim. */
function text(value: unknown): string | undefined {
  return typeof value === "string" ? messageText(value) : undefined;
}

function nameOf(value: string | null | undefined): string | null {
  return value === null || value === undefined ? null : nameText(value);
}

function timeIn(value: unknown): string | undefined {
  return typeof value === "string" && !Number.isNaN(Date.parse(value)) ? value : undefined;
}
