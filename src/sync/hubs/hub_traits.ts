/**
 * What this run knows of a hub: how long an answer takes, how fast bytes arrive, what the server
 * supports. Prices of plans and the joining of ranges depend on it. It is kept from one run to the next,
 * in the dataset's work folder.
 *
 * Guarantees: without measurements the figures are conservative, so a first plan never asks an
 * unknown hub for thousands of small pieces.
 *
 * @module
 */
import type { HubLessons } from "../../store/memory/hub_memory.ts";

/**
 * Before anything is measured: a round trip in ms, and bytes per ms (48 Mbit/s). A near hub needn't be
 * fast: it may be throttled, or share its line.
 */
const ASSUMED_ROUND_TRIP_MS = 30;
const ASSUMED_BYTES_PER_MS = 6_000;

/** The fastest that two cores can extract what they receive, in bytes per ms: 300 MB/s. */
const FASTEST_BYTES_PER_MS = 300_000;

/**
 * The client's own cost per request beside the round trip, in ms: 2 to 3 with 400 requests on
 * loopback.
 */
const REQUEST_MS = 2;
/**
 * The same if the hub closes the connection after each request: 533 of them added 1.7 s to a sync
 * from a near hub.
 */
const SERIAL_REQUEST_MS = 6;

/** A shorter transfer measures the start of a connection rather than its speed. */
const TELLING_BYTES = 256 * 1024;

/**
 * Joining across a smaller gap costs fewer bytes than the headers of another request and its
 * answer.
 */
export const SMALLEST_GAP: number = 4 * 1024;
/** Never join across more than this: it would fetch unneeded bytes. */
export const LARGEST_GAP: number = 1 << 20;
/** The gap to join across in a request for many ranges: each part of the answer has a head of 120 bytes. */
export const PART_GAP = 256;

/** Connections with `auto`, if the hub can serve several. */
const AUTO_CONNECTIONS = 2;

/** The most ranges per request: about 4 KB of header, which every server accepts. */
export const MOST_RANGES = 200;

/** With fewer ranges, a multi-range request isn't worth it. */
export const WORTH_MANY_RANGES = 4;

/** What is known of a hub; one per hub and run. */
export class HubTraits {
  #roundTripMs: number | undefined;
  /** The round trip of an earlier run. */
  #recalledMs: number | undefined;
  #bytesPerMs: number | undefined;
  /** Whether it serves one request at a time (HTTP/1.0 servers). */
  serial: boolean | undefined;
  /** Whether it supports several ranges per request. */
  multiRange: boolean | undefined;
  /** The most ranges per request that it is known to accept. */
  rangesPerRequest = MOST_RANGES;
  /** The most ranges in one answer in this run. */
  acceptedRanges = 0;
  /** Whether it supports ranges at all. */
  ranges: boolean | undefined;
  /** Why ranges were given up in this run, though it seemed to support them. */
  rangesFailed: string | undefined;
  /** Whether an answer to a range request didn't say which bytes it holds. */
  unlabelled = false;
  /** Unreachable for the full retry period, and no answer since. */
  unreachable = false;

  /** Halves the ranges per request after a refusal, down to one at a time. */
  takeFewer(refused: number): void {
    if (refused <= this.acceptedRanges) return; // it has accepted as many before: a passing fault
    this.rangesPerRequest = Math.min(this.rangesPerRequest, refused >> 1);
    if (this.rangesPerRequest < WORTH_MANY_RANGES) this.multiRange = false;
  }

  /** What to remember: its pace, and the limits of its ranges if they differ from the defaults. */
  get lessons(): HubLessons {
    const { ranges, rangesPerRequest, multiRange, unlabelled } = this;
    const most = ranges === false ? 0 : multiRange === false ? 1 : rangesPerRequest;
    const roundTripMs = this.#roundTripMs ?? this.#recalledMs;
    const bytesPerMs = this.#bytesPerMs;
    return {
      ...((most !== MOST_RANGES || unlabelled) && { answers: { most, unlabelled } }),
      ...(roundTripMs !== undefined && bytesPerMs !== undefined &&
        { pace: { roundTripMs, bytesPerMs } }),
    };
  }

  /** Starts from what an earlier run learnt; what this run has measured itself takes precedence. */
  recall({ answers, pace }: HubLessons): void {
    this.#recalledMs ??= pace?.roundTripMs;
    this.#bytesPerMs ??= pace?.bytesPerMs;
    if (this.ranges !== undefined || answers === undefined) return;
    const { most, unlabelled } = answers;
    this.unlabelled = unlabelled;
    if (most === 0) this.ranges = false;
    else if (most < WORTH_MANY_RANGES) this.multiRange ??= false;
    else this.rangesPerRequest = Math.min(this.rangesPerRequest, most);
  }

  /** Records a request's timing. */
  note(
    outcome: { firstByteMs: number; durationMs: number; bytes: number; unlabelled?: boolean },
  ): void {
    this.unreachable = false;
    this.unlabelled ||= outcome.unlabelled ?? false;
    const { firstByteMs, durationMs, bytes } = outcome;
    if (firstByteMs < 0) return; // the clock was set back meanwhile
    // The shortest seen: longer ones had to wait for something else.
    this.#roundTripMs = Math.min(this.#roundTripMs ?? Infinity, firstByteMs);
    const transferMs = durationMs - firstByteMs;
    if (bytes < TELLING_BYTES || transferMs <= 0) return;
    const speed = bytes / transferMs;
    this.#bytesPerMs = this.#bytesPerMs === undefined ? speed : (this.#bytesPerMs + speed) / 2;
  }

  /** Whether to ask for several ranges per request, as far as is known. */
  get asksForMany(): boolean {
    return this.multiRange ?? this.serial !== true;
  }

  /** The number of parallel connections, given the configured one. */
  connectionsFor(configured: number | "auto"): number {
    if (configured !== "auto") return configured;
    return this.serial ? 1 : AUTO_CONNECTIONS;
  }

  /** Milliseconds from a request to its first byte. */
  get roundTripMs(): number {
    return this.#roundTripMs ?? this.#recalledMs ?? ASSUMED_ROUND_TRIP_MS;
  }

  /** Bytes per millisecond that arrive and can be processed. */
  get bytesPerMs(): number {
    return Math.min(this.#bytesPerMs ?? ASSUMED_BYTES_PER_MS, FASTEST_BYTES_PER_MS);
  }

  /** The gap in bytes across which holes of one range are joined: what comes in a round trip. */
  get joinGap(): number {
    const worth = this.#requestMs * this.bytesPerMs;
    return Math.round(Math.max(SMALLEST_GAP, Math.min(LARGEST_GAP, worth)));
  }

  /** How long these requests and bytes take at best, in ms. */
  estimateMs(load: { requests: number; bytes: number; connections: number }): number {
    const { requests, bytes, connections } = load;
    return requests * this.#requestMs / connections + bytes / this.bytesPerMs;
  }

  /** How long a request takes beside its bytes, in ms. */
  get #requestMs(): number {
    return this.roundTripMs + (this.serial ? SERIAL_REQUEST_MS : REQUEST_MS);
  }
}
