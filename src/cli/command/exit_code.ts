/**
 * All exit codes.
 *
 * @module
 */
import {
  ConfigError,
  DataHubSyncError,
  InterruptedError,
  LockedError,
  UsageError,
} from "../../errors.ts";
import type { Status } from "../../types.ts";

/** The exit codes, by meaning; docs/cli.md has the same table. */
export const EXIT = {
  /** Everything up to date, or the hub's package isn't ready yet. */
  ok: 0,
  /** A bug in the program. */
  bug: 1,
  /** Wrong command line or configuration. */
  usage: 2,
  /** At least one dataset failed, or a check did. */
  failed: 3,
  /** Another run holds the lock. */
  locked: 4,
  /** With `--exit-code`: nothing failed, and something has changed. */
  changed: 10,
  /** Interrupted by SIGINT. */
  interrupted: 130,
  /** Ended by SIGTERM. */
  terminated: 143,
} as const;

const BY_STATUS: Readonly<Record<Status, number>> = {
  success: EXIT.ok,
  up_to_date: EXIT.ok,
  planned: EXIT.ok,
  package_not_ready: EXIT.ok,
  not_found: EXIT.failed,
  download_failed: EXIT.failed,
  extract_failed: EXIT.failed,
  rejected: EXIT.failed,
  disk_full: EXIT.failed,
  config_error: EXIT.usage,
  locked: EXIT.locked,
  interrupted: EXIT.interrupted,
  error: EXIT.bug,
};

/** If several apply, the first of these is the exit code. */
const ORDER = [EXIT.interrupted, EXIT.bug, EXIT.usage, EXIT.failed, EXIT.locked, EXIT.ok];

/** The exit code for these results; `signalCode` if a signal ended the run. */
export function exitCodeOf(statuses: readonly Status[], signalCode?: number): number {
  if (signalCode !== undefined) return signalCode;
  const codes = new Set(statuses.map((status) => BY_STATUS[status]));
  return ORDER.find((code) => codes.has(code)) ?? EXIT.ok;
}

/** The exit code for an error that ended the whole command. */
export function exitCodeOfError(error: unknown): number {
  if (error instanceof UsageError || error instanceof ConfigError) return EXIT.usage;
  if (error instanceof LockedError) return EXIT.locked;
  if (error instanceof InterruptedError) return EXIT.interrupted;
  return error instanceof DataHubSyncError ? EXIT.failed : EXIT.bug;
}
