/**
 * Which outcomes count as what, for every rate, alarm and picture alike.
 *
 * @module
 */
import type { Status } from "../types.ts";
import type { HistoryRecord } from "./history_record.ts";

/** `ok`, `failed`, or `aside`: neither (the run was interrupted, or another run held the lock). */
type Verdict = "ok" | "failed" | "aside";

/** What an outcome counts as. A package that isn't ready yet is no failure: the next run gets it. */
export function verdictOf(outcome: Status): Verdict {
  switch (outcome) {
    case "success":
    case "up_to_date":
    case "planned":
    case "package_not_ready":
      return "ok";
    case "locked":
    case "interrupted":
      return "aside";
    default:
      return "failed";
  }
}

/** The part of the judged runs that went well, 0 to 1; `null` without any. */
export function successRate(records: Iterable<HistoryRecord>): number | null {
  let ok = 0;
  let judged = 0;
  for (const { outcome } of records) {
    const verdict = verdictOf(outcome);
    if (verdict === "ok") ok++;
    if (verdict !== "aside") judged++;
  }
  return judged === 0 ? null : ok / judged;
}
