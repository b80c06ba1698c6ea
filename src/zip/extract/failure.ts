/**
 * Errors on their way from a worker to the main thread.
 *
 * @module
 */
import {
  ArchiveError,
  type ArchiveErrorCode,
  DataHubSyncError,
  StoreError,
  type StoreErrorCode,
} from "../../errors.ts";

/** An error in a form that can be sent between threads. */
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

/** An error in a form that can be sent between threads. */
export function describe(error: unknown): Failure {
  if (error instanceof DataHubSyncError) {
    const { cause: _cause, ...evidence } = error.evidence;
    if (error instanceof ArchiveError) {
      return { area: "archive", code: error.code, message: error.message, ...evidence };
    }
    if (error instanceof StoreError) {
      return { area: "store", code: error.code, message: error.message, ...evidence };
    }
  }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { area: "bug", code: "bug", message };
}

/** Restores an error that a worker sent. */
export function toError(failure: Failure): Error {
  const { area, code, message, ...evidence } = failure;
  switch (area) {
    case "archive":
      return new ArchiveError(code as ArchiveErrorCode, message, evidence);
    case "store":
      return new StoreError(code as StoreErrorCode, message, evidence);
    case "bug":
      return new Error(message);
  }
}
