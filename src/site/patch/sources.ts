/**
 * Finds the old entry that a new one was made of under another name: a file that was renamed, and may
 * have grown on the same day, or one that was copied.
 *
 * Guarantees: the new content begins with all of what was found: sizes and CRC-32s only choose what is
 * compared byte by byte. An entry that was renamed and changed elsewhere isn't found.
 *
 * @module
 */
import { crc32 } from "node:zlib";
import { ArchiveError } from "../../errors.ts";
import { commonStart } from "../../patch/difference.ts";
import type { RawEntry } from "../../zip/directory/package_directory.ts";
import type { PackageFile } from "../../zip/read/package_file.ts";

/** Shorter content, in bytes, isn't worth a name in the recipe. */
const LEAST_SIZE = 64;
/**
 * As many sizes are tried, from the content's own downwards: a row of 200 bytes passes about ten among
 * 5,600 files of 50 to 150 KB.
 */
const MOST_SIZES = 32;

/** The old package's entries by their sizes. */
export class OldEntries {
  readonly #old: PackageFile;
  #bySize: Map<number, RawEntry[]> | undefined;
  #sizes: number[] = [];

  /** Looks into `old` when it is first asked: most days rename nothing. */
  constructor(old: PackageFile) {
    this.#old = old;
  }

  /** An entry that all of its content begins `now`; the longest of them. */
  find(now: Uint8Array): RawEntry | undefined {
    const bySize = this.#index();
    const end = this.#sizes.findLastIndex((size) => size <= now.length) + 1;
    const sizes = this.#sizes.slice(Math.max(0, end - MOST_SIZES), end);
    const alike: RawEntry[] = [];
    let [crc, at] = [0, 0];
    for (const size of sizes) {
      crc = crc32(now.subarray(at, size), crc);
      at = size;
      alike.unshift(...bySize.get(size)!.filter((entry) => entry.crc === crc));
    }
    return alike.find((entry) => this.#begins(entry, now));
  }

  /** An entry with the same size and CRC-32, whose content nobody has compared yet. */
  equal({ size, crc }: RawEntry): RawEntry | undefined {
    return this.#index().get(size)?.find((entry) => entry.crc === crc);
  }

  #begins(entry: RawEntry, now: Uint8Array): boolean {
    try {
      return commonStart(this.#old.content(entry), now) === entry.size;
    } catch (error) {
      if (error instanceof ArchiveError) return false;
      throw error;
    }
  }

  #index(): Map<number, RawEntry[]> {
    if (this.#bySize !== undefined) return this.#bySize;
    const all = this.#old.directory.entries.filter(({ name, size }) =>
      size >= LEAST_SIZE && !name.endsWith("/")
    );
    this.#bySize = Map.groupBy(all, ({ size }) => size);
    this.#sizes = [...this.#bySize.keys()].sort((a, b) => a - b);
    return this.#bySize;
  }
}
