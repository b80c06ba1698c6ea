/**
 * JSON files of ours that carry a format version and a checksum over all the rest.
 *
 * Guarantees: what comes back from {@linkcode openSealed} is what was sealed; a file that was cut,
 * overwritten or has a single wrong bit is reported as damaged, never half-read. A file from a
 * newer program is an error, so that nobody overwrites it. It keeps out accidents, not attackers.
 *
 * @module
 */

import { crc32 } from "node:zlib";
import { StoreError } from "../errors.ts";
import { diskError } from "../fs/disk_error.ts";
import { readOwn } from "../fs/own_file.ts";

/** What a sealed file is, for messages and for its version. */
export interface SealKind {
  /** A noun such as "manifest". */
  what: string;
  /** The newest version that this program reads, and the one that it writes. */
  format: number;
}

/** What opening a sealed file gives. */
export type Opened =
  | { state: "sound"; value: Record<string, unknown> }
  | { state: "missing" }
  | { state: "damaged"; reason: string };

const HEAD = /^\{"format":(\d{1,9}),"crc":"([0-9a-f]{8})",$/;

/** Rows are encoded in pieces of about this many characters: few objects, and no copy of it all. */
const PIECE = 1 << 16;

/**
 * The file's bytes, in pieces; `body` is JSON members without the outer braces (`"a":1,"b":2`), as
 * one text or as many.
 */
export function seal(kind: SealKind, body: string | Iterable<string>): Uint8Array[] {
  const encoder = new TextEncoder();
  const rest: Uint8Array[] = [];
  // The version goes in as the seed: the checksum covers it too.
  let crc = kind.format;
  let text = "";
  const take = (): void => {
    const bytes = encoder.encode(text);
    crc = crc32(bytes, crc);
    rest.push(bytes);
    text = "";
  };
  for (const part of typeof body === "string" ? [body] : body) {
    text += part;
    if (text.length >= PIECE) take();
  }
  text += "}\n";
  take();
  const sum = crc.toString(16).padStart(8, "0");
  return [encoder.encode(`{"format":${kind.format},"crc":"${sum}",`), ...rest];
}

/** A JSON list of rows, as texts to seal. */
export function* list(rows: Iterable<string>): Generator<string> {
  yield "[";
  let separator = "\n";
  for (const row of rows) {
    yield separator + row;
    separator = ",\n";
  }
  yield "\n]";
}

/** Reads a sealed file. Throws StoreError: `unknown_version`, or what the disk says. */
export async function openSealed(path: string, kind: SealKind): Promise<Opened> {
  let bytes: Uint8Array;
  try {
    bytes = await readOwn(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { state: "missing" };
    throw diskError(error, path, `read the ${kind.what}`);
  }
  const decoder = new TextDecoder();
  // The head ends with its second comma.
  const end = bytes.indexOf(0x2c, bytes.indexOf(0x2c) + 1) + 1;
  const head = HEAD.exec(decoder.decode(bytes.subarray(0, Math.min(end, 64))));
  if (head === null) {
    refuseNewer(decoder.decode(bytes.subarray(0, 64)), path, kind);
    return { state: "damaged", reason: bytes.length === 0 ? "it is empty" : "it isn't ours" };
  }
  refuseNewer(head[0], path, kind);
  const rest = bytes.subarray(end);
  if (crc32(rest, Number(head[1])) !== parseInt(head[2]!, 16)) {
    return { state: "damaged", reason: "its checksum doesn't match" };
  }
  try {
    return { state: "sound", value: JSON.parse(`{${decoder.decode(rest)}`) };
  } catch {
    return { state: "damaged", reason: "it isn't JSON" };
  }
}

/** A newer program may write another head, but it says its version first. */
function refuseNewer(head: string, path: string, kind: SealKind): void {
  const format = Number(/^\{\s*"format":\s*(\d{1,9})\s*[,}]/.exec(head)?.[1] ?? 0);
  if (format <= kind.format) return;
  throw new StoreError(
    "unknown_version",
    `The ${kind.what} ${path} has format version ${format}; this program reads up to ${kind.format}`,
    {
      path,
      expected: kind.format,
      found: format,
      hint: "it was written by a newer datahubsync: use that one, or remove the file to start over",
    },
  );
}
