/**
 * Shared steps of the tests of src/zip: read a package that is all in memory.
 *
 * @module
 */
import assert from "node:assert/strict";
import { ArchiveError, type ArchiveErrorCode } from "../../src/errors.ts";
import { readDirectory, type ReadDirectoryOptions } from "../../src/zip/directory/directory.ts";
import { decodeNames } from "../../src/zip/directory/entry_name.ts";
import { checkEntries } from "../../src/zip/directory/entry_tree.ts";
import { DEFAULT_LIMITS } from "../../src/zip/directory/limits.ts";
import type { PackageDirectory } from "../../src/zip/directory/package_directory.ts";
import type { Entry } from "../../src/types.ts";
import { inChinese } from "../support/chinese.ts";
import { readWithZipJs } from "../support/zipjs_directory.ts";

/** Reads the directory of a whole package. */
export async function directoryOf(
  zip: Uint8Array,
  options: Partial<ReadDirectoryOptions> = {},
): Promise<PackageDirectory> {
  const result = await readDirectory(zip, {
    tailOffset: 0,
    total: zip.length,
    filenameEncoding: "auto",
    ...options,
  });
  assert(result.kind === "directory");
  return result.directory;
}

/** The same directory with the records as zip.js reads them. */
export async function directoryByZipJs(zip: Uint8Array): Promise<PackageDirectory> {
  const directory = await directoryOf(zip);
  const { directoryOffset: start, entries: { length: count } } = directory;
  const entries = await readWithZipJs({ bytes: zip, offset: 0, total: zip.length }, {
    start,
    count,
  });
  decodeNames(entries, "auto");
  return { ...directory, entries };
}

/** Reads and checks a whole package. */
export async function filesOf(zip: Uint8Array, stripPrefix = ""): Promise<Entry[]> {
  return checkEntries(await directoryOf(zip), { stripPrefix, limits: DEFAULT_LIMITS });
}

/** For assert.rejects and assert.throws: an archive error of that code. */
export function archiveError(code: ArchiveErrorCode): (error: unknown) => boolean {
  return (error) => {
    assert(error instanceof ArchiveError, `not an ArchiveError: ${error}`);
    assert.equal(error.code, code, error.message);
    for (const said of [error.message, error.hint ?? ""]) assertChinese(said);
    return true;
  };
}

/** Messages that were looked at, without their figures: a test may cut a stream at every byte. */
const lookedAt = new Set<string>();

/** No English is left in what a Chinese reader sees, apart from zip.js's own words. */
function assertChinese(said: string): void {
  const form = said.replaceAll(/\d+/g, "0");
  if (said.includes("zip.js") || lookedAt.has(form)) return;
  lookedAt.add(form);
  const { text, left } = inChinese(said);
  assert.deepEqual(left, [], text);
}

/** A directory without its views, for comparing two engines' readings. */
export function plainEntries(directory: PackageDirectory): Record<string, unknown>[] {
  return directory.entries.map((entry) => ({
    index: entry.index,
    name: entry.name,
    rawName: [...entry.rawName],
    nameLength: entry.nameLength,
    unicodePath: entry.unicodePath,
    versionMadeBy: entry.versionMadeBy,
    flags: entry.flags,
    method: entry.method,
    crc: entry.crc,
    compressedSize: entry.compressedSize,
    size: entry.size,
    headerOffset: entry.headerOffset,
    externalAttributes: entry.externalAttributes,
  }));
}
