/**
 * The messages between the main thread and extraction workers. No bulk data: only paths, offsets
 * and figures.
 *
 * @module
 */
import type { LearntBlock, TailSource } from "../../grown/rebuild.ts";
import type { Segment } from "../../patch/compose.ts";
import type { Hashed } from "../../trust/sha256.ts";
import type { Failure } from "./failure.ts";
import type { DirectoryEntry } from "../local_header.ts";

/** An entry to extract: what the directory says about it, and what to do. Offsets are in bytes. */
export interface ExtractTask extends DirectoryEntry {
  /** The caller's ID for it. */
  id: number;
  /** The end of the space that the entry may occupy. */
  end: number;
  /** The file to write. */
  target: string;
  /**
   * Set if the content's SHA-256 is computed: what it must be (base64url) and, of the file that a
   * patch builds on, what spares hashing that once more, where they are known.
   */
  digest?: { expected?: string | undefined; old?: Hashed | undefined };
  /** Set if only its tail, or the tail's ends, were fetched. */
  tail?: TailSource;
  /** Set if a patch says how to build its content. */
  patch?: PatchSource;
}

/** The parts that an entry's content is built from. */
export interface PatchSource {
  /** The file that holds the old content. */
  old: string;
  /** Parts of the old content and of the opened data. */
  segments: Segment[];
}

/** A file to read and check. */
export interface CheckTask {
  id: number;
  path: string;
  /** How many of its bytes to read; default: all. */
  length?: number;
  /** Whether its SHA-256 is computed, too. */
  digest?: boolean;
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
    /** Whether files share blocks with those that they are made from; default: no. */
    reflinks?: boolean;
    /** Whether zip.js decodes what the fast path would. */
    byZipJs: boolean;
    total: number;
  }
  | { kind: "extract"; batch: number; tasks: ExtractTask[] }
  | { kind: "follow"; batch: number; task: ExtractTask; available: number }
  | { kind: "available"; until: number }
  | { kind: "check"; batch: number; tasks: CheckTask[] };

/** The result of a task. */
export type TaskResult =
  | LearntBlock & {
    id: number;
    /** The written file's modification time, ms since the epoch. */
    mtimeMs: number;
    /** The content's SHA-256 in base64url, if it was asked for. */
    sha256?: string;
    /** Its midstate, if the hash was resumed from the old content's. */
    midstate?: string;
  }
  | { id: number; failure: Failure };

/** A checked file's CRC-32, size and, if asked for, SHA-256; `undefined` = it doesn't exist or isn't a file. */
export interface CheckResult {
  id: number;
  crc?: number;
  size?: number;
  mtimeMs?: number;
  sha256?: string;
}

/** From the worker. */
export type FromWorker =
  | { kind: "ready" }
  | { kind: "extracted"; batch: number; results: TaskResult[] }
  | { kind: "checked"; batch: number; results: CheckResult[] };
