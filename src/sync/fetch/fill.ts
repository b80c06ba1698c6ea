/**
 * Fills the holes of a partial: requests the missing parts of the wanted ranges, over one or
 * several connections, until nothing is missing.
 *
 * Guarantees: no byte is requested twice at once, and none that is there already. A failed request
 * is retried from where it stopped; enough progress resets the count of failures. If the package turns out
 * to be a different one, that is HubError `changed`, and none of its bytes are written.
 *
 * @module
 */
import { HubError } from "../../errors.ts";
import { Progress } from "../../hub/retry/progress.ts";
import { isGone, isRetriable } from "../../hub/retry/retriable.ts";
import { withRetries } from "../../hub/retry/retry.ts";
import { joinAcross, RangeSet, sizeOf } from "../../ranges.ts";
import type { Range } from "../../types.ts";
import { collectGarbage, MANY_RANGES } from "../../garbage.ts";
import { PART_GAP, WORTH_MANY_RANGES } from "../hubs/hub_traits.ts";
import {
  type AnswerTimeout,
  answerTimeoutAfter,
  NO_ANSWER_TIMEOUT,
  RangeRequests,
  RedundantConnection,
  type RequestContext,
} from "./range_request.ts";
import type { RetryOptions } from "../../hub/retry/retry.ts";
import { SYNC } from "../../messages/sync.ts";

interface FillContext extends RequestContext {
  connections: number | "auto";
  retry: RetryOptions;
  signal: AbortSignal;
  /**
   * Whether to send no further requests because a better plan is possible. Answers that have begun are
   * read to their end: any plan needs their bytes, and the hub has sent them.
   */
  isEnough: () => boolean;
}

/** The least work, in bytes and requests, that is worth opening a further connection. */
const WORTH_A_CONNECTION = 4 << 20;
const WORTH_REQUESTS = 8;

/**
 * Jobs between forced GCs: lists of thousands of ranges, built for each request, had grown to 30
 * MB.
 */
const JOBS_A_COLLECTION = 6;
/** The largest and the smallest request when several connections share the work, in bytes. */
const LARGEST_SHARE = 32 << 20;
const SMALLEST_SHARE = 4 << 20;

/**
 * If a second connection gets no answer for this long while the first does, assume the hub is
 * single-threaded and drop the connection.
 */
const SERIAL_AFTER_MS = 2_000;

/**
 * Fills the partial with the wanted ranges (sorted), or until it is enough. Throws HubError,
 * StoreError, PlanAgain.
 */
export async function fill(wanted: readonly Range[], context: FillContext): Promise<void> {
  // A connection that was dropped as redundant may leave work for another round.
  while (!context.isEnough() && context.partial.have.missing(wanted).length > 0) {
    await new Filling(wanted, context).run();
  }
}

class Filling {
  readonly #wanted: readonly Range[];
  readonly #context: FillContext;
  readonly #requests: RangeRequests;
  readonly #asked = new RangeSet();
  readonly #stop = new AbortController();
  /** The number of busy connections. */
  #working = 0;
  #jobs = 0;

  constructor(wanted: readonly Range[], context: FillContext) {
    this.#wanted = wanted;
    this.#context = context;
    this.#requests = new RangeRequests(context);
  }

  async run(): Promise<void> {
    const { connections, traits, partial } = this.#context;
    const missing = partial.have.missing(this.#wanted);
    const requests = missing.length / (traits.asksForMany ? traits.rangesPerRequest : 1);
    const most = traits.connectionsFor(connections);
    const useful = Math.max(sizeOf(missing) / WORTH_A_CONNECTION, requests / WORTH_REQUESTS);
    const count = traits.ranges === false ? 1 : Math.max(1, Math.min(most, Math.ceil(useful)));
    const connected = Array.from({ length: count }, (_, index) => this.#connect(index));
    const results = await Promise.allSettled(connected);
    partial.save();
    const failed = results.find((result) => result.status === "rejected");
    if (failed !== undefined) throw this.#stop.signal.reason ?? failed.reason;
  }

  async #connect(index: number): Promise<void> {
    this.#working++;
    try {
      for (let job = this.#nextJob(); job !== undefined; job = this.#nextJob()) {
        const goOn = await this.#ask(job, index);
        if (!goOn) return;
        if (++this.#jobs % JOBS_A_COLLECTION === 0) {
          collectGarbage(this.#wanted.length, { worth: MANY_RANGES });
        }
      }
    } catch (error) {
      this.#stop.abort(error); // stop the others
      throw error;
    } finally {
      this.#working--;
    }
  }

  /** The next ranges not yet requested; `undefined` when all are there or under way, or it is enough. */
  #nextJob(): Range[] | undefined {
    const { partial, traits, connections, isEnough } = this.#context;
    if (isEnough()) return undefined;
    const open = this.#asked.missing(partial.have.missing(this.#wanted));
    if (open.length === 0) return undefined;
    let job: Range[];
    if (traits.asksForMany && open.length >= WORTH_MANY_RANGES) {
      job = joinAcross(open, PART_GAP).slice(0, traits.rangesPerRequest);
    } else {
      // The plan has joined its ranges; only the holes in one of them may be left to join. That may
      // reach across what another connection is asking for.
      const within = this.#wanted.find(({ end }) => end > open[0]!.start)!;
      const holes = open.filter(({ start }) => start < within.end);
      job = this.#asked.missing(joinAcross(holes, traits.joinGap).slice(0, 1)).slice(0, 1);
    }
    if (job.length === 1 && traits.connectionsFor(connections) > 1) {
      job = [shareOf(job[0]!, sizeOf(open))];
    }
    for (const range of job) this.#asked.add(range);
    return job;
  }

  /** Requests ranges until they are there; `false` = this connection is redundant. */
  async #ask(job: Range[], index: number): Promise<boolean> {
    const { partial, retry, signal, isEnough } = this.#context;
    const stop = AbortSignal.any([signal, this.#stop.signal]);
    const progress = new Progress({
      have: partial.have.size,
      missing: sizeOf(partial.have.missing(job)),
    });
    try {
      while (!isEnough() && partial.have.missing(job).length > 0) {
        const options = { stop, answerTimeout: this.#answerTimeoutFor(index) };
        await withRetries(() => this.#requests.send(job, options), {
          ...retry,
          signal: stop,
          isRetriable: isRetriableRange,
          progressed: (error) => progress.madeBefore(error, partial.have.size),
        }).catch((error) =>
          this.#requests.askForAll(wasThere(error), { stop, answerTimeout: NO_ANSWER_TIMEOUT })
        );
      }
      return true;
    } catch (error) {
      if (error instanceof RedundantConnection) return false;
      throw error;
    } finally {
      for (const range of job) this.#asked.remove(range);
    }
  }

  /** How long a second connection waits: a hub that serves one at a time would leave it hanging. */
  #answerTimeoutFor(index: number): AnswerTimeout {
    const { connections, traits } = this.#context;
    if (index === 0 || connections !== "auto" || traits.serial === false) return NO_ANSWER_TIMEOUT;
    const wait = Math.max(SERIAL_AFTER_MS, 5 * traits.roundTripMs);
    return answerTimeoutAfter(wait, () => this.#working > 1);
  }
}

/** The share of a range that one of several connections takes. */
function shareOf(range: Range, open: number): Range {
  const share = Math.max(SMALLEST_SHARE, Math.min(LARGEST_SHARE, Math.ceil(open / 8)));
  return { start: range.start, end: Math.min(range.end, range.start + share) };
}

/**
 * Whether a retry may help. Caches sometimes answer with the wrong range, and of several servers one
 * may not have the package yet whose directory another has given; that passes.
 */
function isRetriableRange(error: unknown): boolean {
  return isRetriable(error) || isGone(error) ||
    (error instanceof HubError && error.code === "wrong_range");
}

/** Of a package whose directory was read no setting is wrong. */
function wasThere(error: unknown): unknown {
  if (!isGone(error) || error.code === "redirect") return error;
  const { code, message, evidence, status } = error;
  return new HubError(code, message, { ...evidence, status: status!, hint: SYNC.was_there() });
}
