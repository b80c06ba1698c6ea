/**
 * Looks at the hub's package: its directory, checked, and the positions of its entries.
 *
 * Guarantees: a package with an unsafe entry is refused here, before any of it is downloaded; so is one
 * that is suddenly ten times as large, a mistake or an attack, unless the configuration allows it.
 * Afterwards the partial belongs to this package and holds the bytes that were read.
 *
 * @module
 */
import type { DatasetConfig } from "../../config/dataset_config.ts";
import { HubError } from "../../errors.ts";
import type { PackageHead } from "../../hub/answer/package_head.ts";
import type { RemotePackage } from "../../hub/remote_package.ts";
import type { PartialPackage } from "../../store/partial.ts";
import type { Located } from "../../grown/estimate.ts";
import type { Entry, ListedDataset } from "../../types.ts";
import { entryEnds } from "../../zip/directory/entry_ends.ts";
import { checkEntries } from "../../zip/directory/entry_tree.ts";
import { isMacMetadata, makeFilter } from "../../zip/directory/glob_filter.ts";
import type { PackageDirectory } from "../../zip/directory/package_directory.ts";
import { wrapperOf } from "../../zip/directory/wrapper_folder.ts";
import type { RetryOptions } from "../../hub/retry/retry.ts";
import { NO_HEAD, type PackageView, viewPackage } from "./package_view.ts";
import type { SyncContext } from "../sync_context.ts";
import { DEFAULT_LIMITS, type Limits } from "../../zip/directory/limits.ts";
import { SYNC } from "../../messages/sync.ts";

/** Options for a look. */
export interface LookInput {
  dataset: DatasetConfig;
  listed: ListedDataset;
  remote: RemotePackage;
  /** Without it, the bytes read aren't kept. */
  partial: PartialPackage | undefined;
  /** The fingerprint of a package that a person accepted: if the partial holds it, none is requested. */
  accepted?: string | undefined;
  /** What the folder holds, according to the manifest. */
  held: {
    /** The package's fingerprint; `null` = of no single package. */
    fingerprint: string | null;
    /** 0 = none. */
    files: number;
    bytes: number;
  };
  retry: RetryOptions;
  onReceived: (bytes: number) => void;
}

/** The result of a look. */
export interface Look {
  /** The entries that the configuration selects, in the package's order. */
  located: Located[];
  /** Every path in the package, including those that a filter leaves out. */
  packagePaths: Set<string>;
  /** Whether the configuration selects a path. */
  wants: (path: string) => boolean;
  fingerprint: string;
  /** By index in the directory: 1 = a file, 0 = a folder. */
  kinds: Uint8Array;
  /** The package's length in bytes. */
  total: number;
  head: PackageHead;
}

/** Looks at the package. Throws HubError, ArchiveError, StoreError. */
export async function lookAtPackage(input: LookInput, context: SyncContext): Promise<Look> {
  const { dataset, listed, remote, partial, held } = input;
  const view = await viewPackage({
    remote,
    ...(partial !== undefined && {
      whole: {
        partial,
        mayCome: held.files === 0,
        accepted: input.accepted,
        reserve: context.sync.diskReserve,
        onBytes: (start: number, end: number) => input.onReceived(end - start),
      },
    }),
    traits: context.traits,
    retry: input.retry,
    signal: context.signal,
    expected: { total: listed.packageSize, files: held.files || listed.fileCount },
    mayAppear: listed.ready === true,
    filenameEncoding: dataset.filenameEncoding,
    limits: limitsFor(dataset, held),
  });
  return acceptDirectory(view, input, context);
}

/**
 * Checks a directory, wherever it came from; the partial then belongs to its package. Throws
 * HubError `changed`, ArchiveError, StoreError.
 */
export function acceptDirectory(
  { directory, head, tail }: Omit<PackageView, "received">,
  input: LookInput,
  context: Pick<SyncContext, "onStep" | "reporter">,
): Look {
  const { dataset, listed, partial, held } = input;
  const { fingerprint, total } = directory;
  if (listed.fingerprint !== undefined && listed.fingerprint !== fingerprint) {
    const message = SYNC.not_the_package();
    throw new HubError("changed", message, { expected: listed.fingerprint, found: fingerprint });
  }
  context.onStep?.("viewed");
  const { stripPrefix } = dataset;
  const all = checkEntries(directory, { stripPrefix, limits: limitsFor(dataset, held) });
  if (partial !== undefined) {
    partial.begin({ fingerprint, total });
    if (tail.bytes.length > 0) partial.write(tail.offset, tail.bytes);
    if (head !== NO_HEAD) input.onReceived(tail.bytes.length);
  }
  const wants = makeFilter(dataset);
  const isFirst = held.files === 0;
  const finders = all.filter(({ path }) => isFirst && isMacMetadata(path) && !wants(path)).length;
  for (const message of oddities(directory, { stripPrefix, finders, isFirst })) {
    context.reporter({ type: "warn", dataset: dataset.name, message });
  }
  const kinds = new Uint8Array(directory.entries.length);
  for (const { index } of all) kinds[index] = 1;
  return {
    kinds,
    located: locate(all, entryEnds(directory)).filter((one) => wants(one.entry.path)),
    packagePaths: new Set(all.map(({ path }) => path)),
    wants,
    fingerprint,
    total,
    head,
  };
}

/** What a person should know about a package; what doesn't change from day to day, only at first. */
function* oddities(
  { namesDoubt, oddity, entries }: PackageDirectory,
  { stripPrefix, finders, isFirst }: { stripPrefix: string; finders: number; isFirst: boolean },
): Generator<string> {
  if (namesDoubt !== undefined) yield namesDoubt;
  if (oddity !== undefined) yield SYNC.package_odd({ oddity });
  if (!isFirst) return;
  if (finders > 0) yield SYNC.finder_include({ what: SYNC.finder_files({ finders }) });
  const prefix = stripPrefix === "auto" ? "" : wrapperOf([], stripPrefix);
  const isThere = entries.some(({ name }) => name.startsWith(prefix));
  if (prefix !== "" && !isThere) yield SYNC.strip_prefix_nothing({ prefix });
}

/**
 * The largest local header, with name and extra field at their longest, plus a Zip64 data
 * descriptor.
 */
const LONGEST_FRAME = 30 + 2 * 65_535 + 24;

/** Sorts the entries by position; `ends` gives, by index, where each ends at the latest. */
export function locate(entries: readonly Entry[], ends: Float64Array): Located[] {
  const sorted = [...entries].sort((a, b) => a.headerOffset - b.headerOffset);
  return sorted.map((entry) => {
    const next = ends[entry.index] ?? entry.headerOffset;
    const end = Math.min(next, entry.headerOffset + LONGEST_FRAME + entry.compressedSize);
    return { entry, end, tight: end === next };
  });
}

/** A package may grow to this many times the current size. */
const GROWTH = 10;
/** Always allowed, whatever was there: small datasets grow. */
const SMALL_FILES = 20_000;
const SMALL_BYTES = 10e9;
/**
 * The most entries in a package about which nothing is known. An entry takes 1.3 KB of memory:
 * 2,000,000 took 2.6 GB.
 */
const FIRST_FILES = 300_000;
/** Directory bytes per entry: 46 plus the name, and rarely more than 36 of extra fields. */
const DIRECTORY_BYTES = 256;
const LEAST_DIRECTORY_BYTES = 16 << 20;

/** The limits for a dataset with these current figures; 0 = nothing, or not known. */
export function limitsFor(
  { maxFiles, maxSize }: Pick<DatasetConfig, "maxFiles" | "maxSize">,
  held: { files: number; bytes: number },
): Limits {
  const most = DEFAULT_LIMITS;
  const grown = held.files > 0 ? Math.max(SMALL_FILES, GROWTH * held.files) : FIRST_FILES;
  const maxEntries = maxFiles ?? Math.min(most.maxEntries, grown);
  const size = held.bytes > 0 ? Math.max(SMALL_BYTES, GROWTH * held.bytes) : most.maxTotalSize;
  return {
    ...most,
    maxEntries,
    maxDirectorySize: Math.max(
      LEAST_DIRECTORY_BYTES,
      Math.min(most.maxDirectorySize, maxEntries * DIRECTORY_BYTES),
    ),
    maxTotalSize: maxSize ?? Math.min(most.maxTotalSize, size),
    hint: SYNC.raise_limits(),
  };
}
