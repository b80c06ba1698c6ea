/**
 * The one module that decides whether an answer may have failed because ranges were requested, so
 * that fewer of them, or none, might succeed.
 *
 * Guarantees: pure. A failure that certainly has another reason (a password, a missing package, an
 * unreachable hub, one that says when to come again to a single range) is never blamed on ranges.
 *
 * @module
 */
import { type Evidence, HubError } from "../../errors.ts";

/** `maybe`: it may as well be a fault that passes, and only another request tells. */
type Blame = "surely" | "maybe" | "no";

/** Statuses that have a reason of their own: login, not there, a name that moved, too often. */
const OTHER_REASON = new Set([401, 404, 407, 408, 410, 421, 425, 429, 451]);

/**
 * Whether a request failed because it asked for ranges; `several` = for more than one. Varnish, which
 * can't pass several on, answers 503 and when to come again.
 */
export function rangesToBlame(error: unknown, { several = false } = {}): Blame {
  if (!(error instanceof HubError)) return "no";
  const { code, status, retryAfterMs, evidence } = error;
  switch (code) {
    case "wrong_range":
    case "encoded":
      return "surely";
    case "http_status":
    case "redirect":
    case "rate_limited":
      if (status === undefined || OTHER_REASON.has(status)) return "no";
      if (retryAfterMs !== undefined && !(several && status === 503)) return "no";
      // A firewall's page may come as 200, and a server that fails at ranges says 500.
      return (status >= 400 && status < 500) || status === 501 ? "surely" : "maybe";
    case "cut_short":
    case "stalled":
      return "maybe";
    case "unreachable": // a reset counts; a hub that takes no connection hasn't seen the ranges
      return /connect error|dns error/.test(String(evidence.found)) ? "no" : "maybe";
    default:
      return "no";
  }
}

/** `wrong_range` with status 416, and the package's real size when the hub says it. */
export class RangeRefusedError extends HubError {
  /** Size of the package in bytes, from `Content-Range: bytes *\/N`; `null` when not said. */
  readonly total: number | null;

  /** `total` is the package's size in bytes. */
  constructor(message: string, evidence: Evidence & { total: number | null }) {
    super("wrong_range", message, { ...evidence, status: 416 });
    this.total = evidence.total;
  }
}
