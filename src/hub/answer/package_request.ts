/**
 * The types of a package request: the request, the receiver of the bytes, the outcome.
 *
 * @module
 */
import type { Range } from "../../types.ts";
import type { BufferPool } from "../request/body_reader.ts";
import type { Transport } from "../request/http_get.ts";
import type { PackageHead } from "./package_head.ts";
import type { Throttle } from "../request/throttle.ts";

/** Receives a package. Whatever it throws ends the request and is rethrown unchanged. */
export interface PackageSink {
  /** Called once, before any byte; may throw to refuse. */
  head(head: PackageHead): void;
  /** Bytes at their offset in the package; the chunk is only valid during the call. */
  bytes(offset: number, chunk: Uint8Array): void;
}

/** A request for a package's bytes. */
export interface PackageRequest {
  /** `all` = without a range. */
  ranges: readonly Range[] | "all";
  /** Ends the request. */
  signal?: AbortSignal;
  /** Whether the whole package is accepted as the answer to ranges. */
  allowFull: boolean;
}

/** The outcome of a request. */
export interface FetchOutcome {
  /** Bytes of package data received. */
  bytes: number;
  /** Milliseconds from the request to the first byte of the body. */
  firstByteMs: number;
  /** Milliseconds of the whole request. */
  durationMs: number;
  /**
   * `range` may hold less than was requested; `full_refused`: the whole package came, wasn't allowed,
   * and was dropped at once.
   */
  kind: "range" | "multipart" | "full" | "full_refused";
  /** Present if the answer didn't state which bytes it holds, or stated others first. */
  unlabelled?: true;
}

/** How to request a package. */
export interface PackageContext {
  /** The dataset's name. */
  name: string;
  /** Whether the file may have any name: the user named its address. */
  anyName?: boolean;
  /** Its address with fewer letters encoded, for a server that decodes none. */
  plainUrl?: string;
  /** What all requests to the hub share. */
  transport: Transport;
  /** IANA zone of the stamp in a file name. */
  timezone: string;
  /** Buffers to read into. */
  buffers: BufferPool;
  /** Shared by all connections. */
  throttle?: Throttle | undefined;
}
