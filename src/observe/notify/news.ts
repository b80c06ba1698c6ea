/**
 * Decides who is told what after a run.
 *
 * Guarantees: pure; a failure or stale data is told once to each target until it is over, and its end
 * is told once to those who heard of the beginning; a target that couldn't be reached is told after the
 * next run. Runs that were interrupted or locked out change nothing.
 *
 * @module
 */

import type { NotifyEvent } from "../../config/config.ts";
import { PROGRAM } from "../../own_command.ts";
import type { Status } from "../../types.ts";
import { verdictOf } from "../verdict.ts";

/** What a run did to one dataset, as far as a notification cares. */
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

/** One thing that a target is told. Instants in ms since the epoch. */
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

/** Something that goes on, and which targets have heard of it. */
interface Trouble {
  since: number;
  told: string[];
}

/** What goes on with one dataset. */
export interface DatasetTroubles {
  failure?: Trouble;
  stale?: Trouble;
}

/** What goes on, by dataset. */
export type Troubles = Record<string, DatasetTroubles>;

/** What {@linkcode decide} found. */
export interface Decision {
  /** By target; targets with nothing to hear are left out. */
  notices: Map<string, Notice[]>;
  /** What goes on now, told to nobody new yet. */
  troubles: Troubles;
}

/** Decides who is told what. `targets` are the targets' keys, `program` is how we are typed. */
export function decide(
  news: readonly DatasetNews[],
  before: Troubles,
  options: {
    on: readonly NotifyEvent[];
    targets: readonly string[];
    now: number;
    program?: string;
  },
): Decision {
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
          const reason = event === "failure" ? "it syncs again" : "its data is fresh again";
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

/** Marks the notices as heard by `target` (changes `troubles`). */
export function markTold(troubles: Troubles, target: string, notices: readonly Notice[]): void {
  for (const { event, dataset } of notices) {
    if (event !== "failure" && event !== "stale") continue;
    troubles[dataset]?.[event]?.told.push(target);
  }
}

function wordsOf(
  event: "failure" | "stale",
  news: DatasetNews,
  program: string,
): Partial<Notice> {
  const reason = event === "failure" ? news.error ?? news.outcome : news.staleText;
  const remedy = news.hint ?? `run \`${program} status\` on that machine`;
  return { ...(reason === undefined ? {} : { reason }), remedy };
}
