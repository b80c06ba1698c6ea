/**
 * The words that everyone shares: what a hub offers, what a package holds, what a sync ends with.
 *
 * @module
 */

/**
 * How the sync of one dataset ended.
 *
 * @example
 * ```ts
 * import type { Status } from "@datahubsync/client";
 *
 * const worthAnAlarm = (status: Status): boolean =>
 *   !["success", "up_to_date", "planned", "package_not_ready", "locked"].includes(status);
 * ```
 */
export type Status =
  | "success"
  | "up_to_date"
  | "planned"
  | "package_not_ready"
  | "not_found"
  | "download_failed"
  | "extract_failed"
  | "rejected"
  | "disk_full"
  | "config_error"
  | "locked"
  | "interrupted"
  | "error";

/** A digest of the whole package that the hub announced, in lower-case hex. */
export interface Digest {
  algorithm: "sha256" | "md5";
  hex: string;
}

/** A dataset as the hub's catalog lists it. Sizes are in bytes, 0 = unknown. */
export interface ListedDataset {
  name: string;
  /** The hub's own text for the version; `null` when it says none. */
  version: string | null;
  /** The version as an instant (ms since the epoch); `null` when it can't be read as one. */
  instant: number | null;
  /** Whether a package is there; `undefined` = unknown, try it. */
  ready: boolean | undefined;
  /** The hub's status word, as sent. */
  status?: string;
  /** Advisory size of the package. */
  packageSize: number;
  /** Advisory count of the live directory's files. */
  fileCount: number;
  /** Advisory size of the live directory. */
  totalSize: number;
  /** Where the package is, when the hub names it (as sent). */
  packageUrl?: string;
  digest?: Digest;
  /** SHA-256 of the package's central directory, when a mirror announces it. */
  fingerprint?: string;
  /** What turns earlier packages into this one. */
  patches?: OfferedPatch[];
  /** The list of the SHA-256 of each of its entries, and that of their midstates. */
  digests?: OfferedFile & { midstates?: OfferedFile };
  /** Whether another package may have the same version text. */
  ambiguous?: true;
}

/** A package that was taken from an address, as its server described it. */
export interface TakenPackage {
  /** The address, which may hold a secret. */
  url: string;
  /** The version text that was recorded. */
  version: string;
  /** The validators as sent; `null` = it sent none, or none to go by. */
  etag: string | null;
  lastModified: string | null;
  /** Its length in bytes. */
  total: number;
  /** When its directory was read (ms since the epoch). */
  at: number;
}

/** A file that the hub offers beside a package: a list, or a patch. */
export interface OfferedFile {
  /** Where it is, as sent. */
  url: string;
  /** In bytes. */
  size: number;
  /** Of the file, in lower-case hex. */
  sha256: string;
}

/** A patch that the hub offers. */
export interface OfferedPatch extends OfferedFile {
  /** Fingerprints of the packages before and after it. */
  from: string;
  to: string;
}

/** Who signed a catalog, and how long that is good for. Times are in ms since the epoch. */
export interface SignedBy {
  /** The public keys, of those that are trusted; none = it wasn't compared with any. */
  by: string[];
  counter: number;
  signedAt: number;
  expiresAt: number;
  /** The whole file, to be handed on. */
  envelope: string;
}

/** The hub's list of datasets. */
export interface Catalog {
  datasets: ListedDataset[];
  /** What was odd about it, one sentence each (a skipped dataset, …). */
  warnings: string[];
  /** Where it was read from a signed one. */
  signed?: SignedBy;
}

/** One file in a package, as its central directory says. Sizes and offsets are in bytes. */
export interface Entry {
  /** The checked path below `local_dir`, `/` between its parts. */
  path: string;
  /** The ZIP method: 0 stored, 8 deflated, others go to zip.js. */
  method: number;
  /** The general purpose flags. */
  flags: number;
  /** CRC-32 of the content, unsigned. */
  crc: number;
  compressedSize: number;
  size: number;
  /** Where its local header begins, counted from the package's first byte. */
  headerOffset: number;
  /** Its index in the central directory, from 0. */
  index: number;
  /** CRC-32 of the name's bytes as stored: its local header must have the same name. */
  nameCrc: number;
  /** SHA-256 of the content in base64url, where the hub's list of digests was read. */
  sha256?: string;
}

/** A half-open range of bytes: `start` is in it, `end` isn't. */
export interface Range {
  start: number;
  end: number;
}

/**
 * Where a sync is; each phase's milliseconds end up in the history.
 *
 * @example
 * ```ts
 * import type { Phase, SyncResult } from "@datahubsync/client";
 *
 * const slowest = ({ phases }: SyncResult): Phase | undefined =>
 *   (Object.keys(phases) as Phase[]).sort((a, b) => (phases[b] ?? 0) - (phases[a] ?? 0))[0];
 * ```
 */
export type Phase = "catalog" | "directory" | "plan" | "download" | "publish" | "record";

/** How a file changed; `appended` = what was there before is still its beginning. */
export type ChangeKind = "new" | "appended" | "replaced" | "removed";

/** One file that a publish changes. */
export interface Change {
  /** Its path below `local_dir`, `/` between the parts. */
  path: string;
  kind: ChangeKind;
  /** Where the appended rows begin, in bytes; 0 unless it is `appended`. */
  fromByte: number;
  /** In bytes, afterwards; 0 once it is removed. */
  size: number;
}

/**
 * How the sync of one dataset ended, with its figures: what the command and the library share.
 *
 * @example
 * ```ts
 * import type { DatasetResult } from "@datahubsync/client";
 *
 * const line = ({ dataset, status, bytesDownloaded, bytesTotal }: DatasetResult): string =>
 *   `${dataset}: ${status}, ${bytesDownloaded} of ${bytesTotal} bytes`;
 * ```
 */
export interface DatasetResult {
  /** The dataset's name. */
  dataset: string;
  /** Whether the folder is what the hub has: `status` is `success` or `up_to_date`. */
  success: boolean;
  /** How it ended. */
  status: Status;
  /** One line, when it failed or there is something to say. */
  error?: string;
  /** What to do about it, when we know. */
  hint?: string;
  /** Entries that this disk can't hold; all others are there, and the sync counts as failed. */
  leftOut?: string[];
  /** The hub that was asked, the last one where there were several; without secrets. */
  hub?: string;
  /** The version text that is now recorded; `null` = none. */
  version: string | null;
  /** The version text recorded before. */
  versionBefore: string | null;
  /** What the hub had announced, when the package that it then gave is older: ask again later. */
  announced?: string;
  /** Entries in the package that the configuration wants. */
  entries: number;
  /** Entries fetched from the hub, whole or by their tail. */
  entriesFetched: number;
  /** Files removed because upstream removed them. */
  entriesDeleted: number;
  /** Size of the package in bytes. */
  bytesTotal: number;
  /** Bytes of package data received. */
  bytesDownloaded: number;
  /** Bytes of the package that an unfinished sync left for the next one. */
  bytesKept?: number;
  /** Size of the dataset's files on disk afterwards, in bytes, when it is known. */
  bytesOnDisk?: number;
  /** What patches made: files, and the bytes received for the patches. */
  byPatch?: { entries: number; bytes: number };
  /** Whether any file of the folder changed, also by finishing what an earlier run had begun. */
  filesChanged?: boolean;
  /** Files changed by kind, when they were counted. */
  changes?: Record<"new" | "appended" | "replaced" | "removed", number>;
  /** The date of the newest row in what is now live, in ms since the epoch, where `expect` asks. */
  newestRow?: number;
  /**
   * With `dryRun` and `expect`: what isn't as expected, by the package's directory, and whether the
   * newest row is still to be looked at.
   */
  foreseen?: { faults: string[]; rowsUnseen: boolean };
  /** How long it took, in milliseconds. */
  durationMs: number;
  /** Milliseconds by phase. */
  phases: Partial<Record<Phase, number>>;
  /** Causes of the requests that were tried again, with their counts. */
  retries: Record<string, number>;
  /** When the sync began, in ms since the epoch. */
  startedAt: number;
}

/** The time in ms since the epoch; injected, so that tests own it. */
export type Clock = () => number;

/** `fetch`, injected. */
export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;
