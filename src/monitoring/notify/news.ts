/**
 * Decides which targets to notify about what after a run.
 *
 * Guarantees: pure; each target is notified once of a failure or stale data, and once of its end if
 * it heard of the beginning; a target that couldn't be reached is notified after the next run. Runs
 * that were interrupted or locked out change nothing.
 *
 * @module
 */
import type { NotifyEvent } from "../../config/notify_config.ts";
import { NOTIFY } from "../../messages/notify.ts";
import { PROGRAM } from "../../own_command.ts";
import type { Status } from "../../types.ts";
import { verdictOf } from "../verdict.ts";

/** A run's result for one dataset, as far as notifications need it. */
export interface DatasetNews {
  dataset: string;
  outcome: Status;
  /** The reason of a failure, in one line. */
  error?: string | undefined;
  /** What to do about it. */
  hint?: string | undefined;
  /** The version text that is now recorded. */
  version: string | null;
  stale: boolean;
  /** The staleness in words. */
  staleText?: string | undefined;
  /** When the data became stale (ms since the epoch). */
  staleSince?: number | null | undefined;
}

/** One notice for a target. Instants in ms since the epoch. */
export interface Notice {
  event: NotifyEvent;
  dataset: string;
  outcome: Status;
  /** When it began. */
  since: number;
  version: string | null;
  reason?: string;
  remedy?: string;
}

/** An ongoing trouble, and which targets have heard of it. */
interface Trouble {
  since: number;
  told: string[];
}

/** The ongoing troubles of one dataset. */
export interface DatasetTroubles {
  failure?: Trouble;
  stale?: Trouble;
}

/** The ongoing troubles, by dataset. */
export type Troubles = Record<string, DatasetTroubles>;

/** The result of {@linkcode decide}. */
interface NotifyDecision {
  /** Notices by target; targets without notices are left out. */
  notices: Map<string, Notice[]>;
  /** The ongoing troubles now, with nobody new notified yet. */
  troubles: Troubles;
}

/**
 * Decides the notices. `targets` are the targets' keys; `program` is the command that starts this
 * program.
 */
export function decide(news: readonly DatasetNews[], before: Troubles, options: {
  on: readonly NotifyEvent[];
  targets: readonly string[];
  now: number;
  program?: string;
}): NotifyDecision {
  const { on, targets, now, program = PROGRAM } = options;
  const notices = new Map<string, Notice[]>();
  const troubles: Troubles = {};
  const tell = (target: string, notice: Notice): void => {
    const list = notices.get(target);
    if (list === undefined) notices.set(target, [notice]);
    else list.push(notice);
  };
  for (const one of news) {
    const verdict = verdictOf(one.outcome);
    const was = before[one.dataset] ?? {};
    const is: DatasetTroubles = troubles[one.dataset] = {};
    if (verdict === "failed") is.failure = was.failure ?? { since: now, told: [] };
    if (verdict === "aside" && was.failure) is.failure = was.failure;
    if (one.stale) is.stale = was.stale ?? { since: one.staleSince ?? now, told: [] };
    const about = { dataset: one.dataset, outcome: one.outcome, version: one.version };
    for (const target of targets) {
      for (const event of ["failure", "stale"] as const) {
        const [old, current] = [was[event], is[event]];
        if (current && on.includes(event) && !current.told.includes(target)) {
          tell(target, { event, since: current.since, ...about, ...wordsOf(event, one, program) });
        }
        if (old && !current && on.includes("recovery") && old.told.includes(target)) {
          const reason = event === "failure" ? NOTIFY.syncs_again() : NOTIFY.fresh_again();
          tell(target, { event: "recovery", since: old.since, ...about, reason });
        }
      }
      if (one.outcome === "success" && on.includes("success")) {
        tell(target, { event: "success", since: now, ...about });
      }
    }
  }
  return { notices, troubles };
}

/** Marks the notices as received by `target` (changes `troubles`). */
export function markTold(troubles: Troubles, target: string, notices: readonly Notice[]): void {
  for (const { event, dataset } of notices) {
    if (event !== "failure" && event !== "stale") continue;
    troubles[dataset]?.[event]?.told.push(target);
  }
}

function wordsOf(event: "failure" | "stale", news: DatasetNews, program: string): Partial<Notice> {
  const reason = event === "failure" ? news.error ?? news.outcome : news.staleText;
  const remedy = news.hint ?? NOTIFY.run_status({ program });
  return { ...(reason === undefined ? {} : { reason }), remedy };
}
