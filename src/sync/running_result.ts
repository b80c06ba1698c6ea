/**
 * The result of a sync while it runs: times phases, counts bytes and retries, and passes everything
 * on to the reporter. Which status an error ends in is decided here alone, also that of a sync that
 * takes too long.
 *
 * @module
 */
import {
  ArchiveError,
  ConfigError,
  DataHubSyncError,
  HubError,
  InterruptedError,
  LockedError,
  messageOf,
  StoreError,
  UsageError,
} from "../errors.ts";
import type { Clock, DatasetResult, Phase, Status } from "../types.ts";
import type { Reporter, RunContext } from "./sync_context.ts";
import { messageText } from "../plain_text.ts";
import { durationText } from "../units.ts";
import { SYNC } from "../messages/sync.ts";

/** The most paths that a text names. */
export const MOST_NAMED = 5;

/** An initial result: nothing done yet. */
export function emptyResult(dataset: string, startedAt: number): DatasetResult {
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

/** The sums of two counts by name. */
export function addedUp(
  one: Readonly<Record<string, number>>,
  other: Readonly<Record<string, number>>,
): Record<string, number> {
  const sums = { ...one };
  for (const [name, count] of Object.entries(other)) sums[name] = (sums[name] ?? 0) + count;
  return sums;
}

/** The later result plus what the earlier hub cost. */
export function merged(earlier: DatasetResult, later: DatasetResult): DatasetResult {
  return {
    ...later,
    startedAt: earlier.startedAt,
    bytesDownloaded: earlier.bytesDownloaded + later.bytesDownloaded,
    durationMs: earlier.durationMs + later.durationMs,
    retries: addedUp(earlier.retries, later.retries),
    ...(earlier.filesChanged && { filesChanged: true }),
  };
}

/** The time between two readings of the clock; none where it was set back meanwhile. */
export function passed(from: number, to: number): number {
  return Math.max(0, to - from);
}

/** A result in progress. */
export class RunningResult {
  /** The result so far. */
  readonly value: DatasetResult;
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

  /** Ends the current phase, if any, and begins the given one, if any. */
  enter(name: Phase | undefined): void {
    const now = this.#clock();
    const { phases, dataset } = this.value;
    if (this.#phase !== undefined) {
      const { name, since } = this.#phase;
      phases[name] = (phases[name] ?? 0) + passed(since, now);
    }
    this.#phase = name && { name, since: now };
    if (name !== undefined) this.#reporter({ type: "phase", dataset, phase: name });
  }

  /** Adds bytes received from the hub. */
  received(bytes: number): void {
    this.value.bytesDownloaded += bytes;
    this.#reporter({ type: "received", dataset: this.value.dataset, bytes });
  }

  /** Records a retry. */
  retried(cause: string, waitMs: number, sentence: string): void {
    const { retries, dataset } = this.value;
    retries[cause] = (retries[cause] ?? 0) + 1;
    this.#reporter({ type: "retry", dataset, cause, waitMs, sentence });
  }

  /** Adds a warning; the sync goes on. */
  warn(message: string): void {
    this.#reporter({ type: "warn", dataset: this.value.dataset, message: messageText(message) });
  }

  /** Adds a warning about files. */
  warnOf(paths: readonly string[], what: string): void {
    if (paths.length === 0) return;
    const shown = paths.slice(0, MOST_NAMED).join(", ");
    const rest = paths.length - MOST_NAMED;
    const files = paths.length === 1 ? "file" : "files";
    this.warn(
      `${paths.length} ${files} ${what}: ${shown}${rest > 0 ? SYNC.and_more({ more: rest }) : ""}`,
    );
  }

  /** Ends the sync with a status. */
  end(status: Status): void {
    this.value.status = status;
    this.value.success = status === "success" || status === "up_to_date";
    this.enter(undefined);
    this.value.durationMs = passed(this.value.startedAt, this.#clock());
  }

  /** Ends the sync with an error. */
  fail(thrown: unknown, interrupted: boolean): void {
    const error = interrupted && !(thrown instanceof DataHubSyncError)
      ? new InterruptedError("interrupted", { cause: thrown })
      : thrown;
    this.end(statusOf(error));
    this.value.error = messageOf(error);
    if (error instanceof DataHubSyncError && error.hint !== undefined) this.value.hint = error.hint;
    if (this.value.status === "error" && error instanceof Error && error.stack !== undefined) {
      this.#reporter({ type: "debug", dataset: this.value.dataset, message: error.stack });
    }
  }
}

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

const HOUR_MS = 3_600_000;

/**
 * Ends a dataset's sync after `sync.longest_run`, so that a hub that drips bytes can't hold its lock
 * for ever. What has arrived is kept for the next run; a publish that has begun is finished.
 */
export class RunLimit implements Disposable {
  /** Aborts when the time is up, or when the caller's signal does. */
  readonly signal: AbortSignal;
  readonly #caller: AbortSignal;
  readonly #tooSlow: HubError;
  readonly #timer: number;

  /** Starts the clock. */
  constructor({ sync: { longestRun }, signal }: RunContext) {
    const time = durationText(longestRun * HOUR_MS);
    this.#tooSlow = new HubError("too_slow", SYNC.not_done_within({ time }), {
      expected: `done within ${time}`,
      hint: SYNC.longest_run(),
    });
    const controller = new AbortController();
    this.#timer = setTimeout(() => controller.abort(this.#tooSlow), longestRun * HOUR_MS);
    this.#caller = signal;
    this.signal = AbortSignal.any([signal, controller.signal]);
  }

  /** The result; one that the limit ended isn't an interruption by the user. */
  judge(result: DatasetResult): DatasetResult {
    const over = this.signal.aborted && !this.#caller.aborted;
    if (!over || result.status !== "interrupted") return result;
    const { message, hint } = this.#tooSlow;
    return { ...result, status: "download_failed", error: message, ...(hint && { hint }) };
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}
