/**
 * What packing is asked for, and what it answers.
 *
 * @module
 */
import type { PlaceStep } from "../site/place.ts";
import type { Clock } from "../types.ts";

/** What to pack, and where to. */
export interface PackOptions {
  /** The folder with the data. */
  folder: string;
  /** The site's folder. */
  output: string;
  /** The dataset's name. */
  name: string;
  /** Globs of files that are left out. */
  exclude?: readonly string[];
  /** The catalog's `last_updated`; default: the newest file's time. */
  version?: string;
  /** Deflate's level, 1 to 9; default 6. */
  level?: number;
  /** Hours that a replaced package is kept; default 24. */
  keepHours?: number;
  /** Milliseconds without any change to wait for before reading; default 0. */
  settleMs?: number;
  /** Fewer files than this are refused; default 1. */
  minFiles?: number;
  /** The part of the files (0 to 1) that may be gone since the last time; default 0.05. */
  maxRemoved?: number;
  /** Whether every file is read, whatever its size and time say. */
  all?: boolean;
  /** Whether what is written is flushed to the disk; default true. */
  durable?: boolean;
}

/** What packing works with. */
export interface PackContext {
  clock: Clock;
  /** Waits; rejects when the run is to end. */
  sleep: (ms: number) => Promise<void>;
  /** Told of what a person may want to know. */
  warn: (message: string) => void;
  /** Ends the packing; what is published stays. */
  signal?: AbortSignal;
  /** Told of each step as soon as it is done. */
  onStep?: (step: "packed" | PlaceStep | "recorded") => void;
}

/** What was packed. Sizes are in bytes. */
export interface PackReport {
  name: string;
  version: string;
  /** Whether a new package was placed. */
  changed: boolean;
  files: number;
  /** Files whose compressed bytes were copied from the package before. */
  reused: number;
  /** Files that were read. */
  read: number;
  packageSize: number;
  fingerprint: string;
  /** The patch from the package before, where there is one. */
  patchSize?: number;
}
