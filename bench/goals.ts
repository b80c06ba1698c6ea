/**
 * What was promised. A figure that isn't here is only told, not judged.
 *
 * @module
 */

const LARGE = { unzip: 3.3, pipe: 2.4, bsdtar: 2.0, "7zz": 2.9, python: 2.7 };
const SMALL = { unzip: 1.5, pipe: 1.2, bsdtar: 1.2, "7zz": 1.2, python: 1.5 };
const HUGE = { unzip: 2.5, pipe: 1.6, bsdtar: 1.5, "7zz": 2.4, python: 2.0 };

/** How many times faster than a peer, both flushed to the disk, by profile and peer. */
export const FASTER: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  "pro": LARGE,
  "pro-large": LARGE,
  "small": SMALL,
  "huge": HUGE,
};

/** The most resident memory in bytes; MB as the system's own tools count them, 2^20 bytes. */
export function mostMemory(profile: string): number {
  return (profile === "many" ? 256 : 128) * 2 ** 20;
}

/** A delta: the share of the package beside its directory, and how many times faster than full. */
export const DELTA = {
  "1 %": { share: 0.02, faster: 10 },
  "10 %": { share: undefined, faster: 4 },
} as const;

/** The next day: the share of the package beside its directory. */
export const DAILY_SHARE: Readonly<Record<string, number>> = { "pro-history": 0.06, "pro": 0.2 };
/**
 * The next day on the slow way from nginx, against the full sync and against curl and unzip. `pro`,
 * whose short files leave up to 20 % to fetch, can't come to 8 there.
 */
export const DAILY_FASTER: Readonly<Record<string, number>> = { "pro-history": 8 };

/** A sync with nothing to do. */
export const NOTHING = { requests: 1, wallMs: 150, peakBytes: 90e6 } as const;
/** `--version`. */
export const STARTUP_MS = 50;
/** Time a file of `many` against `small`. */
export const LINEAR = 1.3;
/** Learning the blocks: the share of the time, and bytes an entry in the manifest. */
export const LEARNING = { share: 0.05, bytesAnEntry: 24 } as const;
