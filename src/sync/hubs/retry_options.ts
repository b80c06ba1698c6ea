/**
 * How long a dataset's sync goes on asking a hub that doesn't answer.
 *
 * Guarantees: a hub that can't be reached is retried for at least {@linkcode AWAY_MS}, once per
 * run: a router that restarts must not cost a night's data, and a hub that is gone must not cost
 * that time for every dataset. If there is another hub, it is asked instead. With `hub.retries: 0`
 * nothing is retried.
 *
 * @module
 */
import { HubError } from "../../errors.ts";
import type { OnRetry, RetryPolicy } from "../../hub/retry/retry.ts";
import type { SyncContext } from "../sync_context.ts";

/** Options for retrying requests; waiting and randomness are injected. */
export interface RetryOptions {
  retries: number;
  random: () => number;
  sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  onRetry: OnRetry;
  /** See `RetryPolicy`. */
  leastWaitMs?: NonNullable<RetryPolicy["leastWaitMs"]>;
}

/**
 * When connecting fails at once, as on a machine whose own link is down, five retries took only 3
 * to 8 seconds; a router or a modem takes 20 to 60 to start.
 */
const AWAY_MS = 60_000;

/** Attempts in a row without a byte before the next hub of a list is asked. */
const RETRIES_BEFORE_ANOTHER = 2;

/** The retry options of one dataset's sync. */
export function retryOptionsFor(
  context: SyncContext,
  onRetry: OnRetry,
): RetryOptions {
  const { random, sleep, pace, anotherHub = false } = context;
  const leastWaitMs = (error: unknown): number =>
    isAway(error) && !pace.unreachable && !anotherHub ? AWAY_MS : 0;
  // Spend the time on the next hub rather than waiting for this one.
  const retries = anotherHub ? Math.min(context.retries, RETRIES_BEFORE_ANOTHER) : context.retries;
  return { retries, random, sleep, onRetry, leastWaitMs };
}

/** Whether an error means that the hub can't be reached; a hub that answers nonsense can. */
export function isAway(error: unknown): boolean {
  return error instanceof HubError && error.code === "unreachable" &&
    /tcp connect error|dns error/.test(String(error.evidence.found));
}
