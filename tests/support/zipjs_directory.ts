/**
 * Reads the records of a central directory with zip.js, as a second opinion on this program's own
 * parser.
 *
 * Guarantees: zip.js finds the end record and the directory by itself, from the same bytes; if it
 * finds a different directory, the package is refused. It gets no bytes before the tail: reads
 * there return zeros, since nothing in the directory depends on them.
 *
 * @module
 */
import { type Entry, Reader, ZipReader } from "@zip-js/zip-js";
import { ArchiveError, messageOf } from "../../src/errors.ts";
import { unicodePathOf } from "../../src/zip/directory/central_directory.ts";
import type { DirectorySpan, PackageEnd } from "../../src/zip/directory/end_record.ts";
import type { RawEntry } from "../../src/zip/directory/package_directory.ts";

/** The package as zip.js sees it: its last bytes, and zeros before them. */
class TailReader extends Reader<PackageEnd> {
  readonly #tail: PackageEnd;

  constructor(tail: PackageEnd) {
    super(tail);
    this.#tail = tail;
    this.size = tail.total;
  }

  override readUint8Array(index: number, length: number): Promise<Uint8Array> {
    const { bytes, offset, total } = this.#tail;
    const start = Math.min(index, total);
    const end = Math.min(start + length, total);
    if (start >= offset) return Promise.resolve(bytes.slice(start - offset, end - offset));
    const padded = new Uint8Array(end - start);
    if (end > offset) padded.set(bytes.subarray(0, end - offset), offset - start);
    return Promise.resolve(padded);
  }
}

/** Reads all records; `decodeNames` decodes their names. */
export async function readWithZipJs(
  tail: PackageEnd,
  span: Pick<DirectorySpan, "start" | "count">,
): Promise<RawEntry[]> {
  const reader = new ZipReader(new TailReader(tail), { filenameValidation: "tolerant" });
  let entries: Entry[];
  try {
    entries = await reader.getEntries();
  } catch (cause) {
    throw new ArchiveError(
      "bad_directory",
      `zip.js can't read the directory: ${messageOf(cause)}`,
      { offset: span.start, cause },
    );
  }
  if (reader.directoryOffset !== span.start || entries.length !== span.count) {
    throw new ArchiveError("bad_directory", "zip.js reads another directory out of the package", {
      expected: `${span.count} entries at ${span.start}`,
      found: `${entries.length} entries at ${reader.directoryOffset}`,
      offset: span.start,
    });
  }
  return entries.map(rawEntryOf);
}

function rawEntryOf(entry: Entry, index: number): RawEntry {
  return {
    index,
    name: "",
    rawName: entry.rawFilename,
    nameLength: entry.rawFilename.length,
    unicodePath: unicodePathIn(entry.rawFilename, entry.rawExtraField),
    versionMadeBy: entry.versionMadeBy,
    flags: entry.rawBitFlag ?? 0,
    method: entry.compressionMethod,
    crc: entry.crc32 ?? 0,
    compressedSize: entry.compressedSize,
    size: entry.uncompressedSize,
    headerOffset: entry.offset,
    externalAttributes: entry.externalFileAttributes >>> 0,
  };
}

/** The name of the first Unicode path field among the `extra` fields of an entry, when it is valid. */
function unicodePathIn(rawName: Uint8Array, extra: Uint8Array): string | undefined {
  const view = new DataView(extra.buffer, extra.byteOffset, extra.length);
  for (let at = 0; at + 4 <= extra.length;) {
    const field = at + 4;
    const id = view.getUint16(at, true);
    at = field + view.getUint16(at + 2, true);
    if (at > extra.length) break;
    if (id === 0x7075) return unicodePathOf(rawName, extra.subarray(field, at));
  }
  return undefined;
}
