/**
 * The result of a sync while it runs: phases are timed, bytes and retries counted, and the reporter
 * is told of each.
 *
 * @module
 */
import { DataHubSyncError, InterruptedError, messageOf } from "../errors.ts";
import type { Clock, Phase, Status, SyncResult } from "../types.ts";
import { statusOf } from "./failure.ts";
import type { Reporter } from "./reporter.ts";
import { messageText } from "../plain_text.ts";

/** Paths that one warning names. */
const MOST_NAMED = 5;

/** A result to begin with: nothing done yet. */
export function emptyResult(dataset: string, startedAt: number): SyncResult {
  return {
    dataset,
    success: false,
    status: "error",
    version: null,
    versionBefore: null,
    entries: 0,
    entriesFetched: 0,
    entriesDeleted: 0,
    bytesTotal: 0,
    bytesDownloaded: 0,
    durationMs: 0,
    phases: {},
    retries: {},
    startedAt,
  };
}

/** A result that is being made. */
export class RunningResult {
  /** What there is so far. */
  readonly value: SyncResult;
  readonly #reporter: Reporter;
  readonly #clock: Clock;
  #phase: { name: Phase; since: number } | undefined;

  /** Begins a dataset's result now; `recorded` is the version that the state holds. */
  constructor(
    dataset: string,
    recorded: string | null,
    use: { reporter: Reporter; clock: Clock },
  ) {
    this.#reporter = use.reporter;
    this.#clock = use.clock;
    this.value = emptyResult(dataset, use.clock());
    this.value.version = this.value.versionBefore = recorded;
  }

  /** Ends the phase before, if any, and begins another one, or none. */
  enter(name: Phase | undefined): void {
    const now = this.#clock();
    const { phases, dataset } = this.value;
    if (this.#phase !== undefined) {
      const { name, since } = this.#phase;
      phases[name] = (phases[name] ?? 0) + now - since;
    }
    this.#phase = name && { name, since: now };
    if (name !== undefined) this.#reporter.phase(dataset, name);
  }

  /** Bytes have come from the hub. */
  received(bytes: number): void {
    this.value.bytesDownloaded += bytes;
    this.#reporter.received(this.value.dataset, bytes);
  }

  /** A request is tried again. */
  retried(cause: string, waitMs: number, sentence: string): void {
    const { retries, dataset } = this.value;
    retries[cause] = (retries[cause] ?? 0) + 1;
    this.#reporter.retry(dataset, cause, waitMs, sentence);
  }

  /** Something to know, though the sync goes on. */
  warn(message: string): void {
    this.#reporter.warn(this.value.dataset, messageText(message));
  }

  /** The same about some files. */
  warnOf(paths: readonly string[], what: string): void {
    if (paths.length === 0) return;
    const shown = paths.slice(0, MOST_NAMED).join(", ");
    const rest = paths.length - MOST_NAMED;
    const files = paths.length === 1 ? "file" : "files";
    this.warn(`${paths.length} ${files} ${what}: ${shown}${rest > 0 ? ` and ${rest} more` : ""}`);
  }

  /** The sync has ended so. */
  end(status: Status): void {
    this.value.status = status;
    this.value.success = status === "success" || status === "up_to_date";
    this.enter(undefined);
    this.value.durationMs = this.#clock() - this.value.startedAt;
  }

  /** The sync has ended in an error. */
  fail(thrown: unknown, interrupted: boolean): void {
    const error = interrupted && !(thrown instanceof DataHubSyncError)
      ? new InterruptedError("interrupted", { cause: thrown })
      : thrown;
    this.end(statusOf(error));
    this.value.error = messageOf(error);
    if (error instanceof DataHubSyncError && error.hint !== undefined) this.value.hint = error.hint;
    if (this.value.status === "error" && error instanceof Error && error.stack !== undefined) {
      this.#reporter.debug(this.value.dataset, error.stack);
    }
  }
}
