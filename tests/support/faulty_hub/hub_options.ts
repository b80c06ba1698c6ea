/**
 * How a test hub is set up, and what it remembers of a request.
 *
 * @module
 */
import type { HubDataset } from "./hub_dataset.ts";
import type { HubKind } from "./package_answer.ts";

/** How a hub is set up. */
export interface FaultyHubOptions {
  /** Name → dataset, in the catalog's order. */
  datasets?: Record<string, HubDataset> | Iterable<[string, HubDataset]>;
  /** Default `deployed`. */
  kind?: HubKind;
  /** Default 127.0.0.1. */
  hostname?: string;
  /** Default 0: any free one. */
  port?: number;
  /** PEM texts; with them the hub speaks TLS. */
  tls?: { cert: string; key: string };
  /** Milliseconds before each answer. */
  latencyMs?: number;
  /** Bytes a second over all connections; 0 = as fast as it goes. */
  bytesPerSecond?: number;
  clock?: () => number;
  /** Where faults without a place happen: numbers from 0 up to 1; default: always the same row. */
  random?: () => number;
}

/** One request that a hub has seen. */
export interface RequestRecord {
  method: string;
  /** The target as sent, with its query. */
  path: string;
  /** The `Range` header. */
  range: string | undefined;
  /** Lower-case names. */
  headers: ReadonlyMap<string, string>;
  /** The status of the answer; 0 until there is one. */
  status: number;
  /** Body bytes that were really written. */
  bytesSent: number;
  /** By the hub's clock, in ms since the epoch. */
  startedAt: number;
  /** The faults it met. */
  faults: string[];
}
