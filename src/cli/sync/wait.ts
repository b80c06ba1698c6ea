/**
 * `--wait`: keeps asking for datasets whose package isn't ready or is older than announced, even if
 * the older one has been synced.
 *
 * Guarantees: polite (15 s, growing to 5 min, with random jitter, so that many clients don't arrive
 * at once); only the affected datasets are requested again; a signal ends the wait at once; the
 * time limit is exceeded at most by the last round, also if somebody sets the clock meanwhile.
 *
 * @module
 */
import { parseDuration } from "../../config/read/quantities.ts";
import { UsageError } from "../../errors.ts";
import { localTime } from "../../monitoring/local_time.ts";
import { addedUp, passed } from "../../sync/running_result.ts";
import type { RunContext } from "../../sync/sync_context.ts";
import type { DatasetResult } from "../../types.ts";
import { COMMAND } from "../../messages/command.ts";

/** The hub builds a package in minutes: asking sooner or more often gains nothing. */
const FIRST_MS = 15_000;
const GROWTH = 1.5;
const LONGEST_MS = 5 * 60_000;

interface WaitOptions extends Pick<RunContext, "clock" | "random" | "sleep" | "signal"> {
  /** The total time limit, in ms. */
  waitMs: number;
  /** Syncs these datasets again. */
  again: (names: readonly string[]) => Promise<DatasetResult[]>;
  /** A monotonic clock in ms; default: this process's. */
  elapsed?: () => number;
  /**
   * Called before each pause with what it waits for, why, until when, and when it asks the hub
   * next.
   */
  onWait?: (message: string) => void;
}

/** Parses `90s`, `30m`, `2h` or `1h30m` into ms. Throws UsageError for anything else. */
export function parseWait(text: string, option = "--wait"): number {
  const wait = parseDuration(text);
  if (wait !== undefined) return wait;
  throw new UsageError(COMMAND.duration_after({ option, text: JSON.stringify(text) }), {
    expected: "a duration such as 30m",
    found: text,
    hint: COMMAND.write_duration(),
  });
}

/** Whether to wait: there is no package yet, or it is behind its announcement. */
export function isAwaited({ status, announced }: DatasetResult): boolean {
  return status === "package_not_ready" || (status === "success" && announced !== undefined);
}

/** The results, with the ones that weren't ready replaced by their later results. */
export async function waitForPackages(
  results: readonly DatasetResult[],
  options: WaitOptions,
): Promise<DatasetResult[]> {
  const { clock, elapsed = () => performance.now(), random, sleep, signal } = options;
  const latest = new Map(results.map((result) => [result.dataset, result]));
  const end = elapsed() + options.waitMs;
  for (let pause = FIRST_MS;; pause = Math.min(LONGEST_MS, pause * GROWTH)) {
    const waiting = [...latest.values()].filter(isAwaited);
    const left = Math.ceil(end - elapsed());
    if (waiting.length === 0 || left <= 0 || signal.aborted) return [...latest.values()];
    const names = waiting.map(({ dataset }) => dataset);
    const ms = Math.min(left, Math.round(pause * (0.8 + 0.4 * random())));
    const now = clock();
    options.onWait?.(
      COMMAND.waiting_for({
        names: names.join(", "),
        end: clockText(now + left),
        why: whyOf(waiting),
        at: clockText(now + ms),
      }),
    );
    try {
      await sleep(ms, signal);
    } catch (error) {
      if (signal.aborted) return [...latest.values()];
      throw error;
    }
    for (const result of await options.again(names)) {
      latest.set(result.dataset, joined(latest.get(result.dataset), result));
    }
  }
}

/** This machine's clock then, such as `08:15:30`. */
function clockText(instant: number): string {
  return localTime(instant).slice(11, 19);
}

function whyOf(waiting: readonly DatasetResult[]): string {
  const reasons = waiting.map(({ error, announced }) =>
    error ?? COMMAND.announced({ announced: String(announced) })
  );
  return [...new Set(reasons)].join("; ");
}

/** The later result plus what the earlier rounds did and cost. */
function joined(earlier: DatasetResult | undefined, later: DatasetResult): DatasetResult {
  if (earlier === undefined) return later;
  const { startedAt, versionBefore } = earlier;
  const sums = {
    startedAt,
    versionBefore,
    entriesFetched: earlier.entriesFetched + later.entriesFetched,
    entriesDeleted: earlier.entriesDeleted + later.entriesDeleted,
    bytesDownloaded: earlier.bytesDownloaded + later.bytesDownloaded,
    durationMs: passed(startedAt, later.startedAt + later.durationMs),
    phases: addedUp(earlier.phases, later.phases),
    retries: addedUp(earlier.retries, later.retries),
    ...((earlier.filesChanged || later.filesChanged) && { filesChanged: true }),
  };
  if (earlier.status !== "success") return { ...later, ...sums };
  // If the first round synced something, a later one without news doesn't undo its status.
  if (later.status === "package_not_ready") return { ...earlier, ...sums };
  if (later.status !== "up_to_date") return { ...later, ...sums };
  const { announced: _withdrawn, ...brought } = earlier;
  return { ...brought, ...sums };
}
