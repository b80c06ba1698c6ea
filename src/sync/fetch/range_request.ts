/**
 * Sends requests for ranges of a package, and records what the answers reveal about the hub.
 *
 * Guarantees: bytes go to the partial only if the answer's head belongs to the package that the
 * plan was made for. Each limit of the hub (fewer ranges, one range at a time, no ranges, one
 * request at a time) is found once and remembered in the {@linkcode HubTraits}. Finding limits
 * terminates: it halves the number of ranges down to one, then requests the whole package. It
 * doesn't count as a retry.
 *
 * @module
 */
import { HubError, messageOf } from "../../errors.ts";
import { type PackageHead, speaksOldHttp } from "../../hub/answer/package_head.ts";
import { RangeRefusedError, rangesToBlame } from "../../hub/answer/ranges_to_blame.ts";
import type { RemotePackage } from "../../hub/remote_package.ts";
import type { FetchOutcome } from "../../hub/answer/package_request.ts";
import { ShortAnswers } from "../../hub/retry/progress.ts";
import { sizeOf } from "../../ranges.ts";
import type { PartialPackage } from "../../store/partial.ts";
import type { Range } from "../../types.ts";
import type { HubTraits } from "../hubs/hub_traits.ts";
import { SYNC } from "../../messages/sync.ts";

/** Options for requests. */
export interface RequestContext {
  remote: RemotePackage;
  partial: PartialPackage;
  traits: HubTraits;
  /** The ETag that came with the package's directory, if it was a strong one. */
  etag: string | null;
  /** Whether the plan counts on several ranges in one request. */
  countsOnManyRanges: boolean;
  /** Called when bytes have arrived and are in the partial. */
  onBytes: (start: number, end: number) => void;
}

/** The plan relied on something that the hub doesn't support: make a better one. */
export class PlanAgain extends Error {}

/** An answer's head says that it is about another package than the plan. */
export class OtherHead extends HubError {
  /** `expected` is what the plan counts on. */
  constructor(readonly what: "length" | "ETag", expected: string, found: string) {
    super("changed", SYNC.replaced_while_read({ what }), { expected, found });
  }
}

/** The hub doesn't serve this connection beside the first. */
export class RedundantConnection extends Error {}

/** Refused requests before the whole package is fetched instead of ranges. */
const REFUSALS = 2;

/** An answer is a fragment if more than this many times its bytes are still missing. */
const FRAGMENT = 250;

/** Plan again if the plan relied on this many times the ranges that the hub accepts. */
const FEWER_BY = 4;

/** Sends requests for ranges. */
export class RangeRequests {
  readonly #context: RequestContext;
  /** Ranges per request that the plan relied on. */
  readonly #plannedWith: number;
  #refusals = 0;
  readonly #fragments = new ShortAnswers();
  #whole: Promise<void> | undefined;

  constructor(context: RequestContext) {
    this.#context = context;
    this.#plannedWith = context.traits.rangesPerRequest;
  }

  /**
   * Sends one request for what is missing of the ranges, or for part of it; also returns after a
   * refusal that revealed a limit. `answerTimeout` aborts while there is no answer. Throws
   * HubError, PlanAgain, RedundantConnection.
   */
  async send(wanted: readonly Range[], options: SendRequestOptions): Promise<void> {
    const { partial, traits, countsOnManyRanges } = this.#context;
    if (countsOnManyRanges && this.#planIsOff) throw new PlanAgain();
    const missing = partial.have.missing(wanted);
    if (missing.length === 0) return;
    if (traits.ranges === false) return await this.#askWhole(options);
    const ranges = missing.slice(0, traits.asksForMany ? traits.rangesPerRequest : 1);
    const came = { bytes: 0 };
    try {
      await this.#ask(ranges, options, came);
    } catch (error) {
      const blame = rangesToBlame(error, { several: ranges.length > 1 });
      if (blame === "no") throw error;
      // An answer may promise more than it brings, and still bring what was asked for.
      if (came.bytes > 0 && partial.have.missing(ranges).length === 0) return;
      // A refusal that states a different length is about a different package.
      if (error instanceof RangeRefusedError) this.#checkLength(error.total);
      if (ranges.length > 1) {
        if (blame === "maybe" && came.bytes > 0) throw error;
        // A single range shows whether several were to blame, or the package was replaced meanwhile.
        const [one] = partial.have.missing(wanted);
        const isSure = blame === "surely" && came.bytes === 0 &&
          ranges.length > traits.acceptedRanges;
        if (!isSure && one !== undefined) await this.#ask([one], options);
        return traits.takeFewer(ranges.length);
      }
      // Caches occasionally answer with the wrong range and recover: retry first.
      const mayPass = blame === "maybe" || isAnotherRange(error);
      if (mayPass || came.bytes > 0) throw error;
      await this.askForAll(error, options);
    }
  }

  /**
   * Requests the whole package if ranges may be to blame for an otherwise final error; rethrows the
   * error if they aren't.
   */
  async askForAll(error: unknown, options: SendRequestOptions): Promise<void> {
    const { traits } = this.#context;
    const blame = rangesToBlame(error);
    if (blame === "no" || traits.ranges === false || (blame === "maybe" && traits.ranges)) {
      throw error;
    }
    traits.rangesFailed ??= messageOf(error);
    await this.#askWhole(options);
  }

  /** Requests the whole package once, however many connections find out that it is needed. */
  async #askWhole(options: SendRequestOptions): Promise<void> {
    this.#whole ??= this.#ask("all", options).finally(() => this.#whole = undefined);
    await this.#whole;
  }

  /** Whether the hub accepts far fewer ranges per request than the plan relied on. */
  get #planIsOff(): boolean {
    const { traits } = this.#context;
    if (!traits.asksForMany) return true;
    return traits.acceptedRanges > 0 && traits.rangesPerRequest * FEWER_BY <= this.#plannedWith;
  }

  async #ask(
    ranges: readonly Range[] | "all",
    { stop, answerTimeout }: SendRequestOptions,
    came: { bytes: number } = { bytes: 0 },
  ): Promise<void> {
    const { partial, traits, remote, onBytes } = this.#context;
    const allowFull = ranges === "all" || this.#refusals >= REFUSALS ||
      sizeOf(ranges) * 2 > partial.key.total;
    const signal = AbortSignal.any([stop, answerTimeout.signal]);
    try {
      const outcome = await remote.fetch({ ranges, allowFull, signal }, {
        head: (head) => {
          answerTimeout.answered();
          this.#checkHead(head);
        },
        bytes: (offset, chunk) => {
          came.bytes += chunk.length;
          partial.write(offset, chunk);
          onBytes(offset, offset + chunk.length);
        },
      });
      traits.note(outcome);
      this.#learn(ranges, outcome);
      // A package without a length ends where its connection does: cut off, or replaced by another.
      const isCut = outcome.kind === "full" && outcome.bytes < partial.key.total;
      if (isCut) this.#checkLength(outcome.bytes);
    } catch (error) {
      if (!answerTimeout.signal.aborted || stop.aborted) throw error;
      traits.serial = true;
      throw new RedundantConnection();
    } finally {
      answerTimeout.answered();
    }
  }

  #checkLength(found: number | null): void {
    const { total } = this.#context.partial.key;
    if (found === null || found === total) return;
    throw new OtherHead("length", `${total} bytes`, `${found} bytes`);
  }

  #checkHead(head: PackageHead): void {
    const { etag, traits } = this.#context;
    if (speaksOldHttp(head)) traits.serial = true;
    this.#checkLength(head.total);
    if (etag !== null && head.etag !== null && !head.etagIsWeak && head.etag !== etag) {
      throw new OtherHead("ETag", etag, head.etag);
    }
  }

  /** Records what the kind of answer says about the hub. */
  #learn(ranges: readonly Range[] | "all", { kind, bytes }: FetchOutcome): void {
    const { traits, partial: { have } } = this.#context;
    if (ranges === "all") {
      traits.ranges = false;
      return;
    }
    const left = have.missing(ranges);
    const open = sizeOf(left);
    // None of them is complete: it could go on like this byte by byte.
    const isFragment = left.length >= ranges.length &&
      (open > FRAGMENT * bytes || this.#fragments.tooMany(bytes));
    if (kind === "multipart") {
      traits.multiRange = !isFragment;
      traits.acceptedRanges = Math.max(traits.acceptedRanges, ranges.length);
    } else if (ranges.length > 1) {
      // One range that covers everything requested is as good as several.
      if (open > 0) traits.multiRange = false;
      return;
    }
    if (kind === "range") {
      traits.ranges ??= true;
      if (isFragment) traits.ranges = false;
    }
    if (kind === "full" && this.#refusals >= REFUSALS) traits.ranges = false;
    // A cache may send the whole package while it fetches it, so one refusal proves nothing.
    if (kind === "full_refused") this.#refusals++;
  }
}

interface SendRequestOptions {
  stop: AbortSignal;
  answerTimeout: AnswerTimeout;
}

/** Limits how long a connection waits for its answer before it counts as redundant. */
export interface AnswerTimeout {
  readonly signal: AbortSignal;
  /** Call when the answer begins. */
  answered(): void;
}

/** Waits for ever. */
export const NO_ANSWER_TIMEOUT: AnswerTimeout = {
  signal: new AbortController().signal,
  answered() {},
};

/** Gives up after `ms` milliseconds if `mayLeave()` is then true. */
export function answerTimeoutAfter(ms: number, mayLeave: () => boolean): AnswerTimeout {
  const controller = new AbortController();
  const timer = setTimeout(() => mayLeave() && controller.abort(), ms);
  return { signal: controller.signal, answered: () => clearTimeout(timer) };
}

function isAnotherRange(error: unknown): boolean {
  return error instanceof HubError && error.code === "wrong_range" &&
    !(error instanceof RangeRefusedError);
}
