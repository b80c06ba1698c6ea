/**
 * One request for ranges of a package, and what its answer teaches about the hub.
 *
 * Guarantees: bytes go to the partial only when the answer's head is of the package that the plan
 * was made for. Every lesson (no ranges, one range at a time, one request at a time) is learnt once
 * and remembered in the {@linkcode HubPace}.
 *
 * @module
 */
import { HubError } from "../errors.ts";
import { type PackageHead, speaksOldHttp } from "../hub/package_head.ts";
import { RangeRefusedError } from "../hub/range_refused_error.ts";
import type { RemotePackage } from "../hub/remote_package.ts";
import type { FetchOutcome } from "../hub/package_request.ts";
import { sizeOf } from "../ranges.ts";
import type { Partial } from "../store/partial.ts";
import type { Range } from "../types.ts";
import type { HubPace } from "./hub_pace.ts";

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

/** Below this, several ranges in one request aren't worth asking for. */
export const WORTH_MANY_RANGES = 4;

/** Requests that are refused in full before the whole package is taken instead of ranges. */
const REFUSALS = 2;

/** Sends requests for ranges. */
export class RangeRequests {
  readonly #context: RequestContext;
  #refusals = 0;

  constructor(context: RequestContext) {
    this.#context = context;
  }

  /** Whether to ask for several ranges at once, as far as we know. */
  get asksForMany(): boolean {
    const { pace } = this.#context;
    return pace.multiRange ?? pace.serial !== true;
  }

  /**
   * Asks once for what is missing of the ranges, or for a part of it. `impatience` aborts while
   * there is no answer. Throws HubError, PlanAgain, OneTooMany.
   */
  async send(
    wanted: readonly Range[],
    options: { stop: AbortSignal; impatience: Impatience },
  ): Promise<void> {
    const { partial, pace, remote, countsOnManyRanges, onBytes } = this.#context;
    if (countsOnManyRanges && !this.asksForMany) throw new PlanAgain();
    const missing = partial.have.missing(wanted);
    const ranges = missing.slice(0, this.asksForMany ? pace.rangesPerRequest : 1);
    if (ranges.length === 0) return;
    const allowFull = pace.ranges === false || this.#refusals >= REFUSALS ||
      sizeOf(ranges) * 2 > partial.key.total;
    const { stop, impatience } = options;
    const signal = AbortSignal.any([stop, impatience.signal]);
    const ask = pace.ranges === false ? "all" as const : ranges;
    try {
      const outcome = await remote.fetch({ ranges: ask, allowFull, signal }, {
        head: (head) => {
          impatience.answered();
          this.#checkHead(head);
        },
        bytes: (offset, chunk) => {
          partial.write(offset, chunk);
          onBytes(offset, offset + chunk.length);
        },
      });
      pace.note(outcome);
      this.#learn(ranges, outcome.kind);
    } catch (error) {
      if (impatience.signal.aborted && !stop.aborted) {
        pace.serial = true;
        throw new OneTooMany();
      }
      if (this.#takesFewer(ranges, error)) return;
      if (!(error instanceof RangeRefusedError)) throw error;
      throw changed("length", `${partial.key.total} bytes`, `${error.total ?? "fewer"} bytes`);
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
  #learn(ranges: readonly Range[], kind: FetchOutcome["kind"]): void {
    const { pace } = this.#context;
    const many = ranges.length > 1;
    if (kind === "multipart") pace.multiRange = true;
    else if (many) pace.multiRange = false;
    if (kind === "range") pace.ranges ??= true;
    if (kind !== "full_refused") return;
    if (!many) this.#refusals++;
    const what = many ? "several ranges" : "a range";
    throw new HubError("wrong_range", `The hub answered ${what} with the whole package`, {
      expected: "status 206",
      found: "status 200",
    });
  }

  /** Whether a refusal means that it was too many ranges for one request. */
  #takesFewer(ranges: readonly Range[], error: unknown): boolean {
    const { pace } = this.#context;
    if (ranges.length < 2) return false;
    const refused = error instanceof RangeRefusedError ||
      (error instanceof HubError && [400, 413, 414, 416, 431].includes(error.status ?? 0));
    if (!refused) return false;
    pace.rangesPerRequest = Math.floor(ranges.length / 2);
    if (pace.rangesPerRequest < WORTH_MANY_RANGES) pace.multiRange = false;
    return true;
  }
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

function changed(what: string, expected: string, found: string): HubError {
  const message = `The package was replaced while it was read: its ${what} is another one`;
  return new HubError("changed", message, { expected, found });
}
