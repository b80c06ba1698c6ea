/**
 * Retries, with exponential backoff and full jitter, after 429 and 503 with half a second at least.
 *
 * Guarantees: at most `retries` attempts in a row without progress, or more until `leastWaitMs`
 * has passed; a `Retry-After` is obeyed, or ends the retries at once if it asks for longer than they
 * may wait; the last error is thrown unchanged. It doesn't know which errors are transient:
 * `isRetriable` does.
 *
 * @module
 */
import { HubError, type HubErrorCode, messageOf } from "../../errors.ts";
import { secondsText } from "../../units.ts";
import { HUB } from "../../messages/hub.ts";

/** The wait before the first retry is drawn from 0 to this, in milliseconds; then it doubles. */
const BASE_WAIT_MS = 500;
/** The longest wait by doubling, in milliseconds. */
const WAIT_CAP_MS = 30_000;
/** The wait between tries beyond the counted ones, until the hub comes back. */
const OVERDUE_WAIT_MS = 5_000;

/**
 * Called before each wait with the cause in one word, such as `stalled`, the wait, and a sentence that
 * also has the count of tries, such as `the hub answered 500; trying again in 4 s (2 of 5)`.
 */
export type OnRetry = (cause: string, waitMs: number, sentence: string) => void;

/** Options for retrying any operation. */
export interface RetryOptions {
  /** How many retries in a row may fail without progress. */
  retries: number;
  /** A random number from 0 (inclusive) to 1 (exclusive). */
  random(): number;
  /** Waits; rejects when the signal stops it. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Called before each wait. */
  onRetry?: OnRetry;
  /** The most total of consecutive waits, in ms, that a hub may ask for; default 5 min per retry. */
  mostAskedMs?: number;
  /** The least total of consecutive waits, in ms, before an error like this one is final. */
  leastWaitMs?(error: unknown): number;
}

/** Options for retrying one operation. */
export interface RetryPolicy extends RetryOptions {
  /** Ends waits and retries. */
  signal?: AbortSignal;
  /** Whether a retry can help. */
  isRetriable(error: unknown): boolean;
  /** Whether the failed attempt made progress (received useful bytes); resets the count. */
  progressed?(error: unknown): boolean;
}

/** Runs the operation until it succeeds, fails for good, or has failed too often. */
export async function withRetries<T>(
  operation: () => Promise<T>,
  policy: RetryPolicy,
): Promise<T> {
  let failures = 0;
  let waited = 0;
  for (;;) {
    try {
      return await operation();
    } catch (error) {
      if (policy.signal?.aborted || !policy.isRetriable(error)) throw error;
      const progressed = policy.progressed?.(error) ?? false;
      failures = progressed ? 1 : failures + 1;
      if (progressed) waited = 0;
      const most = policy.mostAskedMs ?? policy.retries * LONG_WAIT_MS;
      const asked = askedWait(error);
      if (asked !== undefined && waited + asked > most) throw error;
      const overdue = failures > policy.retries;
      if (overdue && !waitsOn(policy, error, waited)) throw error;
      const waitMs = overdue ? OVERDUE_WAIT_MS : waitBefore(failures, error, policy.random);
      waited += waitMs;
      const wait = secondsText(waitMs).replace(".0 s", " s");
      const next = { happened: happened(error), wait };
      const sentence = overdue
        ? HUB.trying_again(next)
        : HUB.trying_again_of({ ...next, failures, retries: policy.retries });
      policy.onRetry?.(causeOf(error), waitMs, sentence);
      await policy.sleep(waitMs, policy.signal);
    }
  }
}

/** Whether it is too early to give up, however many attempts have failed. */
function waitsOn({ retries, leastWaitMs }: RetryPolicy, error: unknown, waited: number): boolean {
  return retries > 0 && waited < (leastWaitMs?.(error) ?? 0);
}

/** Milliseconds to wait before the retry that follows this many failures in a row. */
function waitBefore(failures: number, error: unknown, random: () => number): number {
  const ceiling = Math.min(WAIT_CAP_MS, BASE_WAIT_MS * 2 ** Math.min(failures - 1, 20));
  const jittered = Math.round(random() * ceiling);
  const asked = askedWait(error);
  if (asked === undefined) return Math.max(jittered, isLimited(error) ? BASE_WAIT_MS : 0);
  // Jitter on top: many clients get the same `Retry-After`.
  return asked + Math.round(random() * BASE_WAIT_MS);
}

/** The hub's `Retry-After` in ms. */
function askedWait(error: unknown): number | undefined {
  return error instanceof HubError ? error.retryAfterMs : undefined;
}

/** Whether the hub was asked too often, so that asking at once is in vain. */
function isLimited(error: unknown): boolean {
  return error instanceof HubError && error.code === "rate_limited";
}

const HAPPENED: Partial<Record<HubErrorCode, string>> = {
  unreachable: HUB.cant_be_reached(),
  stalled: HUB.stopped_sending(),
  cut_short: HUB.the_connection_broke(),
  not_json: HUB.answer_not_list(),
  wrong_range: HUB.sent_another_range(),
};

/** What went wrong, in a few words. */
function happened(error: unknown): string {
  if (!(error instanceof HubError)) return messageOf(error);
  const { code, status } = error;
  const answered = status === undefined ? undefined : HUB.hub_answered({ status });
  return (status !== undefined && status >= 400 ? answered : HAPPENED[code]) ?? answered ??
    code.replaceAll("_", " ");
}

function causeOf(error: unknown): string {
  if (error instanceof HubError) return error.code;
  return error instanceof Error ? error.name : "error";
}

/** A wait that is no longer than this, in milliseconds, is waited for at each retry. */
export const LONG_WAIT_MS: number = 5 * 60_000;
/** No hub means a longer wait, in milliseconds: a year. */
const LONGEST_ASKED_MS = 366 * 86_400_000;

/**
 * The wait in milliseconds that a `Retry-After` asks for; `null` when it asks for none. `now` is the
 * hub's own time, on whose clock a date is.
 */
export function parseRetryAfter(text: string | null, now: number): number | null {
  const value = text?.trim() ?? "";
  if (/^\d+(\.\d+)?$/.test(value)) return Math.min(Number(value) * 1000, LONGEST_ASKED_MS);
  // A date has a day name or a month name; `Date.parse` would take nearly anything else too.
  const date = /[a-z]{3}/i.test(value) ? Date.parse(value) : NaN;
  if (Number.isNaN(date)) return null;
  return Math.min(Math.max(0, date - now), LONGEST_ASKED_MS);
}
