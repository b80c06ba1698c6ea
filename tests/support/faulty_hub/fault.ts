/**
 * A fault that a test hub may be told to have: its name and its figures.
 *
 * @module
 */
import type { PackageBytes } from "./body.ts";

/** The name of a fault. */
export type FaultName =
  | "reset"
  | "stall"
  | "trickle"
  | "slow_first_byte"
  | "garbage_after"
  | "no_length"
  | "content_length_long"
  | "content_length_short"
  | "wrong_content_range"
  | "full_for_range"
  | "full_for_if_range"
  | "other_range"
  | "status_416"
  | "gzip"
  | "html"
  | "not_found"
  | "status_429"
  | "status_500"
  | "status_503"
  | "redirect"
  | "redirect_loop"
  | "expiring_redirect"
  | "require_auth"
  | "replace_package"
  | "stale_package"
  | "wrong_package"
  | "cut_package"
  | "bit_flip"
  | "bit_flip_directory"
  | "weak_etag"
  | "etag_change";

/** One fault and its figures; which of them it reads is said in `FAULT_TABLE`. */
export interface Fault {
  name: FaultName;
  /** The requests it meets: a prefix of their path, or a pattern; default: every package. */
  path?: string | RegExp;
  /** How many requests it meets; default 1, or `Infinity` for those that describe the hub itself. */
  times?: number;
  /** Bytes of the answer's body before it happens; default: anywhere, by the hub's random. */
  after?: number;
  /** A place in the package (bit_flip, cut_package), in bytes. */
  offset?: number;
  /** The bits of that byte to turn; default 1. */
  mask?: number;
  /** How many bytes too many, too few, or beside the truth. */
  bytes?: number;
  /** The literal `Content-Range` of wrong_content_range. */
  contentRange?: string;
  /** Seconds, a date, or nonsense, as sent. */
  retryAfter?: number | string;
  /** Milliseconds: how late, how slow, or how long a link is valid. */
  ms?: number;
  /** How often an expiring link may be used; default `Infinity`. */
  uses?: number;
  /** Where to: an origin (the path is kept), a URL, or a path. */
  to?: string;
  /** Another dataset's name, or a file name. */
  other?: string;
  /** The package that takes over; default: the same bytes. */
  package?: PackageBytes;
  /** The version that is announced from then on; default: unchanged. */
  version?: string;
  /** What the open answer does at a replacement: `cut` (default), go on with the `old` or `new` bytes. */
  then?: "cut" | "old" | "new";
  token?: string;
  etag?: string;
  /** The page or the body to send. */
  html?: string;
}
