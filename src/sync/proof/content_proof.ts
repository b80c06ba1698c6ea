/**
 * Proves that the files of a dataset are what the hub's catalog vouches for, by the SHA-256 of each.
 *
 * The catalog names a list of digests by the list's own SHA-256. The list follows from the digests of
 * all entries, so it is rebuilt rather than fetched: from the digests of what was made in this run and
 * the manifest's record of the rest. It is fetched, and each file compared with it, only if the rebuilt
 * one differs or the settings leave files out.
 *
 * Guarantees: a file published in this run has the listed digest, however it was made. A kept file has
 * it by its record; a record without a digest is trusted unless the dataset must be signed: then the
 * file is read. An unavailable list is an error if the dataset must be signed or a digest differs. A
 * fetched list has the length and the SHA-256 that the catalog announces, belongs to a package of that
 * many entries, and is never read beyond that length.
 *
 * @module
 */
import { ArchiveError, HubError, messageOf } from "../../errors.ts";
import type { RemotePackage } from "../../hub/remote_package.ts";
import { isGone, isRetriable, onceMoreIfGone } from "../../hub/retry/retriable.ts";
import { type RetryOptions, withRetries } from "../../hub/retry/retry.ts";
import { redactUrl } from "../../redact.ts";
import {
  DigestList,
  digestListSize,
  EMPTY_DIGEST,
  type ListKind,
  makeDigestList,
  sha256Hex,
} from "../../trust/digest_list.ts";
import type { ListedDataset, OfferedFile } from "../../types.ts";
import type { Look } from "../look/look.ts";
import type { DiskFact } from "../on_disk/survey.ts";
import type { SyncContext } from "../sync_context.ts";
import { SYNC } from "../../messages/sync.ts";

/** Options for a proof. */
export interface ContentProofInput {
  listed: ListedDataset;
  retry: RetryOptions;
  onReceived: (bytes: number) => void;
  /** Whether the dataset must be signed: then nothing is published without a proof. */
  mustBeSigned: boolean;
}

/** The proof of one dataset in one run. */
export class ContentProof {
  readonly #input: ContentProofInput;
  readonly #context: Pick<SyncContext, "hub" | "signal" | "reporter">;
  /** The list's bytes, once they are known to be the hub's. */
  bytes: Uint8Array | undefined;
  /** What the hub's list says; `undefined` = not fetched. */
  #list: DigestList | undefined;
  /** Whether the hub names a list that can't be fetched. */
  #unavailable = false;

  constructor(input: ContentProofInput, context: Pick<SyncContext, "hub" | "signal" | "reporter">) {
    this.#input = input;
    this.#context = context;
  }

  /** Whether the hub has a list. */
  get offered(): boolean {
    return this.#input.listed.digests !== undefined && !this.#unavailable;
  }

  /** Whether a file without a known digest is read. */
  get readsKept(): boolean {
    return this.offered && this.#input.mustBeSigned;
  }

  /** Checks a directory against the announced list, which it fetches if files are left out. */
  async begin({ kinds, located }: Look): Promise<void> {
    const { digests } = this.#input.listed;
    if (digests === undefined) return;
    checkDigestsSize(digests, kinds.length);
    const files = kinds.reduce((sum, kind) => sum + kind, 0);
    if (located.length < files || this.#list !== undefined) {
      await this.#compareEach({ kinds, located });
    }
  }

  /**
   * Checks all files against the list; returns whether they match. If not, each entry now has the
   * digest that its file must have.
   */
  async checkEntries(look: Look, factOf: (path: string) => DiskFact | undefined): Promise<boolean> {
    const { digests } = this.#input.listed;
    if (!this.offered || digests === undefined || this.#list !== undefined) return true;
    const all: (string | undefined)[] = [];
    for (const kind of look.kinds) all.push(kind === 0 ? EMPTY_DIGEST : undefined);
    for (const { entry } of look.located) all[entry.index] = factOf(entry.path)?.sha256;
    const list = makeDigestList(all);
    if (list !== undefined && sha256Hex(list) === digests.sha256) {
      this.bytes = list;
      return true;
    }
    await this.#compareEach(look, list !== undefined);
    return false;
  }

  /** The SHA-256 of the list, to be recorded once the files are proven. */
  get digests(): string | null {
    return this.offered ? this.#input.listed.digests!.sha256 : null;
  }

  /** Fetches the list, and notes in each entry the digest that its content must have. */
  async #compareEach(
    { kinds, located }: Pick<Look, "kinds" | "located">,
    differs = false,
  ): Promise<void> {
    try {
      this.#list ??= await this.#fetch(kinds.length);
    } catch (error) {
      const isTheirs = error instanceof HubError || error instanceof ArchiveError;
      const needed = differs || this.#input.mustBeSigned;
      if (!isTheirs || this.#context.signal.aborted || needed) throw error;
      this.#context.reporter({
        type: "debug",
        dataset: this.#input.listed.name,
        message: `the list of digests can't be had, so CRC-32 has to do: ${messageOf(error)}`,
      });
      this.#unavailable = true;
      return;
    }
    this.bytes = this.#list.bytes;
    for (const { entry } of located) entry.sha256 = this.#list.of(entry.index);
  }

  #fetch(entries: number): Promise<DigestList> {
    const { listed, retry, onReceived } = this.#input;
    const { hub, signal } = this.#context;
    const { digests } = listed;
    const remote = hub.package(listed, digests!.url);
    return fetchDigests(digests!, { remote, entries, retry, signal, onReceived });
  }
}

interface FetchDigestsContext {
  remote: RemotePackage;
  /** What it lists; default: the digests. */
  kind?: ListKind;
  /** Entries in the package. */
  entries: number;
  retry: RetryOptions;
  signal: AbortSignal;
  onReceived: (bytes: number) => void;
}

/** Fetches a list into memory; it is small enough to begin again. Throws HubError, ArchiveError, InterruptedError. */
export async function fetchDigests(
  announced: OfferedFile,
  context: FetchDigestsContext,
): Promise<DigestList> {
  const { kind, entries, retry, signal } = context;
  checkDigestsSize(announced, entries);
  const bytes = await withRetries(() => onceMoreIfGone(() => fetchOnce(announced, context)), {
    ...retry,
    signal,
    isRetriable,
  }).catch((error: unknown) => {
    if (!isGone(error) || error.code === "redirect") throw error;
    const { hint: _ofTheRoot, ...evidence } = error.evidence;
    const url = redactUrl(context.remote.url);
    throw new HubError("not_found", SYNC.digests_not_there({ url }), { ...evidence, cause: error });
  });
  const found = sha256Hex(bytes);
  if (found !== announced.sha256) throw wrongList(context, announced.sha256, found);
  return new DigestList(bytes, entries, kind);
}

/** Throws HubError `changed` if a list of that size is another package's. */
function checkDigestsSize({ size }: OfferedFile, entries: number): void {
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
