/**
 * Fetches a list of digests into memory.
 *
 * Guarantees: what comes back has the length and the SHA-256 that the catalog announces, and belongs
 * to a package of that many entries. Never more than that length is taken. A failed request is
 * retried; a list is small enough to begin again.
 *
 * @module
 */
import { HubError } from "../../errors.ts";
import { redactUrl } from "../../redact.ts";
import type { RemotePackage } from "../../hub/remote_package.ts";
import { isRetriable } from "../../hub/retry/retriable.ts";
import { withRetries } from "../../hub/retry/retry.ts";
import { DigestList, digestListSize, sha256Hex } from "../../trust/digest_list.ts";
import type { OfferedFile } from "../../types.ts";
import type { RetryOptions } from "../hubs/retry_options.ts";
import { SYNC } from "../../messages/sync.ts";

interface FetchDigestsContext {
  remote: RemotePackage;
  /** Entries in the package. */
  entries: number;
  retry: RetryOptions;
  signal: AbortSignal;
  onReceived: (bytes: number) => void;
}

/** Fetches the list. Throws HubError, ArchiveError, InterruptedError. */
export async function fetchDigests(
  announced: OfferedFile,
  context: FetchDigestsContext,
): Promise<DigestList> {
  const { entries, retry, signal } = context;
  checkDigestsSize(announced, entries);
  const bytes = await withRetries(() => fetchOnce(announced, context), {
    ...retry,
    signal,
    isRetriable,
  }).catch((error: unknown) => {
    if (!(error instanceof HubError) || error.code !== "not_found") throw error;
    const url = redactUrl(context.remote.url);
    throw new HubError("not_found", SYNC.digests_not_there({ url }), {
      ...error.evidence,
      cause: error,
    });
  });
  const found = sha256Hex(bytes);
  if (found !== announced.sha256) throw wrongList(context, announced.sha256, found);
  return new DigestList(bytes, entries);
}

/** Throws HubError `changed` if a list of that size is another package's. */
export function checkDigestsSize({ size }: OfferedFile, entries: number): void {
  if (size === digestListSize(entries)) return;
  throw new HubError("changed", SYNC.digests_for_another(), {
    expected: `${digestListSize(entries)} bytes for ${entries} entries`,
    found: `${size} bytes`,
  });
}

async function fetchOnce(
  { size }: OfferedFile,
  context: FetchDigestsContext,
): Promise<Uint8Array> {
  const { remote, signal, onReceived } = context;
  const bytes = new Uint8Array(size);
  let filled = 0;
  await remote.fetch({ ranges: "all", allowFull: true, signal }, {
    head: ({ total }) => {
      if (total !== null && total !== size) throw wrongList(context, size, total);
    },
    bytes: (offset, chunk) => {
      if (offset !== filled || offset + chunk.length > size) {
        throw wrongList(context, size, offset + chunk.length);
      }
      bytes.set(chunk, offset);
      filled += chunk.length;
      onReceived(chunk.length);
    },
  });
  if (filled < size) throw new HubError("cut_short", SYNC.digests_stopped());
  return bytes;
}

function wrongList(
  { remote: { url } }: FetchDigestsContext,
  expected: string | number,
  found: string | number,
): HubError {
  return new HubError("changed", SYNC.not_the_digests({ url }), {
    expected: typeof expected === "number" ? `${expected} bytes` : `sha256 ${expected}`,
    found: typeof found === "number" ? `${found} bytes` : found,
    url,
  });
}
