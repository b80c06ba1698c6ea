/**
 * Maps errors to a dataset's status; the only module that does.
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
  UsageError,
} from "../errors.ts";
import type { Status } from "../types.ts";

/** The status of a sync that ends in this error. */
export function statusOf(error: unknown): Status {
  if (error instanceof InterruptedError) return "interrupted";
  if (error instanceof LockedError) return "locked";
  if (error instanceof ConfigError || error instanceof UsageError) return "config_error";
  // It says nothing new, which a mirror that is behind does, too.
  if (error instanceof HubError && error.code === "old_catalog") return "package_not_ready";
  if (error instanceof HubError) return "download_failed";
  // A package without its end never fully arrived; any other fault is in what arrived.
  if (error instanceof ArchiveError) {
    return error.code === "no_end_record" ? "download_failed" : "extract_failed";
  }
  if (error instanceof StoreError) {
    return error.code === "disk_full" ? "disk_full" : "extract_failed";
  }
  return "error";
}
