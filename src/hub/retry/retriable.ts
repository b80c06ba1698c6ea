/**
 * The one module that decides whether a retry can help.
 *
 * Guarantees: only transient failures are retriable. A full disk, a wrong setting, an interruption
 * and an error that isn't this program's never are.
 *
 * @module
 */
import { HubError } from "../../errors.ts";

/** Transient statuses; 501 (HEAD on the deployed hub) and 505 aren't. */
const PASSING = new Set([408, 421, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524]);

/** Whether a retry of the same request may succeed. */
export function isRetriable(error: unknown): boolean {
  if (!(error instanceof HubError)) return false;
  const { code, status } = error;
  switch (code) {
    case "unreachable":
    case "stalled":
    case "too_slow": // but what dripped meanwhile is no progress
    case "cut_short":
    case "rate_limited":
    case "not_json": // a proxy's page instead of the catalog
      return true;
    case "http_status": // a 200 lands here when it is a page instead of a package
      return status !== undefined && (PASSING.has(status) || (status >= 200 && status < 300));
    case "redirect": // has a status when the redirect's target refused: a signed link expires
      return status !== undefined;
    case "tls":
    case "not_found":
    case "wrong_range":
    case "encoded":
    case "not_catalog":
    case "wrong_package":
    case "changed":
    case "untrusted":
    case "expired":
    case "old_catalog":
    case "wrong_clock":
      return false;
  }
}

/**
 * Whether nothing was found. It may appear in a moment: the file is being replaced, or not every server
 * behind the address has it yet.
 */
export function isGone(error: unknown): error is HubError {
  return error instanceof HubError && error.status === 404;
}

/** Retries once, immediately, if nothing was found: of several servers the next may have it. */
export async function onceMoreIfGone<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!isGone(error) || isRetriable(error)) throw error;
    return await ask();
  }
}
