/**
 * What this run has seen of a hub: how long an answer takes, how fast bytes come, what it can do.
 * The plan's costs and the joining of ranges rest on it.
 *
 * Guarantees: without a measurement the figures are cautious ones, so a first plan never asks for
 * thousands of small pieces of a hub that it doesn't know.
 *
 * @module
 */
import type { HubLessons } from "../store/hub_memory.ts";

/**
 * Before anything is measured: a round trip in ms, and bytes per ms (48 Mbit/s). That a hub is near
 * says nothing of its speed: it may be limited, or share its line.
 */
const ASSUMED_ROUND_TRIP_MS = 30;
const ASSUMED_BYTES_PER_MS = 6_000;

/** The most that two cores extract of what they receive, in bytes per ms: 300 MB/s. */
const FASTEST_BYTES_PER_MS = 300_000;

/** What a request costs us beside its round trip, in ms: one of 400 took 2 to 3 on loopback. */
const REQUEST_MS = 2;
/** The same where the hub closes the connection after each: 533 of them made a near sync 1.7 s longer. */
const SERIAL_REQUEST_MS = 6;

/** A transfer shorter than this says more about the start of a connection than about its speed. */
const TELLING_BYTES = 256 * 1024;

/** Joining across less than this costs fewer bytes than a request's own headers and their answer. */
export const SMALLEST_GAP: number = 4 * 1024;
/** Joining across more than this is never right: it would fetch what is wanted by nobody. */
export const LARGEST_GAP: number = 1 << 20;
/** A part of a multi-range answer has a head of some 120 bytes. */
export const PART_GAP = 256;

/** At most this many ranges in one request: some 4 KB of header, which every server takes. */
export const MOST_RANGES = 200;

/** Below this, several ranges in one request aren't worth asking for. */
export const WORTH_MANY_RANGES = 4;

/** A hub's pace; one for each hub and run. */
export class HubPace {
  #roundTripMs: number | undefined;
  /** The round trip of an earlier run. */
  #recalledMs: number | undefined;
  #bytesPerMs: number | undefined;
  /** Whether it answers one request at a time (HTTP/1.0 servers). */
  serial: boolean | undefined;
  /** Whether it answers several ranges in one request. */
  multiRange: boolean | undefined;
  /** How many ranges it takes in one request, as far as we know. */
  rangesPerRequest = MOST_RANGES;
  /** The most ranges that one answer of this run has held. */
  provenRanges = 0;
  /** Whether it answers ranges at all. */
  ranges: boolean | undefined;
  /** Whether an answer to a range didn't say which bytes it holds. */
  unproven = false;
  /** Whether it couldn't be reached for as long as we were ready to wait, and hasn't answered since. */
  stayedAway = false;

  /** A request for that many ranges was refused: ask for half, or for one at a time. */
  takeFewer(refused: number): void {
    if (refused <= this.provenRanges) return; // it took as many before: this will pass
    this.rangesPerRequest = Math.min(this.rangesPerRequest, refused >> 1);
    if (this.rangesPerRequest < WORTH_MANY_RANGES) this.multiRange = false;
  }

  /** What has been learnt of the hub's ranges beyond what every hub is taken for, and its pace. */
  get lessons(): HubLessons {
    const { ranges, rangesPerRequest, multiRange, unproven } = this;
    const most = ranges === false ? 0 : multiRange === false ? 1 : rangesPerRequest;
    const roundTripMs = this.#roundTripMs ?? this.#recalledMs;
    const bytesPerMs = this.#bytesPerMs;
    return {
      ...((most !== MOST_RANGES || unproven) && { answers: { most, unproven } }),
      ...(roundTripMs !== undefined && bytesPerMs !== undefined &&
        { pace: { roundTripMs, bytesPerMs } }),
    };
  }

  /** Begins with what an earlier run has learnt, as far as this one has seen nothing itself. */
  recall({ answers, pace }: HubLessons): void {
    this.#recalledMs ??= pace?.roundTripMs;
    this.#bytesPerMs ??= pace?.bytesPerMs;
    if (this.ranges !== undefined || answers === undefined) return;
    const { most, unproven } = answers;
    this.unproven = unproven;
    if (most === 0) this.ranges = false;
    else if (most < WORTH_MANY_RANGES) this.multiRange ??= false;
    else this.rangesPerRequest = Math.min(this.rangesPerRequest, most);
  }

  /** Notes how a request went. */
  note(
    outcome: { firstByteMs: number; durationMs: number; bytes: number; unproven?: boolean },
  ): void {
    this.stayedAway = false;
    this.unproven ||= outcome.unproven ?? false;
    const { firstByteMs, durationMs, bytes } = outcome;
    // The shortest seen: a longer one had to wait for something else.
    this.#roundTripMs = Math.min(this.#roundTripMs ?? Infinity, firstByteMs);
    const transferMs = durationMs - firstByteMs;
    if (bytes < TELLING_BYTES || transferMs <= 0) return;
    const speed = bytes / transferMs;
    this.#bytesPerMs = this.#bytesPerMs === undefined ? speed : (this.#bytesPerMs + speed) / 2;
  }

  /** Milliseconds from a request to its first byte. */
  get roundTripMs(): number {
    return this.#roundTripMs ?? this.#recalledMs ?? ASSUMED_ROUND_TRIP_MS;
  }

  /** Bytes per millisecond that come and can be used. */
  get bytesPerMs(): number {
    return Math.min(this.#bytesPerMs ?? ASSUMED_BYTES_PER_MS, FASTEST_BYTES_PER_MS);
  }

  /** The gap in bytes across which holes of one range are joined: what comes in a round trip. */
  get joinGap(): number {
    const worth = this.#requestMs * this.bytesPerMs;
    return Math.round(Math.max(SMALLEST_GAP, Math.min(LARGEST_GAP, worth)));
  }

  /** The same where one request can hold many ranges. */
  get partGap(): number {
    return PART_GAP;
  }

  /** Milliseconds that these requests and bytes take, at best. */
  estimateMs(load: { requests: number; bytes: number; connections: number }): number {
    const { requests, bytes, connections } = load;
    return requests * this.#requestMs / connections + bytes / this.bytesPerMs;
  }

  /** Milliseconds that a request takes beside its bytes. */
  get #requestMs(): number {
    return this.roundTripMs + (this.serial ? SERIAL_REQUEST_MS : REQUEST_MS);
  }
}
