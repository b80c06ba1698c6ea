/**
 * Fetches a whole patch file, resuming where an earlier run stopped.
 *
 * Guarantees: when it returns, the file has the length and the SHA-256 that the catalog announces;
 * any other file is removed. A failed request is retried from where it stopped, and one that finds
 * nothing once. Damaged bytes from an earlier run cost one more fetch, not the patch.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { HubError } from "../../errors.ts";
import { diskError } from "../../fs/disk_error.ts";
import { openOwn } from "../../fs/own_file.ts";
import { readFully, writeFully } from "../../fs/whole_io.ts";
import { RangeRefusedError } from "../../hub/answer/ranges_to_blame.ts";
import type { RemotePackage } from "../../hub/remote_package.ts";
import { Progress, ShortAnswers } from "../../hub/retry/progress.ts";
import { isRetriable, onceMoreIfGone } from "../../hub/retry/retriable.ts";
import { withRetries } from "../../hub/retry/retry.ts";
import { redactUrl } from "../../redact.ts";
import type { OfferedPatch } from "../../types.ts";
import type { RetryOptions } from "../../hub/retry/retry.ts";
import { SYNC } from "../../messages/sync.ts";

/** Options for fetching. */
interface FetchPatchContext {
  remote: RemotePackage;
  retry: RetryOptions;
  signal: AbortSignal;
  onReceived: (bytes: number) => void;
}

/** Bytes hashed at once. */
const PIECE = 1 << 20;

/** Fetches a patch to `path`. Throws HubError, StoreError, InterruptedError. */
export async function fetchPatch(
  path: string,
  patch: OfferedPatch,
  context: FetchPatchContext,
): Promise<void> {
  using file = open(path);
  const left = Math.min(file.statSync().size, patch.size);
  if (left > 0) {
    await fetchFrom(file, { patch, have: left }, context);
    if (sha256Of(file, patch.size) === patch.sha256) return;
    file.truncateSync(0);
  }
  await fetchFrom(file, { patch, have: 0 }, context);
  if (sha256Of(file, patch.size) === patch.sha256) return;
  file.truncateSync(0);
  throw wrongPatch(context.remote.url, patch);
}

/** Fetches what is missing; from the start, once and for all, where the server refuses to resume. */
async function fetchFrom(
  file: Deno.FsFile,
  { patch, have }: { patch: OfferedPatch; have: number },
  context: FetchPatchContext,
): Promise<void> {
  const { remote, retry, signal } = context;
  const progress = new Progress({ have, missing: patch.size });
  const short = new ShortAnswers();
  let resumes = true;
  const fetchMore = async (): Promise<number> => {
    try {
      return await fetchRest(file, { patch, have: resumes ? have : 0 }, context);
    } catch (error) {
      // All of it may have come before the connection broke: its SHA-256 tells.
      if (isRetriable(error) && file.statSync().size >= patch.size) return patch.size;
      if (!(error instanceof RangeRefusedError) || have === 0 || !resumes) throw error;
      resumes = false;
      file.truncateSync(0);
      return 0;
    }
  };
  while (have < patch.size) {
    const before = have;
    have = await withRetries(() => onceMoreIfGone(fetchMore), {
      ...retry,
      signal,
      isRetriable,
      progressed: (error) => {
        have = Math.min(file.statSync().size, patch.size);
        return progress.madeBefore(error, have);
      },
    });
    if (have < patch.size && short.tooMany(have - before)) {
      throw new HubError("wrong_range", SYNC.patch_in_crumbs({ url: redactUrl(remote.url) }), {
        expected: `${patch.size} bytes`,
        found: `${have} bytes`,
      });
    }
  }
}

/** Sends one request; returns how many bytes are there. */
async function fetchRest(
  file: Deno.FsFile,
  { patch, have }: { patch: OfferedPatch; have: number },
  { remote, signal, onReceived }: FetchPatchContext,
): Promise<number> {
  const ranges = have === 0 ? "all" as const : [{ start: have, end: patch.size }];
  let there = have;
  await remote.fetch({ ranges, allowFull: true, signal }, {
    head: ({ status, total }) => {
      if (total !== null && total !== patch.size) throw wrongPatch(remote.url, patch, total);
      if (status === 200) there = 0;
    },
    bytes: (offset, chunk) => {
      if (offset + chunk.length > patch.size) {
        throw wrongPatch(remote.url, patch, offset + chunk.length);
      }
      file.seekSync(offset, Deno.SeekMode.Start);
      writeFully(file, chunk);
      there = offset + chunk.length;
      onReceived(chunk.length);
    },
  });
  if (there <= have) throw new HubError("cut_short", SYNC.patch_stopped());
  return there;
}

function open(path: string): Deno.FsFile {
  try {
    return openOwn(path, { access: "write", create: 0o600, inPlace: true });
  } catch (error) {
    throw diskError(error, path, SYNC.open_the_patch());
  }
}

function sha256Of(file: Deno.FsFile, size: number): string {
  const hash = createHash("sha256");
  const buffer = new Uint8Array(Math.min(PIECE, size));
  for (let at = 0; at < size;) {
    const chunk = readFully(file, at, buffer.subarray(0, Math.min(buffer.length, size - at)));
    if (chunk.length === 0) break;
    hash.update(chunk);
    at += chunk.length;
  }
  return hash.digest("hex");
}

function wrongPatch(url: string, patch: OfferedPatch, size?: number): HubError {
  return new HubError("changed", SYNC.not_the_patch({ url }), {
    expected: size === undefined ? `sha256 ${patch.sha256}` : `${patch.size} bytes`,
    found: size === undefined ? "another one" : `${size} bytes`,
    url,
  });
}
