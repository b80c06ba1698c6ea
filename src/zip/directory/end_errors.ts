/**
 * Errors about a package's end: that there is none, or that it is another part's.
 *
 * Guarantees: pure. Without an end, the package's first bytes decide whether it is reported as cut short
 * or as something other than a ZIP, and its file's name whether as a part: for a table or a part, waiting
 * would be pointless.
 *
 * @module
 */
import { ArchiveError } from "../../errors.ts";
import { ZIP } from "../../messages/zip.ts";
import { u32 } from "../little_endian.ts";

/** How an entry begins, and so a package. */
const LOCAL_HEADER = 0x04034b50;
/** How the first part of a package in several begins. */
const SPLIT = 0x08074b50;

/** How 7-Zip (`.zip.001`) and Info-ZIP (`.z01`) name the parts of a package. */
const PART = /\.(?:zip\.\d{3}|z\d{2})$/i;

/** The error for a package that spans several files. */
export function severalDisks(offset: number): ArchiveError {
  return oneOfSeveral({
    found: offset === 0 ? "the mark of a first part" : "an end record that names further disks",
    offset,
  });
}

function oneOfSeveral(evidence: { found: string; offset?: number; cause?: unknown }): ArchiveError {
  return new ArchiveError("unsupported", ZIP.one_of_several(), {
    expected: "a package in one file",
    ...evidence,
    hint: ZIP.in_one_file(),
  });
}

/** The error for a package that can't be read: 7-Zip marks parts in nothing but their file's `name`. */
export function judgedByName(error: ArchiveError, name: string): ArchiveError {
  return PART.test(name) ? oneOfSeveral({ found: "the name of a part", cause: error }) : error;
}

/** The error for last bytes, from `offset` on, without an end record in them. */
export function noEndRecord({ bytes, offset, total }: {
  bytes: Uint8Array;
  offset: number;
  total: number;
}): ArchiveError {
  const last = Array.from(bytes.subarray(-16), (byte) => byte.toString(16).padStart(2, "0"));
  const ends = last.length === 0 ? ZIP.it_is_empty() : ZIP.it_ends_in({ bytes: last.join(" ") });
  const error = new ArchiveError("no_end_record", ZIP.package_is_cut({ ends }), {
    expected: "an end of central directory record up to the last byte",
    found: ends,
    offset: total,
  });
  return offset === 0 ? judgedByBeginning(error, bytes) : error;
}

/** The error for a package without an end, which may be no ZIP at all: `first` are its first bytes. */
export function judgedByBeginning(error: ArchiveError, first: Uint8Array): ArchiveError {
  if (first.length < 4 || u32(first, 0) === LOCAL_HEADER) return error;
  if (u32(first, 0) === SPLIT) return severalDisks(0);
  const { evidence } = error;
  return new ArchiveError(error.code, ZIP.package_no_zip({ ends: String(evidence.found) }), {
    ...evidence,
    hint: ZIP.other_beginning(),
  });
}
