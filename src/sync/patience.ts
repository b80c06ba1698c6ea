/**
 * How long a dataset's sync goes on asking a hub that doesn't answer.
 *
 * Guarantees: a hub that was there and can't be reached any more is asked for {@linkcode AWAY_MS} at
 * least, once in a run: a router that starts anew must not cost a night's data, and a hub that is gone
 * must not cost that for every dataset. Where another hub can be asked, that one is instead. With `hub.retries: 0` nothing is asked twice.
 *
 * @module
 */
import { HubError } from "../errors.ts";
import type { OnRetry } from "../hub/retry.ts";
import type { Patience } from "./fill.ts";
import type { SyncContext } from "./sync_context.ts";

/**
 * Where connecting fails at once, as on a machine whose own link is down, five retries were over in 3
 * to 8 seconds; a router or a modem takes 20 to 60 to start.
 */
const AWAY_MS = 60_000;

/** Tries in a row without a byte before the next hub of a list is asked. */
const RETRIES_BEFORE_ANOTHER = 2;

/** The patience of one dataset's sync. */
export function patienceOf(
  context: SyncContext,
  onRetry: OnRetry,
): Patience {
  const { random, sleep, pace, anotherHub = false } = context;
  const leastWaitMs = (error: unknown): number =>
    isAway(error) && !pace.stayedAway && !anotherHub ? AWAY_MS : 0;
  // The next hub gets the time that this one would be waited for.
  const retries = anotherHub ? Math.min(context.retries, RETRIES_BEFORE_ANOTHER) : context.retries;
  return { retries, random, sleep, onRetry, leastWaitMs };
}

/** Whether an error says that there is no way to the hub; one that answers nonsense isn't away. */
export function isAway(error: unknown): boolean {
  return error instanceof HubError && error.code === "unreachable" &&
    /tcp connect error|dns error/.test(String(error.evidence.found));
}
