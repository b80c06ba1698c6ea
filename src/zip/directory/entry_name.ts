/**
 * Decodes the names of entries.
 *
 * The order: the UTF-8 flag, unless the bytes aren't UTF-8 and an encoding is configured; a Unicode
 * path extra field (0x7075) whose CRC fits the stored name; the configured encoding; else detection
 * over all such names of the package together: UTF-8 when every one of them is valid UTF-8, else
 * GB18030 unless their bytes speak for another encoding (`detect_encoding.ts`).
 *
 * Guarantees: a name is decoded before anything looks at its separators, since the second byte of a
 * GBK character may be 0x5C. A backslash left after that is a separator, whoever made the package:
 * Windows tools write it with every maker's mark, and no file of a data set has one in its name.
 * Bytes that aren't text in their encoding are refused, never replaced.
 *
 * @module
 */

import type { DatasetConfig } from "../../config/dataset_config.ts";
import { ArchiveError } from "../../errors.ts";
import { ZIP } from "../../messages/zip.ts";
import { detectEncoding } from "./detect_encoding.ts";
import { NAME_ENCODINGS, type NameEncoding } from "./name_encodings.ts";
import type { RawEntry } from "./package_directory.ts";

/** How names without the UTF-8 flag are read. */
export type FilenameEncoding = DatasetConfig["filenameEncoding"];

/** The flag (bit 11) that says a name is UTF-8. */
const UTF8_FLAG = 0x0800;

/** The fields that decoding reads, and fills in. */
export type NamedEntry = Pick<RawEntry, "name" | "rawName" | "unicodePath" | "flags">;

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const UTF8 = { name: "utf-8", decode: decodeUtf8 };

/**
 * Decodes the names of all entries of a package together. Fills in their `name`, and returns a
 * sentence if the encoding is uncertain.
 */
export function decodeNames(
  entries: readonly NamedEntry[],
  encoding: FilenameEncoding,
): string | undefined {
  const unflagged: NamedEntry[] = [];
  for (const entry of entries) {
    if (isUtf8(entry, encoding)) entry.name = decode(entry, UTF8);
    else if (entry.unicodePath !== undefined) entry.name = withSlashes(entry.unicodePath);
    else unflagged.push(entry);
  }
  if (encoding === "auto" && decodeAllAsUtf8(unflagged)) return undefined;
  const [gbk] = NAME_ENCODINGS;
  const found = encoding === "auto"
    ? detectEncoding(unflagged.map(({ rawName }) => rawName)) ?? { encoding: gbk! }
    : { encoding: NAME_ENCODINGS.find(({ name }) => name === encoding) ?? UTF8 };
  for (const entry of unflagged) entry.name = decode(entry, found.encoding);
  if ("rival" in found && found.rival !== undefined) {
    return doubt(unflagged, found.encoding, found.rival);
  }
  if (!("unusual" in found)) return undefined;
  const one = unflagged.find(({ rawName }) => decodeUtf8(rawName) === undefined)!.name;
  return ZIP.names_unusual({ taken: found.encoding.name, one, known: known() });
}

/** Whether a name is read as UTF-8: where its flag says so, unless a user has seen that it lies. */
function isUtf8({ flags, rawName }: NamedEntry, encoding: FilenameEncoding): boolean {
  if ((flags & UTF8_FLAG) === 0) return false;
  return encoding === "auto" || decodeUtf8(rawName) !== undefined;
}

/** What `filename_encoding` may be. */
function known(): string {
  return ["utf-8", ...NAME_ENCODINGS.map(({ name }) => name)].join(", ");
}

/** Names the two possible encodings, with an example that shows the difference. */
function doubt(
  entries: readonly NamedEntry[],
  taken: Pick<NameEncoding, "name" | "decode">,
  rival: NameEncoding,
): string {
  const differs = entries.find(({ rawName }) => rival.decode(rawName) !== taken.decode(rawName));
  const [one, other] = [taken, rival].map(({ decode }) => decode(differs!.rawName));
  return ZIP.names_may_be({ taken: taken.name, one: one!, rival: rival.name, other: other! });
}

/** A backslash is a separator too. */
function withSlashes(name: string): string {
  return name.includes("\\") ? name.replaceAll("\\", "/") : name;
}

/** Decodes UTF-8; `undefined` if invalid. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

function decodeAllAsUtf8(entries: readonly NamedEntry[]): boolean {
  return entries.every((entry) => {
    const name = decodeUtf8(entry.rawName);
    if (name !== undefined) entry.name = withSlashes(name);
    return name !== undefined;
  });
}

function decode(
  entry: NamedEntry,
  encoding: { name: string; decode: NameEncoding["decode"] },
): string {
  const text = encoding.decode(entry.rawName);
  if (text !== undefined) return withSlashes(text);
  const shown = Array.from(entry.rawName, escapeByte).join("");
  throw new ArchiveError("unsafe_name", ZIP.name_isnt_text({ shown, encoding: encoding.name }), {
    entry: shown,
    expected: `a name in ${encoding.name}`,
    found: shown,
    hint: ZIP.set_encoding({ known: known() }),
  });
}

function escapeByte(byte: number): string {
  if (byte > 0x1f && byte < 0x7f) return String.fromCharCode(byte);
  return `\\x${byte.toString(16).padStart(2, "0")}`;
}
