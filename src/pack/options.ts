/**
 * Options for packing, and its report.
 *
 * @module
 */
import type { PackDataset } from "../config/load_pack_config.ts";
import type { PlaceStep } from "../site/place.ts";
import type { Clock } from "../types.ts";

/** What to pack, and where to. */
export interface PackOptions extends PackDataset {
  /** The site's folder. */
  output: string;
  /** The catalog's `last_updated`; default: the newest file's time. */
  version?: string;
  /** Hours that a replaced package is kept; default 24. */
  keepHours?: number;
  /** Whether to read every file, whatever its size and time say. */
  all?: boolean;
  /** Whether to flush what is written to the disk; default true. */
  durable?: boolean;
}

/** The surroundings of a packing. */
export interface PackContext {
  clock: Clock;
  /** Waits; rejects when the run must end. */
  sleep: (ms: number) => Promise<void>;
  /** Called with what a person should know. */
  warn: (message: string) => void;
  /** Ends the packing; what is published stays. */
  signal?: AbortSignal;
  /** Called after each step. */
  onStep?: (step: "packed" | PlaceStep | "recorded") => void;
}

/** The result of packing. Sizes are in bytes. */
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
