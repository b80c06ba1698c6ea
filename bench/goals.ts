/**
 * What was promised. A figure that isn't here is only told, not judged.
 *
 * @module
 */

const SMALL = { unzip: 1.0, pipe: 0.75, "7zz": 0.9, python: 1.0 };

/** How many times faster than a peer, both flushed to the disk, by profile and peer. */
export const FASTER: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  "small": SMALL,
  "many": SMALL,
  "fin": { unzip: 1.8, pipe: 1.4, "7zz": 1.6, python: 1.7 },
  "pro": { unzip: 2.2, pipe: 1.8, "7zz": 2.0, python: 2.0 },
  "pro-large": { unzip: 2.7, pipe: 2.4, "7zz": 2.5, python: 2.5 },
  "huge": { unzip: 2.3, pipe: 1.7, "7zz": 2.0, python: 1.8 },
};

/** The most resident memory in bytes; MB as the system's own tools count them, 2^20 bytes. */
export function mostMemory(profile: string): number {
  return (profile === "many" ? 256 : 128) * 2 ** 20;
}

/**
 * A delta: the share of the package, from a hub of several ranges per request and from one of one, and
 * how many times faster than full near a hub of several.
 */
export const DELTA = {
  "1 %": { share: 0.03, single: 0.05, faster: 10 },
  "10 %": { share: undefined, single: undefined, faster: 4 },
} as const;

/** The next day: the share of the package beside its directory. */
export const DAILY_SHARE: Readonly<Record<string, number>> = { "pro-history": 0.06, "pro": 0.2 };
/**
 * The next day on the slow way from nginx, against the full sync and against curl and unzip. `pro`,
 * whose short files leave up to 20 % to fetch, can't come to 8 there.
 */
export const DAILY_FASTER: Readonly<Record<string, number>> = { "pro-history": 8 };

/** A sync with nothing to do. */
export const NOTHING = { requests: 1, wallMs: 100, peakBytes: 90e6 } as const;
/** `--version`. */
export const STARTUP_MS = 50;
/** Time a file of `many` against `small`. */
export const LINEAR = 1.3;
/** Learning the blocks: the share of the time, and bytes an entry in the manifest. */
export const LEARNING = { share: 0.05, bytesAnEntry: 24 } as const;
/**
 * `get` of an archive of filings of which 1 % changed, on the slow way: the share of the package beside
 * its directory, and how many times faster than curl and unzip, by the ranges that a server answers.
 */
export const GET = {
  several: { share: 0.02, faster: 20 },
  one: { share: 0.03, faster: 10 },
  none: { share: undefined, faster: 1 },
} as const;
/** `get` of what isn't new. */
export const GET_NOTHING = { requests: 1, wireBytes: 2000, wallMs: 150 } as const;
/** Packing `pro`: times Python's zipfile on two cores, nothing changed, and memory. */
export const PACK = { faster: 4, nothingMs: 500, peakBytes: 128 * 2 ** 20 } as const;
/** How much more a sync costs with digests and a signature, on loopback: shares of time and CPU. */
export const PROOF = { wall: 0.12, cpu: 0.15 } as const;
/** `serve`: the share of nginx's bytes per second, and the memory of 1,000 slow readers. */
export const SERVE = { share: 0.5, slowReaders: 1000, peakBytes: 320e6 } as const;
/** A client that is a day behind, from a mirror: the share of the package, headers included. */
export const MACHINES = { share: 0.005, requests: 2 } as const;
