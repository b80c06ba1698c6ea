/**
 * Answers one request for a file: conditions, ranges, headers, body.
 *
 * Guarantees, as in RFC 9110: `If-Match` before `If-Unmodified-Since`, then `If-None-Match` before
 * `If-Modified-Since`, `If-Range` before `Range`; 206 with the right `Content-Range`, and
 * `multipart/byteranges` for several ranges. An answer's bytes are of one file: it is opened before the
 * headers are made.
 *
 * @module
 */
import type { Range } from "../types.ts";
import type { BodyPiece } from "./file_stream.ts";
import { readRange } from "./range_header.ts";
import type { SiteFile } from "./site_file.ts";

/** An answer without its body, but with the pieces of file and text that make the body. */
interface AnswerHead {
  status: 200 | 206 | 304 | 412 | 416;
  headers: Headers;
  pieces: BodyPiece[];
}

/** A request: the method, and the headers that matter. */
interface Asked {
  method: string;
  headers: Headers;
}

/** Works out the answer. `boundary` separates the parts of one with several ranges. */
export function answerFor(
  asked: Asked,
  { file, info }: { file: SiteFile; info: Deno.FileInfo },
  boundary: string,
): AnswerHead {
  const { size } = info;
  const modified = new Date(Math.floor((info.mtime?.getTime() ?? 0) / 1000) * 1000);
  const etag = `"${[size, info.mtime?.getTime() ?? 0, info.ino ?? 0].map(base36).join("-")}"`;
  const headers = new Headers({
    "accept-ranges": "bytes",
    "cache-control": file.cacheControl,
    etag,
    "last-modified": modified.toUTCString(),
  });
  if (isAnother(asked.headers, { etag, modified })) {
    headers.set("content-length", "0");
    return { status: 412, headers, pieces: [] };
  }
  if (isUnchanged(asked.headers, { etag, modified })) return { status: 304, headers, pieces: [] };
  const ranged = asked.method === "GET" && rangeHolds(asked.headers, { etag, modified });
  const wanted = ranged ? readRange(asked.headers.get("range"), size) : "whole";
  if (wanted === "unsatisfiable") {
    headers.set("content-range", `bytes */${size}`);
    headers.set("content-length", "0");
    return { status: 416, headers, pieces: [] };
  }
  headers.set("content-type", file.type);
  if (wanted === "whole") {
    headers.set("content-length", String(size));
    return { status: 200, headers, pieces: [{ start: 0, end: size }] };
  }
  const [first] = wanted;
  if (wanted.length === 1 && first !== undefined) {
    headers.set("content-range", contentRange(first, size));
    headers.set("content-length", String(first.end - first.start));
    return { status: 206, headers, pieces: [first] };
  }
  const pieces = multipart(wanted, { type: file.type, size, boundary });
  headers.set("content-type", `multipart/byteranges; boundary=${boundary}`);
  headers.set("content-length", String(pieces.reduce((sum, piece) => sum + lengthOf(piece), 0)));
  return { status: 206, headers, pieces };
}

interface Validators {
  etag: string;
  modified: Date;
}

/** Whether a precondition refers to an earlier file. */
function isAnother(headers: Headers, { etag, modified }: Validators): boolean {
  const tags = headers.get("if-match");
  if (tags !== null) return !names(tags, etag);
  return modified.getTime() > Date.parse(headers.get("if-unmodified-since") ?? "");
}

function isUnchanged(headers: Headers, { etag, modified }: Validators): boolean {
  const tags = headers.get("if-none-match");
  if (tags !== null) return names(tags.replaceAll("W/", ""), etag);
  return modified.getTime() <= Date.parse(headers.get("if-modified-since") ?? "");
}

/** Whether a list of tags contains this one, or is `*`. */
function names(tags: string, etag: string): boolean {
  return tags.split(",").some((tag) => ["*", etag].includes(tag.trim()));
}

/** Whether `Range` counts: there is no `If-Range`, or it names this very file. */
function rangeHolds(headers: Headers, { etag, modified }: Validators): boolean {
  const condition = headers.get("if-range")?.trim();
  if (condition === undefined) return true;
  return condition.startsWith('"')
    ? condition === etag
    : Date.parse(condition) === modified.getTime();
}

function contentRange({ start, end }: Range, size: number): string {
  return `bytes ${start}-${end - 1}/${size}`;
}

function multipart(
  ranges: readonly Range[],
  { type, size, boundary }: { type: string; size: number; boundary: string },
): BodyPiece[] {
  const text = new TextEncoder();
  const parts = ranges.flatMap((range): BodyPiece[] => [
    text.encode(
      `\r\n--${boundary}\r\nContent-Type: ${type}\r\n` +
        `Content-Range: ${contentRange(range, size)}\r\n\r\n`,
    ),
    range,
  ]);
  return [...parts, text.encode(`\r\n--${boundary}--\r\n`)];
}

function lengthOf(piece: BodyPiece): number {
  return piece instanceof Uint8Array ? piece.length : piece.end - piece.start;
}

function base36(value: number): string {
  return Math.floor(value).toString(36);
}
