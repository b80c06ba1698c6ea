/**
 * Which status an error means for a dataset: the one place that decides it.
 *
 * @module
 */
import {
  ArchiveError,
  ConfigError,
  HubError,
  InterruptedError,
  LockedError,
  StoreError,
} from "../errors.ts";
import type { Status } from "../types.ts";

/** The status that a sync ends with when it ends in this error. */
export function statusOf(error: unknown): Status {
  if (error instanceof InterruptedError) return "interrupted";
  if (error instanceof LockedError) return "locked";
  if (error instanceof ConfigError) return "config_error";
  if (error instanceof HubError) return "download_failed";
  // A package without its end never arrived whole; any other fault is in what arrived.
  if (error instanceof ArchiveError) {
    return error.code === "no_end_record" ? "download_failed" : "extract_failed";
  }
  if (error instanceof StoreError) {
    return error.code === "disk_full" ? "disk_full" : "extract_failed";
  }
  return "error";
}
