/**
 * Reads a package's central directory from the package's last bytes.
 *
 * Guarantees: a package that has two directories is refused. Every failure is an `ArchiveError`. Each
 * `need` asks for strictly more bytes than were given, so asking again terminates. It doesn't judge
 * the entries' names or bytes: `checkEntries` and the extraction do.
 *
 * @module
 */

import { ArchiveError } from "../../errors.ts";
import { ZIP } from "../../messages/zip.ts";
import { parseDirectory } from "./central_directory.ts";
import { type DirectorySpan, findDirectory, type PackageEnd } from "./end_record.ts";
import { decodeNames, type FilenameEncoding } from "./entry_name.ts";
import { checkDirectorySize, checkEntryCount, DEFAULT_LIMITS, type Limits } from "./limits.ts";
import { type DirectoryResult, fingerprintOf, type RawEntry } from "./package_directory.ts";

/** Options for reading a directory. Sizes and offsets are in bytes. */
export interface ReadDirectoryOptions {
  /** The tail's offset in the package. */
  tailOffset: number;
  /** The package's length: the tail reaches its last byte. */
  total: number;
  /** How names without the UTF-8 flag are read. */
  filenameEncoding: FilenameEncoding;
  /** The caps on count and size; generous ones by default. */
  limits?: Limits;
}

/**
 * Reads the directory from the package's last bytes, or says from which offset bytes are needed.
 */
// deno-lint-ignore require-await -- callers take its failures as rejections
export async function readDirectory(
  tail: Uint8Array,
  options: ReadDirectoryOptions,
): Promise<DirectoryResult> {
  const { tailOffset, total, filenameEncoding, limits = DEFAULT_LIMITS } = options;
  if (tailOffset + tail.length !== total) {
    throw new RangeError(
      `The tail ends at ${tailOffset + tail.length}, but the package ends at ${total}`,
    );
  }
  const source: PackageEnd = { bytes: tail, offset: tailOffset, total };
  const found = findDirectory(source);
  if (found.kind === "need") return found;
  const { spans, refused } = found;
  const readAt = (span: DirectorySpan): Fit | number | undefined => {
    try {
      checkEntryCount(span.count, limits);
      checkDirectorySize(span.end - span.start, limits);
      if (span.start < tailOffset) return span.start;
      const bytes = tail.subarray(span.start - tailOffset, span.end - tailOffset);
      const entries = parseDirectory(bytes, span);
      checkEntryCount(entries.length, limits);
      return { span, bytes, entries };
    } catch (error) {
      if (!(error instanceof ArchiveError)) throw error;
      refused.push(error);
      return undefined;
    }
  };
  const tried = spans.map(readAt);
  const missing = tried.filter((one) => typeof one === "number");
  if (missing.length > 0) return { kind: "need", start: Math.min(...missing) };
  const fits = tried.filter((one): one is Fit => typeof one === "object");
  const [fit, another] = fits;
  if (fit === undefined) throw refused[0]!;
  if (another !== undefined) throw ambiguous(fit.span, another.span);

  const { span, bytes, entries } = fit;
  const namesDoubt = decodeNames(entries, filenameEncoding);
  const oddity = oddityOf(span, entries);
  return {
    kind: "directory",
    directory: {
      entries,
      directoryOffset: span.start,
      total,
      fingerprint: fingerprintOf(bytes, total),
      ...(namesDoubt !== undefined && { namesDoubt }),
      ...(oddity !== undefined && { oddity }),
    },
  };
}

/** A directory that fits. */
interface Fit {
  span: DirectorySpan;
  bytes: Uint8Array;
  entries: RawEntry[];
}

/** Oddities that other readers accept silently, and a person may want to know about. */
function oddityOf({ oddity, count }: DirectorySpan, entries: RawEntry[]): string | undefined {
  if (entries.length === count) return oddity;
  const counted = ZIP.counted_as({ entries: entries.length, count });
  return oddity === undefined ? counted : ZIP.and_counted({ oddity, counted });
}

function ambiguous(one: DirectorySpan, other: DirectorySpan): ArchiveError {
  return new ArchiveError("bad_directory", ZIP.two_directories(), {
    expected: `one directory, at ${one.start}`,
    found: `another one, at ${other.start}`,
    offset: other.start,
  });
}
