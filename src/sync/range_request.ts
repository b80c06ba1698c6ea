/**
 * One request for ranges of a package, and what its answer teaches about the hub.
 *
 * Guarantees: bytes go to the partial only when the answer's head is of the package that the plan
 * was made for. Every lesson (fewer ranges, one range at a time, no ranges, one request at a time) is
 * learnt once and remembered in the {@linkcode HubPace}. Learning ends: it halves the number of
 * ranges down to one, then asks for the whole package; and it is no retry.
 *
 * @module
 */
import { HubError } from "../errors.ts";
import { type PackageHead, speaksOldHttp } from "../hub/package_head.ts";
import { RangeRefusedError } from "../hub/range_refused_error.ts";
import { rangesToBlame } from "../hub/ranges_to_blame.ts";
import type { RemotePackage } from "../hub/remote_package.ts";
import type { FetchOutcome } from "../hub/package_request.ts";
import { sizeOf } from "../ranges.ts";
import type { Partial } from "../store/partial.ts";
import type { Range } from "../types.ts";
import { type HubPace, WORTH_MANY_RANGES } from "./hub_pace.ts";

/** What requests work with. */
export interface RequestContext {
  remote: RemotePackage;
  partial: Partial;
  pace: HubPace;
  /** The package's ETag as its directory came, when it was a strong one. */
  etag: string | null;
  /** Whether the plan counts on several ranges in one request. */
  countsOnManyRanges: boolean;
  /** Bytes have arrived and are in the partial. */
  onBytes: (start: number, end: number) => void;
}

/** The plan counted on something that the hub doesn't do: a better one can be made now. */
export class PlanAgain extends Error {}

/** A connection that the hub doesn't serve beside the first. */
export class OneTooMany extends Error {}

export { WORTH_MANY_RANGES };

/** Requests that are refused in full before the whole package is taken instead of ranges. */
const REFUSALS = 2;

/** Short answers that one share of the work may take; beyond that the whole package is asked for. */
const MOST_SHORT_ANSWERS = 250;

/** A plan that counted on this many times the ranges that the hub takes is made again. */
const FEWER_BY = 4;

/** Sends requests for ranges. */
export class RangeRequests {
  readonly #context: RequestContext;
  /** Ranges per request that the plan counted on. */
  readonly #plannedWith: number;
  #refusals = 0;
  #whole: Promise<void> | undefined;

  constructor(context: RequestContext) {
    this.#context = context;
    this.#plannedWith = context.pace.rangesPerRequest;
  }

  /** Whether to ask for several ranges at once, as far as we know. */
  get asksForMany(): boolean {
    const { pace } = this.#context;
    return pace.multiRange ?? pace.serial !== true;
  }

  /**
   * Asks once for what is missing of the ranges, or for a part of it; a refusal that teaches
   * something returns, too. `impatience` aborts while there is no answer. Throws HubError, PlanAgain,
   * OneTooMany.
   */
  async send(wanted: readonly Range[], options: SendOptions): Promise<void> {
    const { partial, pace, countsOnManyRanges } = this.#context;
    if (countsOnManyRanges && this.#planIsOff) throw new PlanAgain();
    const missing = partial.have.missing(wanted);
    if (missing.length === 0) return;
    if (pace.ranges === false) return await this.#askWhole(options);
    const ranges = missing.slice(0, this.asksForMany ? pace.rangesPerRequest : 1);
    const came = { bytes: 0 };
    try {
      await this.#ask(ranges, options, came);
    } catch (error) {
      const blame = rangesToBlame(error);
      if (blame === "no") throw error;
      this.#checkTotal(error);
      if (ranges.length > 1) {
        if (blame === "maybe" && came.bytes > 0) throw error;
        // One range tells whether several were to blame, or the package was replaced meanwhile.
        const [one] = partial.have.missing(wanted);
        const isSure = blame === "surely" && came.bytes === 0 && ranges.length > pace.provenRanges;
        if (!isSure && one !== undefined) await this.#ask([one], options);
        return pace.takeFewer(ranges.length);
      }
      // Caches answer with another range now and then, and come right: that is tried again first.
      const mayPass = blame === "maybe" || isAnotherRange(error);
      if (mayPass || came.bytes > 0) throw error;
      await this.askForAll(error, options);
    }
  }

  /**
   * Asks for the whole package where ranges may be to blame for an error that is final otherwise;
   * throws that error where they aren't.
   */
  async askForAll(error: unknown, options: SendOptions): Promise<void> {
    const { pace } = this.#context;
    const blame = rangesToBlame(error);
    if (blame === "no" || pace.ranges === false || (blame === "maybe" && pace.ranges)) throw error;
    await this.#askWhole(options);
  }

  /** Asks once for all, however many connections find out that it has to be all. */
  async #askWhole(options: SendOptions): Promise<void> {
    this.#whole ??= this.#ask("all", options).finally(() => this.#whole = undefined);
    await this.#whole;
  }

  /** A refusal that says another length than the package had is of another package. */
  #checkTotal(error: unknown): void {
    const { total } = this.#context.partial.key;
    const said = error instanceof RangeRefusedError ? error.total : null;
    if (said !== null && said !== total) throw changed("length", `${total} bytes`, `${said} bytes`);
  }

  /** Whether the hub takes far fewer ranges per request than the plan counted on. */
  get #planIsOff(): boolean {
    const { pace } = this.#context;
    if (!this.asksForMany) return true;
    return pace.provenRanges > 0 && pace.rangesPerRequest * FEWER_BY <= this.#plannedWith;
  }

  async #ask(
    ranges: readonly Range[] | "all",
    { stop, impatience }: SendOptions,
    came: { bytes: number } = { bytes: 0 },
  ): Promise<void> {
    const { partial, pace, remote, onBytes } = this.#context;
    const allowFull = ranges === "all" || this.#refusals >= REFUSALS ||
      sizeOf(ranges) * 2 > partial.key.total;
    const signal = AbortSignal.any([stop, impatience.signal]);
    try {
      const outcome = await remote.fetch({ ranges, allowFull, signal }, {
        head: (head) => {
          impatience.answered();
          this.#checkHead(head);
        },
        bytes: (offset, chunk) => {
          came.bytes += chunk.length;
          partial.write(offset, chunk);
          onBytes(offset, offset + chunk.length);
        },
      });
      pace.note(outcome);
      this.#learn(ranges, outcome);
    } catch (error) {
      if (!impatience.signal.aborted || stop.aborted) throw error;
      pace.serial = true;
      throw new OneTooMany();
    } finally {
      impatience.answered();
    }
  }

  #checkHead(head: PackageHead): void {
    const { partial, etag, pace } = this.#context;
    if (speaksOldHttp(head)) pace.serial = true;
    const { total } = partial.key;
    if (head.total !== null && head.total !== total) {
      throw changed("length", `${total} bytes`, `${head.total} bytes`);
    }
    if (etag !== null && head.etag !== null && !head.etagIsWeak && head.etag !== etag) {
      throw changed("ETag", etag, head.etag);
    }
  }

  /** Notes what the kind of answer says about the hub. */
  #learn(ranges: readonly Range[] | "all", { kind, bytes }: FetchOutcome): void {
    const { pace, partial: { have } } = this.#context;
    if (ranges === "all") {
      pace.ranges = false;
      return;
    }
    const open = sizeOf(have.missing(ranges));
    if (kind === "multipart") {
      pace.multiRange = true;
      pace.provenRanges = Math.max(pace.provenRanges, ranges.length);
    } else if (ranges.length > 1) {
      // One range that holds all that was asked for is as good as several.
      if (open > 0) pace.multiRange = false;
      return;
    }
    if (kind === "range") {
      pace.ranges ??= true;
      if (open / Math.max(1, bytes) > MOST_SHORT_ANSWERS) pace.ranges = false;
    }
    if (kind === "full" && this.#refusals >= REFUSALS) pace.ranges = false;
    // A cache may send the whole package while it fetches it; so one refusal isn't believed.
    if (kind === "full_refused") this.#refusals++;
  }
}

/** How a request is sent. */
export interface SendOptions {
  stop: AbortSignal;
  impatience: Impatience;
}

/** How long a connection waits for its answer before it counts as one too many. */
export interface Impatience {
  readonly signal: AbortSignal;
  /** The answer has come. */
  answered(): void;
}

/** A connection that waits for ever. */
export const PATIENT: Impatience = { signal: new AbortController().signal, answered() {} };

/** A connection that gives up after so many milliseconds, if `mayLeave` says so then. */
export function impatientAfter(ms: number, mayLeave: () => boolean): Impatience {
  const controller = new AbortController();
  const timer = setTimeout(() => mayLeave() && controller.abort(), ms);
  return { signal: controller.signal, answered: () => clearTimeout(timer) };
}

function isAnotherRange(error: unknown): boolean {
  return error instanceof HubError && error.code === "wrong_range" &&
    !(error instanceof RangeRefusedError);
}

function changed(what: string, expected: string, found: string): HubError {
  const message = `The package was replaced while it was read: its ${what} is another one`;
  return new HubError("changed", message, { expected, found });
}
