/**
 * This program's own JSON files, with a format version and a checksum over everything else.
 *
 * Guarantees: {@linkcode openSealed} returns what was sealed; a file that is truncated, overwritten
 * or has a single wrong bit is reported as damaged, never half-read. A file from a newer program is
 * an error, so that it isn't overwritten. It protects against accidents, not attackers.
 *
 * @module
 */

import { crc32 } from "node:zlib";
import { StoreError } from "../errors.ts";
import { ifThereAsync } from "./if_there.ts";
import { readOwn } from "./own_file.ts";
import { DISK } from "../messages/disk.ts";

/** A kind of sealed file: its name in messages, and its version. */
export interface SealKind {
  /** A noun such as "manifest". */
  what: string;
  /** The newest version that this program reads, and the version that it writes. */
  format: number;
}

/** The result of opening a sealed file. */
export type Opened =
  | { state: "sound"; value: Record<string, unknown> }
  | { state: "missing" }
  | { state: "damaged"; reason: string };

const HEAD = /^\{"format":(\d{1,9}),"crc":"([0-9a-f]{8})",$/;

/**
 * Rows are encoded in chunks of about this many characters: few objects, and no second copy of the
 * whole.
 */
const PIECE = 1 << 16;

/**
 * The file's bytes, in pieces; `body` is JSON members without the outer braces (`"a":1,"b":2`), as
 * one string or several.
 */
export function seal(kind: SealKind, body: string | Iterable<string>): Uint8Array[] {
  const encoder = new TextEncoder();
  const rest: Uint8Array[] = [];
  // The version is the seed, so the checksum covers it too.
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

/** Reads a sealed file. Throws StoreError `unknown_version`, or the disk's error. */
export async function openSealed(path: string, kind: SealKind): Promise<Opened> {
  const bytes = await bytesOf(path, kind);
  return bytes === undefined ? { state: "missing" } : unseal(bytes, path, kind);
}

/** Reads the last sound line of a file of sealed lines. Throws as {@linkcode openSealed} does. */
export async function lastSealed(path: string, kind: SealKind): Promise<Opened> {
  const bytes = await bytesOf(path, kind);
  if (bytes === undefined) return { state: "missing" };
  let last: Opened | undefined;
  for (let end = bytes.length; last?.state !== "sound" && end > 0;) {
    const start = end < 2 ? 0 : bytes.lastIndexOf(LINE_END, end - 2) + 1;
    const line = unseal(bytes.subarray(start, end), path, kind);
    if (last === undefined || line.state === "sound") last = line;
    end = start;
  }
  return last ?? unseal(bytes, path, kind);
}

const LINE_END = 0x0a;

async function bytesOf(path: string, kind: SealKind): Promise<Uint8Array | undefined> {
  const attempt = { path, to: DISK.read_what({ what: kind.what }) };
  return await ifThereAsync(() => readOwn(path), attempt);
}

function unseal(bytes: Uint8Array, path: string, kind: SealKind): Opened {
  const decoder = new TextDecoder();
  // The head ends with its second comma.
  const end = bytes.indexOf(0x2c, bytes.indexOf(0x2c) + 1) + 1;
  const head = HEAD.exec(decoder.decode(bytes.subarray(0, Math.min(end, 64))));
  if (head === null) {
    refuseNewer(decoder.decode(bytes.subarray(0, 64)), path, kind);
    return { state: "damaged", reason: bytes.length === 0 ? DISK.it_is_empty() : DISK.isnt_ours() };
  }
  refuseNewer(head[0], path, kind);
  const rest = bytes.subarray(end);
  if (crc32(rest, Number(head[1])) !== parseInt(head[2]!, 16)) {
    return { state: "damaged", reason: DISK.checksum() };
  }
  try {
    return { state: "sound", value: JSON.parse(`{${decoder.decode(rest)}`) };
  } catch {
    return { state: "damaged", reason: DISK.isnt_json() };
  }
}

/** A newer program may write a different head, but always starts with the version. */
function refuseNewer(head: string, path: string, kind: SealKind): void {
  const format = Number(/^\{\s*"format":\s*(\d{1,9})\s*[,}]/.exec(head)?.[1] ?? 0);
  if (format <= kind.format) return;
  throw new StoreError(
    "unknown_version",
    DISK.format_version({ what: kind.what, path, format, known: kind.format }),
    {
      path,
      expected: kind.format,
      found: format,
      hint: DISK.newer_wrote(),
    },
  );
}
