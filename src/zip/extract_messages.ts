/**
 * What the main thread and an extraction worker say to each other. Nothing big crosses: paths,
 * places and figures only.
 *
 * @module
 */
import type { ArchiveErrorCode, StoreErrorCode } from "../errors.ts";
import type { LearntBlock } from "../grown/last_block.ts";
import type { TailSource } from "../grown/tail.ts";
import type { Segment } from "../patch/compose.ts";
import type { DirectoryEntry } from "./local_header.ts";

/** One entry to extract: what the directory says of it, and what to do. Offsets are in bytes. */
export interface ExtractTask extends DirectoryEntry {
  /** The caller's number for it. */
  id: number;
  /** The first byte after all that the entry may occupy. */
  end: number;
  /** The file to write. */
  target: string;
  /** Present when only its tail, or the tail's ends, were fetched. */
  tail?: TailSource;
  /** Present when a patch says how its content is made. */
  patch?: PatchSource;
}

/** What an entry's content is made of, part by part. */
export interface PatchSource {
  /** The file that holds the old content. */
  old: string;
  /** Parts of the old content, and of the data that was opened. */
  segments: Segment[];
}

/** One file to read and judge. */
export interface CheckTask {
  id: number;
  path: string;
}

/** To the worker. */
export type ToWorker =
  | {
    kind: "open";
    partial: string;
    /** The data of patches, where entries are made with it. */
    data?: string;
    /** Files of at least this many bytes are flushed before they are reported; `Infinity` = none. */
    flushFrom: number;
    engine: "fast" | "zipjs";
    total: number;
  }
  | { kind: "extract"; batch: number; tasks: ExtractTask[] }
  | { kind: "follow"; batch: number; task: ExtractTask; available: number }
  | { kind: "available"; until: number }
  | { kind: "check"; batch: number; tasks: CheckTask[] };

/** What became of one task. */
export type TaskResult =
  | LearntBlock & {
    id: number;
    /** The written file's modification time, ms since the epoch. */
    mtimeMs: number;
  }
  | { id: number; failure: Failure };

/** An error, in a form that crosses between threads. */
export interface Failure {
  area: "archive" | "store" | "bug";
  code: ArchiveErrorCode | StoreErrorCode | "bug";
  message: string;
  expected?: string | number;
  found?: string | number;
  path?: string;
  entry?: string;
  offset?: number;
  hint?: string;
}

/** What a checked file holds; `undefined` = it isn't there or isn't a file. */
export interface CheckResult {
  id: number;
  crc?: number;
  size?: number;
  mtimeMs?: number;
}

/** From the worker. */
export type FromWorker =
  | { kind: "ready" }
  | { kind: "extracted"; batch: number; results: TaskResult[] }
  | { kind: "checked"; batch: number; results: CheckResult[] };
