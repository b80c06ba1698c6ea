/**
 * The size limits of a dataset's package.
 *
 * Guarantees: pure. The limits follow from what is there: a package that is suddenly ten times as
 * large is a mistake or an attack, and is refused before its first entry is fetched. Limits in the
 * configuration win.
 *
 * @module
 */
import type { DatasetConfig } from "../../config/config.ts";
import { DEFAULT_LIMITS, type Limits } from "../../zip/limits.ts";
import { SYNC } from "../../messages/sync.ts";

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
