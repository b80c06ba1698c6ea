/**
 * What the main thread and an extraction worker say to each other. Nothing big crosses: paths,
 * places and figures only.
 *
 * @module
 */
import type { ArchiveErrorCode, StoreErrorCode } from "../errors.ts";
import type { DirectoryEntry } from "./local_header.ts";

/** How an entry's content is made when only its tail was fetched. */
export interface TailSource {
  /** The file that holds the old content. */
  path: string;
  /** Where the compressed data begins in the package. */
  dataStart: number;
  /** Bit in the compressed data at which decoding begins. */
  bit: number;
  /** Bytes of the old content that stand before that bit. */
  out: number;
  /** Present when of the tail itself only the beginning and the end were fetched. */
  grown?: GrownSource;
}

/** What is known of an entry's last block. */
export interface KnownSymbols {
  /** Bytes of the content up to which its symbols are known. */
  end: number;
  /** How often each symbol occurs up to there, as `SymbolCounts` puts it in bytes, in base64. */
  counts: string;
}

/** What is needed to make a tail of its block's header and the stream's end. */
export interface GrownSource {
  /** The old content's size in bytes. */
  size: number;
  /** The block's symbols, where they are remembered. */
  known?: KnownSymbols | undefined;
  /** zlib's level that the package is made with, where they aren't. */
  level?: number | undefined;
  /** Bytes that were fetched from the block's first byte on. */
  headBytes: number;
  /** The place in the package from which on everything up to the entry's end was fetched. */
  restStart: number;
}

/** One entry to extract: what the directory says of it, and what to do. Offsets are in bytes. */
export interface ExtractTask extends DirectoryEntry {
  /** The caller's number for it. */
  id: number;
  /** The first byte after all that the entry may occupy. */
  end: number;
  /** The file to write. */
  target: string;
  tail?: TailSource;
}

/** One file to read and judge. */
export interface CheckTask {
  id: number;
  path: string;
}

/** To the worker. */
export type ToWorker =
  | { kind: "open"; partial: string; durable: boolean; engine: "fast" | "zipjs"; total: number }
  | { kind: "extract"; batch: number; tasks: ExtractTask[] }
  | { kind: "follow"; batch: number; task: ExtractTask; available: number }
  | { kind: "available"; until: number }
  | { kind: "check"; batch: number; tasks: CheckTask[] };

/** What became of one task. */
export type TaskResult =
  | {
    id: number;
    /** The written file's modification time, ms since the epoch. */
    mtimeMs: number;
    /** The bit at which the last deflate block begins, and the content before it. */
    block?: { bit: number; out: number };
    /** That block's symbols, where they are known. */
    known?: KnownSymbols;
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
