/**
 * The errors that everyone shares: one class per area, each with a closed list of codes and with
 * evidence (what was expected, what was found, where) and a hint (what to do).
 *
 * Guarantees: a message is one line of print, and neither it nor its evidence is longer than anybody
 * reads, whatever a hub or a package has put into them; the original error is kept as `cause`. It
 * doesn't remove secrets from URLs: whoever puts a URL into a message passes it through `redactUrl`
 * first.
 *
 * It is longer than 250 lines because every class has its example.
 *
 * @module
 */

import { REMEDY } from "./messages/remedy.ts";
import { LONGEST, messageText } from "./plain_text.ts";

/**
 * What an error knows beside its message. Sizes and offsets are in bytes.
 *
 * @example
 * ```ts
 * import type { Evidence } from "@datahubsync/client";
 *
 * const text = ({ expected, found }: Evidence): string => `expected ${expected}, found ${found}`;
 * ```
 */
export interface Evidence {
  /** What should have been there. */
  expected?: string | number;
  /** What was there. */
  found?: string | number;
  /** The file, with its path. */
  path?: string;
  /** The entry of a package. */
  entry?: string;
  /** The offset in the file or package, in bytes. */
  offset?: number;
  /** The request's URL, its secrets removed. */
  url?: string;
  /** What the reader can do about it, as a sentence or a command to type. */
  hint?: string;
  /** The error underneath. */
  cause?: unknown;
}

/**
 * The common part of every error that DataHubSync throws on purpose.
 *
 * @example Ours are told from a bug by their class
 * ```ts
 * import assert from "node:assert/strict";
 * import { DataHubSyncError, loadConfig } from "@datahubsync/client";
 *
 * try {
 *   await loadConfig("/nowhere/config.yaml");
 * } catch (error) {
 *   if (!(error instanceof DataHubSyncError)) throw error;
 *   assert.equal(error.code, "config");
 *   assert.match(error.hint ?? "", /datahubsync init/);
 * }
 * ```
 */
export abstract class DataHubSyncError extends Error {
  /** The area and code, as one word that programs can compare. */
  abstract readonly code: string;
  /** What was expected, found and where. */
  readonly evidence: Readonly<Evidence>;

  /** `message` is one line, or several that are each a message. */
  constructor(message: string | readonly string[], evidence: Evidence = {}) {
    const lines = [message].flat().map((line) => messageText(line));
    super(lines.join("\n"), evidence.cause === undefined ? undefined : { cause: evidence.cause });
    this.name = new.target.name;
    this.evidence = plainEvidence(evidence);
  }

  /** What the reader can do about it, when we know. */
  get hint(): string | undefined {
    return this.evidence.hint;
  }
}

/**
 * A wrong word on the command line, or a call that makes no sense.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { DataSyncClient, parseConfig, UsageError } from "@datahubsync/client";
 *
 * const text = "{ hub: { url: http://hub.example }, datasets: [{ name: bars, local_dir: ./bars }] }";
 * const config = parseConfig(text, { path: "/srv/config.yaml" });
 * await using client = new DataSyncClient(config, "/srv/.last_sync.json");
 * await assert.rejects(client.syncDataset("bar"), UsageError);
 * ```
 */
export class UsageError extends DataHubSyncError {
  /** Always `usage`. */
  readonly code = "usage";
}

/**
 * One thing wrong in a configuration file, and where (`line` and `column` count from 1).
 *
 * @example
 * ```ts
 * import type { ConfigProblem } from "@datahubsync/client";
 *
 * const problem: ConfigProblem = { file: "config.yaml", line: 3, column: 3, message: "…" };
 * ```
 */
export interface ConfigProblem {
  /** The file, as it was named. */
  file: string;
  /** From 1. */
  line?: number;
  /** From 1. */
  column?: number;
  /** What is wrong, and what was expected. */
  message: string;
}

/**
 * The configuration can't be used; all its problems at once.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { ConfigError, parseConfig } from "@datahubsync/client";
 *
 * try {
 *   parseConfig("hub: { urll: http://hub.example }", { path: "/srv/config.yaml" });
 *   assert.fail();
 * } catch (error) {
 *   if (!(error instanceof ConfigError)) throw error;
 *   assert.equal(error.problems[0]?.line, 1);
 *   assert.match(error.message, /did you mean/);
 * }
 * ```
 */
export class ConfigError extends DataHubSyncError {
  /** Always `config`. */
  readonly code = "config";
  /** Everything that is wrong, in the file's order. */
  readonly problems: readonly ConfigProblem[];

  /** At least one problem. */
  constructor(problems: readonly ConfigProblem[], evidence: Evidence = {}) {
    super(problems.map(formatProblem), evidence);
    this.problems = problems;
  }
}

/** Writes a problem as `file:line:column: message`; in the catalogue that is `CONFIG.at_position`. */
export function formatProblem(problem: ConfigProblem): string {
  const position = [problem.file, problem.line, problem.column].filter((part) =>
    part !== undefined
  );
  return `${position.join(":")}: ${problem.message}`;
}

/**
 * Why a hub's answer can't be used.
 *
 * @example
 * ```ts
 * import type { HubErrorCode } from "@datahubsync/client";
 *
 * const worthWaiting = new Set<HubErrorCode>(["unreachable", "stalled", "rate_limited"]);
 * ```
 */
export type HubErrorCode =
  | "unreachable" // no connection: DNS, refused, reset, TLS
  | "tls" // the certificate isn't trusted, or is another host's
  | "too_slow" // fewer bytes than hub.least_speed, or more time than sync.longest_run
  | "stalled" // no byte for as long as hub.timeout allows
  | "cut_short" // fewer bytes than promised
  | "http_status" // a status that isn't a success
  | "rate_limited" // 429 or 503, maybe with Retry-After
  | "not_found" // 404 for a package
  | "wrong_range" // a 206 that isn't what was asked for
  | "encoded" // a Content-Encoding on bytes that must be plain
  | "not_json" // a catalog that is HTML, or no JSON
  | "not_catalog" // JSON, but no list of datasets
  | "redirect" // too many, or to nowhere
  | "wrong_package" // the package of another dataset
  | "untrusted" // a catalog that isn't signed, or by another key, or was changed since
  | "expired" // a signature that has run out
  | "old_catalog" // a signed catalog that is older than one that was seen
  | "wrong_clock" // this machine's clock is before its own last success
  | "changed"; // the package was replaced while we read it

/**
 * The hub's answer can't be used.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { DataSyncClient, HubError, parseConfig } from "@datahubsync/client";
 *
 * // Nobody listens at this address.
 * const text = `{ hub: { url: "http://127.0.0.1:9", retries: 0 },
 *   datasets: [{ name: bars, local_dir: ./bars }] }`;
 * const config = parseConfig(text, { path: "/srv/config.yaml" });
 * await using client = new DataSyncClient(config, "/srv/.last_sync.json", { direct: true });
 * await assert.rejects(
 *   client.checkUpdates(),
 *   (error) => error instanceof HubError && error.code === "unreachable",
 * );
 * ```
 */
export class HubError extends DataHubSyncError {
  /** Why. */
  readonly code: HubErrorCode;
  /** The HTTP status, when there was one. */
  readonly status?: number;
  /** How long the hub asks us to wait, in milliseconds. */
  readonly retryAfterMs?: number;

  /** `message` names the URL, its secrets removed. */
  constructor(
    code: HubErrorCode,
    message: string,
    evidence: Evidence & { status?: number; retryAfterMs?: number } = {},
  ) {
    super(message, withRemedy(code, evidence));
    this.code = code;
    if (evidence.status !== undefined) this.status = evidence.status;
    if (evidence.retryAfterMs !== undefined) this.retryAfterMs = evidence.retryAfterMs;
  }
}

/**
 * Why a package can't be used.
 *
 * @example
 * ```ts
 * import type { ArchiveErrorCode } from "@datahubsync/client";
 *
 * const damaged = new Set<ArchiveErrorCode>(["bad_data", "wrong_crc", "wrong_size"]);
 * ```
 */
export type ArchiveErrorCode =
  | "no_end_record" // not a ZIP, or cut short
  | "bad_directory" // the central directory contradicts itself
  | "bad_local_header" // a local header that isn't there or contradicts the directory
  | "bad_data" // doesn't inflate
  | "wrong_crc" // inflates to something else
  | "wrong_size" // inflates to another length
  | "wrong_digest" // its SHA-256 isn't the one that the catalog vouches for
  | "bad_digests" // a list of digests that is damaged, or not for this package
  | "unsafe_name" // a name that leads outside, or can't be a file
  | "duplicate_name" // two entries for one file, or a file that is another's folder
  | "unsupported" // encrypted, a link, a device, an unknown method
  | "too_large" // beyond the caps on count, size or ratio
  | "overlap" // entries that share bytes
  | "bad_patch"; // a patch that is damaged, or not for this package

/**
 * A package can't be used.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { ArchiveError } from "@datahubsync/client";
 *
 * const error = new ArchiveError("wrong_crc", "sh600000.csv: expected another CRC-32", {
 *   entry: "sh600000.csv",
 *   expected: 0x1234,
 *   found: 0x4321,
 * });
 * assert.equal(error.evidence.entry, "sh600000.csv");
 * ```
 */
export class ArchiveError extends DataHubSyncError {
  /** Why. */
  readonly code: ArchiveErrorCode;

  /** `message` names the entry, if it is about one. */
  constructor(code: ArchiveErrorCode, message: string, evidence: Evidence = {}) {
    super(message, withRemedy(code, evidence));
    this.code = code;
  }
}

/**
 * Why the disk can't be used.
 *
 * @example
 * ```ts
 * import type { StoreErrorCode } from "@datahubsync/client";
 *
 * const callTheAdmin = new Set<StoreErrorCode>(["disk_full", "no_permission", "read_only"]);
 * ```
 */
export type StoreErrorCode =
  | "disk_full"
  | "no_permission"
  | "read_only"
  | "wrong_type" // a folder where a file should be, or the other way round
  | "bad_format" // one of the program's JSON files can't be read
  | "unknown_version" // one of the program's JSON files is from a newer program
  | "cross_device"
  | "unsafe_owner" // somebody else owns it, or may write there
  | "unsupported" // the file system lacks what is needed
  | "not_mounted" // the data was on another disk
  | "io";

/**
 * The disk, or one of the program's files on it, can't be used.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { DataSyncClient, parseConfig, StoreError } from "@datahubsync/client";
 *
 * const state = await Deno.makeTempFile();
 * await Deno.writeTextFile(state, "not JSON");
 * const text = "{ hub: { url: http://hub.example }, datasets: [{ name: bars, local_dir: ./bars }] }";
 * const config = parseConfig(text, { path: "/srv/config.yaml" });
 * await using client = new DataSyncClient(config, state);
 * await assert.rejects(
 *   client.syncAll(),
 *   (error) => error instanceof StoreError && error.code === "bad_format",
 * );
 * await Deno.remove(state);
 * ```
 */
export class StoreError extends DataHubSyncError {
  /** Why. */
  readonly code: StoreErrorCode;

  /** `message` names the file. */
  constructor(code: StoreErrorCode, message: string, evidence: Evidence = {}) {
    super(message, evidence);
    this.code = code;
  }
}

/**
 * Another run holds the lock.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { LockedError } from "@datahubsync/client";
 *
 * assert.equal(new LockedError("another run is under way").code, "locked");
 * ```
 */
export class LockedError extends DataHubSyncError {
  /** Always `locked`. */
  readonly code = "locked";
}

/**
 * The run was told to stop (a signal, or the caller's `AbortSignal`).
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { DataSyncClient, InterruptedError, parseConfig } from "@datahubsync/client";
 *
 * const text = "{ hub: { url: http://hub.example }, datasets: [{ name: bars, local_dir: ./bars }] }";
 * const config = parseConfig(text, { path: "/srv/config.yaml" });
 * await using client = new DataSyncClient(config, "/srv/.last_sync.json");
 * await assert.rejects(client.checkUpdates({ signal: AbortSignal.abort() }), InterruptedError);
 * ```
 */
export class InterruptedError extends DataHubSyncError {
  /** Always `interrupted`. */
  readonly code = "interrupted";
}

/** A package that is refused always says what to do. */
const REMEDIES:
  & Readonly<Record<ArchiveErrorCode, () => string>>
  & Readonly<Partial<Record<HubErrorCode, () => string>>> = {
    wrong_range: REMEDY.wrong_range,
    cut_short: REMEDY.cut_short,
    changed: REMEDY.changed,
    redirect: REMEDY.redirect,
    http_status: REMEDY.http_status,
    no_end_record: REMEDY.no_end_record,
    bad_directory: REMEDY.bad_directory,
    bad_local_header: REMEDY.damaged,
    bad_data: REMEDY.damaged,
    wrong_crc: REMEDY.damaged,
    wrong_size: REMEDY.damaged,
    wrong_digest: REMEDY.wrong_digest,
    bad_digests: REMEDY.pack_again,
    unsafe_name: REMEDY.nothing_used,
    duplicate_name: REMEDY.duplicate_name,
    unsupported: REMEDY.nothing_used,
    too_large: REMEDY.too_large,
    overlap: REMEDY.overlap,
    bad_patch: REMEDY.pack_again,
  };

/** An error that nobody knows a better hint for has its code's. */
function withRemedy(code: HubErrorCode | ArchiveErrorCode, evidence: Evidence): Evidence {
  const hint = evidence.hint ?? REMEDIES[code]?.();
  return hint === undefined ? evidence : { ...evidence, hint };
}

/** Evidence is shown, too; a path may be as long as Linux allows. */
function plainEvidence(evidence: Evidence): Evidence {
  const most = { path: LONGEST.path, hint: LONGEST.path, url: LONGEST.url };
  return Object.fromEntries(
    Object.entries(evidence).map(([key, value]) => [
      key,
      typeof value === "string"
        ? messageText(value, most[key as keyof typeof most] ?? LONGEST.message)
        : value,
    ]),
  );
}

/** What an error says that its reader can do, if it is ours and says so. */
export function hintOf(error: unknown): string | undefined {
  return error instanceof DataHubSyncError ? error.hint : undefined;
}

/** One line for a person: the message of an error, or of anything else that was thrown. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return messageText(String(error));
  return messageText(error.message.split("\n", 1)[0] ?? error.name);
}
